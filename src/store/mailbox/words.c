/*
 * words.c - the index of words: STORE_words, which fills it, and what it says
 * to a search.
 *
 * Whatever it does not say is for the asker to find out by reading, so nothing
 * that goes wrong here is an error of a search.
 */
#include "store/mailbox/words.h"

#include "store/mailbox/sweeping.h"

enum { RECORDS_MAX = 4096,
	WORDS_A_SEARCH = 64 }; /* conditions of words: each is a walk over
				* all words */

/* What is damaged is made again by those who search. */
static void
index_failed(struct reader *r, uint64_t account, int rc,
    const struct err *why)
{
	if (rc == E_DAMAGED)
		fulltext_drop(r->e->fulltext, account);
	if (r->e->o.log)
		log_event(r->e->o.log, LOG_WARN, "index_failed",
		    F_INT("account", account), F_INT("removed",
		    rc == E_DAMAGED), F_ERR(why));
}

/* ---- filling it --------------------------------------------------------- */

/* Is there this message: 1, 0 or E_*. */
static int
is_message(struct reader *r, uint64_t account, uint64_t email,
    uint64_t content, struct err *err)
{
	int rc = sql_first(&r->q, SQL_email_get, SQL_VALS(vi(account),
	    vi(email)), err);

	if (rc <= 0)
		return rc;
	rc = sql_u64(&r->q, email_get, blob) == content;
	sql_end(&r->q, SQL_email_get);
	return rc;
}

static int
take_records(struct reader *r, const struct caller *c, struct str octets,
    struct words_record *out, size_t *n, struct err *err)
{
	struct rd in = rd_of(octets);
	int rc;

	while (rd_left(&in) > 0) {
		if (*n == RECORDS_MAX || !words_record_take(&in, &out[*n]))
			return err_set(err, E_INVALID, "no words");
		rc = is_message(r, c->account, out[*n].email,
		    out[*n].content, err);
		if (rc < 0)
			return rc;
		*n += rc > 0;
	}
	return 0;
}

int
read_words(struct reader *r, const struct caller *c,
    const struct words_ask *ask, union store_answer *answer, struct err *err)
{
	struct words_record *records;
	size_t n = 0;
	int rc;

	answer->words = (struct done){ 0 };
	if (ask->version == 0)
		return err_set(err, E_INVALID, "words of no version");
	if (engine_refuses(r->e))
		return err_set(err, E_FULL, "the index can wait");
	records = calloc(RECORDS_MAX, sizeof(*records));
	bug_if(!records);
	rc = take_records(r, c, ask->records, records, &n, err);
	if (rc == 0 && n > 0) {
		rc = fulltext_add(r->e->fulltext, c->account, ask->version,
		    records, n, err);
		if (rc < 0 && rc != E_INVALID)
			index_failed(r, c->account, rc, err);
	}
	free(records);
	return rc == E_DAMAGED ? 0 : rc;
}

int
read_words_size(struct reader *r, const struct caller *c unused_arg,
    const struct words_size_ask *ask, union store_answer *answer,
    struct err *err unused_arg)
{
	struct fulltext_size size = fulltext_size(r->e->fulltext,
	    ask->account);

	answer->words_size = (struct words_size_answer){ size.octets,
		size.messages };
	return 0;
}

int
read_words_forget(struct reader *r, const struct caller *c unused_arg,
    const struct words_forget_ask *ask, union store_answer *answer,
    struct err *err unused_arg)
{
	fulltext_drop(r->e->fulltext, ask->account);
	answer->words_forget = (struct done){ 0 };
	return 0;
}

/* ---- what goes ---------------------------------------------------------- */

static bool
message_gone(void *arg, const struct indexed *x)
{
	struct sweeping *s = arg;
	struct sql *q = &s->r->q;
	int rc = sql_first(q, SQL_email_get, SQL_VALS(vi(s->account),
	    vi(x->email)), NULL);
	bool gone;

	if (rc <= 0)
		return rc == 0;
	gone = mark_of(sql_u64(q, email_get, blob)) !=
	    (x->mark & ~(uint32_t)MARK_CUT);
	sql_end(q, SQL_email_get);
	return gone;
}

void
reader_sweep_words(struct reader *r, bool (*stop)(void *arg), void *arg)
{
	struct sweeping s = { .r = r };
	struct err err = { 0 };
	size_t n;
	int rc;

	fulltext_drop_others(r->e->fulltext, sweeping_account_gone, &s);
	for (size_t i = 0; i < s.accounts.n && !stop(arg); i++) {
		s.account = s.accounts.p[i];
		rc = fulltext_sweep(r->e->fulltext, s.account, message_gone,
		    &s, &n, &err);
		if (rc < 0)
			index_failed(r, s.account, rc, &err);
	}
	vec_free(&s.accounts);
}

/* ---- asking it ---------------------------------------------------------- */

struct asked {
	struct condition *c[FULLTEXT_CONDITIONS];
	size_t n, left;		/* left: conditions of words that may follow */
	struct buf octets;	/* all of it, as it is recalled by */
};

static size_t
count_words(struct str conditions)
{
	struct word_condition one;
	struct rd r = rd_of(conditions);
	size_t n = 0;

	while (rd_left(&r) > 0 && word_condition_take(&r, &one))
		n++;
	return n;
}

/* What is more than it looks for stays unknown. */
static void
gather_asked(struct asked *a, struct condition *c)
{
	size_t n;

	for (struct condition *k = c->kids; k; k = k->next)
		gather_asked(a, k);
	if (c->kind != COND_WORDS || a->n == NELEM(a->c))
		return;
	n = count_words(c->words);
	if (n > a->left)
		return;
	a->left -= n;
	a->c[a->n++] = c;
	c->found = a->n;
	buf_chr(&a->octets, (char)c->parts);
	buf_le32(&a->octets, (uint32_t)c->words.n);
	buf_str(&a->octets, c->words);
}

static int
look_for(struct fulltext_found *x, const struct condition *c,
    struct err *err)
{
	struct word_condition words[WORD_CONDITIONS_MAX];
	struct rd r = rd_of(c->words);
	size_t n = 0, which;
	int rc;

	while (n < NELEM(words) && rd_left(&r) > 0 &&
	    word_condition_take(&r, &words[n]))
		n++;
	rc = fulltext_find(x, c->parts, words, n, &which, err);
	bug_if(rc == 0 && which + 1 != c->found);
	return rc;
}

/* NULL: nothing is known. */
static struct fulltext_found *
look_for_all(struct reader *r, uint64_t account, uint32_t version,
    const struct asked *a)
{
	struct fulltext_found *x = NULL;
	struct err err = { 0 };
	int rc = fulltext_look(r->e->fulltext, account, version, &x, &err);

	for (size_t i = 0; x && i < a->n && rc == 0; i++)
		rc = look_for(x, a->c[i], &err);
	if (x)
		fulltext_looked(x);
	if (rc == 0) {
		if (x)
			fulltext_keep(x, buf_get(&a->octets));
		return x;
	}
	fulltext_found_free(x);
	index_failed(r, account, rc, &err);
	return NULL;
}

struct fulltext_found *
words_look(struct reader *r, uint64_t account, uint32_t version,
    struct condition *program)
{
	struct asked a = { .left = WORDS_A_SEARCH,
		.octets = BUF_INIT(PROGRAM_MAX) };
	struct fulltext_found *x = NULL;

	gather_asked(&a, program);
	if (a.n > 0)
		x = fulltext_recall(r->e->fulltext, account, version,
		    buf_get(&a.octets));
	if (a.n > 0 && !x)
		x = look_for_all(r, account, version, &a);
	buf_free(&a.octets);
	return x;
}

enum verdict
words_judge(const struct fulltext_found *x, const struct condition *c,
    const struct column_row *row, bool *unindexed)
{
	enum fulltext_has has = INDEX_KNOWS_NOT;

	if (x && c->found)
		has = fulltext_has(x, c->found - 1, row->email, row->blob);
	else if (x)
		return VERDICT_UNKNOWN;
	switch (has) {
	case INDEX_KNOWS_NOT:
		*unindexed = true;
		return VERDICT_UNKNOWN;
	case INDEX_HAS:
		return c->exact ? VERDICT_YES : VERDICT_UNKNOWN;
	case INDEX_HAS_NOT:
		return VERDICT_NO;
	case INDEX_CUT:
		break;
	}
	return VERDICT_UNKNOWN;
}
