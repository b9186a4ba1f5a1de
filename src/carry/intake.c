#include "carry/intake.h"

#include <openssl/evp.h>

#include "base/map.h"
#include "base/vec.h"
#include "carry/folder_name.h"
#include "mail/deposit.h"
#include "mail/mailboxes.h"

enum {
	ROW_HEADS = 160 + UIDL_MAX, ANSWER_MEM = 65536, LABELS_MEM = 4 << 20,
	PROGRESS_EVERY = 64, NO_ROOM_TRIES = 20,
};

/* A mailbox of the source. */
struct folder {
	struct str name, here;
	bool made;
};

struct intake {
	struct carrier *c;
	struct deposit *text;
	struct text_crlf crlf;
	struct buf rows;	/* carried_row each, of one mailbox */
	struct str mailbox;	/* the folder's `here` */
	struct arena *labels;	/* of these rows */
	struct VEC(struct str) label;
	uint64_t octets;	/* of these rows */
	struct VEC(struct folder) folders;
	struct str special[6];	/* by bit: what is for it */
	bool listed;		/* somebody said what is subscribed */
	size_t full;		/* refused for want of room, in a row */
};

/* ---- sources ----------------------------------------------------------- */

static EVP_MD *sha256;

void
source_prepare(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	bug_if(!sha256);
}

void
source_of(unsigned char source[SOURCE_LEN], const struct str *s, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char out[EVP_MAX_MD_SIZE];

	bug_if(!ctx || EVP_DigestInit_ex(ctx, sha256, NULL) != 1);
	for (size_t i = 0; i < n; i++) {
		uint64_t len = s[i].n;

		bug_if(EVP_DigestUpdate(ctx, &len, sizeof(len)) != 1 ||
		    EVP_DigestUpdate(ctx, s[i].p, s[i].n) != 1);
	}
	bug_if(EVP_DigestFinal_ex(ctx, out, NULL) != 1);
	EVP_MD_CTX_free(ctx);
	memcpy(source, out, SOURCE_LEN);
}

/* ---- the mailboxes ----------------------------------------------------- */

/* Which mailboxes there are, and what they are for. */
static int
look_at_mailboxes(struct intake *in, struct err *err)
{
	struct mailbox_list list;
	int rc = mailboxes_list(&in->c->account, &list, err);

	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		const struct mailbox_row *row = &list.node[i].row;

		for (size_t bit = 0; bit < NELEM(in->special); bit++)
			if (row->mailbox && (row->special & 1u << bit))
				in->special[bit] = str_dup(in->c->mem,
				    row->name);
	}
	mailboxes_free(&list);
	return rc;
}

/* The mailbox that is for it already, if there is one. */
static struct str
special_of(const struct intake *in, uint32_t use)
{
	for (size_t bit = 0; bit < NELEM(in->special); bit++)
		if (use == 1u << bit)
			return in->special[bit];
	return STR_NULL;
}

static int
make_mailbox(struct intake *in, struct folder *f, uint32_t use,
    struct err *err)
{
	struct mailbox_create_answer made;
	int rc = in->c->todo.dry_run ? 0 : mailbox_create(&in->c->account,
	    f->here, use, &made, err);

	f->made = rc == 0 && !in->c->todo.dry_run;
	return rc == E_EXISTS ? 0 : rc;
}

int
intake_mailbox(struct intake *in, struct str name, uint32_t use,
    struct str *here, struct err *err)
{
	struct arena *mem = in->c->mem;
	struct str into = in->c->todo.into, there;
	struct folder f = { 0 };
	int rc;

	for (size_t i = 0; i < in->folders.n; i++)
		if (str_eq(in->folders.p[i].name, name)) {
			*here = in->folders.p[i].here;
			return 0;
		}
	if (in->folders.n >= MAILBOXES_MAX)
		return err_set(err, E_LIMIT, "there are more than %d folders",
		    MAILBOXES_MAX);
	if (in->folders.n == 0 && (rc = look_at_mailboxes(in, err)) < 0)
		return rc;
	use = into.n ? 0 : use ? use : folder_use(name);
	there = special_of(in, use);
	f.name = str_dup(mem, name);
	f.here = there.n ? there : str_dup(mem, folder_below(into, f.name,
	    mem));
	/* Which is a name for what is others' here. */
	if (others_has(f.here))
		f.here = arena_printf(mem, "Imported/%.*s", STR_FMT(f.here));
	if ((rc = make_mailbox(in, &f, use, err)) < 0)
		return rc;
	for (size_t bit = 0; bit < NELEM(in->special) && use; bit++)
		if (use == 1u << bit)
			in->special[bit] = f.here;
	*vec_add(&in->folders) = f;
	in->c->done.folders++;
	*here = f.here;
	return 0;
}

static int
subscribe(struct intake *in, struct str here, struct err *err)
{
	int rc = in->c->todo.dry_run ? 0 : mailbox_subscribe(&in->c->account,
	    here, true, err);

	return rc == E_INVALID || rc == E_LIMIT ? 0 : rc;
}

int
intake_subscribe(struct intake *in, struct str name, struct err *err)
{
	struct str there = special_of(in, in->c->todo.into.n ? 0 :
	    folder_use(name));

	in->listed = true;
	return subscribe(in, there.n ? there : folder_below(in->c->todo.into,
	    name, in->c->mem), err);
}

/* ---- what is to be committed ------------------------------------------- */

static void
rows_reset(struct intake *in)
{
	buf_reset(&in->rows);
	arena_reset(in->labels);
	in->label.n = 0;
	in->octets = 0;
}

static int
carry_in(struct intake *in, struct str rows, bool staged, uint32_t *taken,
    struct err *err)
{
	struct store *st = in->c->account.store;
	struct carry_in_ask ask = { store_change_id(st), in->mailbox, rows,
		staged };
	struct carry_in_answer answer = { 0 };
	struct arena *a = arena_new(ANSWER_MEM);
	int rc = store_call(st, STORE_carry_in, &ask, &answer, a, err);

	*taken = answer.taken;
	arena_free(a);
	return rc;
}

static void
count_taken(struct intake *in, size_t n, uint32_t taken, uint64_t octets)
{
	in->c->done.taken += taken;
	in->c->done.known += n - taken;
	in->c->done.octets += octets;
	in->full = 0;
}

/* Is this about a message, so that others may still come? */
static bool
is_of_one(int code)
{
	return code == E_FULL || code == E_LIMIT || code == E_INVALID;
}

/* One of them is not taken: which? */
static int
one_by_one(struct intake *in, bool staged, struct err *err)
{
	struct rd r = rd_of(buf_get(&in->rows));
	struct carried_row row;
	uint32_t taken;
	size_t i = 0;
	int rc = 0;

	while (rc >= 0 && rd_left(&r) > 0) {
		struct str all = rd_rest(&r);

		if (!msg_take(&r, &carried_row_shape, &row))
			bug("rows changed");
		all.n -= rd_left(&r);
		rc = carry_in(in, all, staged, &taken, err);
		if (rc == 0)
			count_taken(in, 1, taken, row.raw_size);
		if (is_of_one(rc)) {
			carrier_problem(in->c, in->label.p[i],
			    str_c(err->text));
			in->full += rc == E_FULL;
			rc = in->full > NO_ROOM_TRIES ? rc : 0;
		}
		i++;
	}
	return rc;
}

static int
flush_rows(struct intake *in, bool staged, struct err *err)
{
	size_t n = in->label.n;
	uint32_t taken = 0;
	int rc = 0;

	if (n > 0 && in->c->todo.dry_run)
		count_taken(in, n, (uint32_t)n, in->octets);
	else if (n > 0 && (rc = carry_in(in, buf_get(&in->rows), staged,
	    &taken, err)) == 0)
		count_taken(in, n, taken, in->octets);
	else if (is_of_one(rc))
		rc = one_by_one(in, staged, err);
	if (n > 0)
		carrier_progress(in->c, in->mailbox);
	rows_reset(in);
	return rc;
}

int
intake_flush(struct intake *in, struct err *err)
{
	return flush_rows(in, false, err);
}

/* ---- message by message ------------------------------------------------ */

/* What store remembers of it: of what is counted apart, where it went, too. */
static void
name_source(const struct intake *in, const unsigned char *source,
    unsigned char out[SOURCE_LEN])
{
	struct str s = str_make((const char *)source, SOURCE_LEN);

	if (in->c->todo.apart)
		source_of(out, (struct str[]){ STR("into"), in->c->todo.into,
		    s }, 3);
	else
		memcpy(out, source, SOURCE_LEN);
}

int
intake_known(struct intake *in, const unsigned char *sources, size_t n,
    bool *known, struct err *err)
{
	struct arena *a = arena_new(ANSWER_MEM);
	unsigned char *names = arena_alloc(a, n * SOURCE_LEN);
	struct carried_ask ask = { str_make((const char *)names,
	    n * SOURCE_LEN) };
	struct carried_answer answer;
	int rc;

	for (size_t i = 0; i < n; i++)
		name_source(in, sources + i * SOURCE_LEN, names +
		    i * SOURCE_LEN);
	rc = store_call(in->c->account.store, STORE_carried, &ask, &answer, a,
	    err);
	if (rc == 0 && answer.known.n != n)
		rc = err_set(err, E_PROTO, "store says nothing");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		known[i] = answer.known.p[i] != 0;
		in->c->done.known += known[i];
	}
	arena_free(a);
	return rc;
}

static void
put_text(void *arg, struct str octets)
{
	struct intake *in = arg;

	if (in->crlf.n <= in->c->max_message && !in->c->todo.dry_run)
		deposit_write(in->text, octets);
}

struct text_crlf *
intake_text(struct intake *in)
{
	const struct deposit_options o = { .store = in->c->account.store,
		.compress = in->c->todo.compress };

	if (!in->c->todo.dry_run)
		in->text = deposit_new(&o);
	text_crlf_begin(&in->crlf, (struct text_out){ put_text, in });
	return &in->crlf;
}

void
intake_forget(struct intake *in)
{
	deposit_free(in->text);
	in->text = NULL;
}

static void
add_row(struct intake *in, const struct incoming *m,
    const struct deposit_facts *facts)
{
	unsigned char source[SOURCE_LEN];
	struct carried_row row = { .source = str_make((const char *)source,
	    SOURCE_LEN), .flags = m->flags, .keywords = m->keywords,
		.received = m->received, .offset_min = m->offset_min,
		.uidl = str_first(m->uidl, UIDL_MAX) };

	name_source(in, m->source, source);
	MSG_COPY(text, &row, facts);
	msg_put(&in->rows, &carried_row_shape, &row);
}

/* Would it fit an ask with the others, and is it for the same mailbox? */
static bool
goes_with(const struct intake *in, const struct incoming *m,
    const struct deposit_facts *f)
{
	size_t n = ROW_HEADS + m->keywords.n + f->octets.n + f->facts.n +
	    f->thread_keys.n;

	return f->stage == 0 && str_eq(in->mailbox, m->mailbox) &&
	    n <= APPENDED_ROWS_MAX - in->rows.n && in->label.n < CARRIED_MAX;
}

static int
add_deposited(struct intake *in, const struct incoming *m,
    const struct deposit_facts *facts, struct err *err)
{
	int rc = goes_with(in, m, facts) ? 0 : intake_flush(in, err);

	if (rc < 0)
		return rc;
	in->mailbox = m->mailbox;
	add_row(in, m, facts);
	*vec_add(&in->label) = str_dup(in->labels, m->label);
	in->octets += in->crlf.n;
	/* A stage lasts no longer than the deposit it is of. */
	return facts->stage ? flush_rows(in, true, err) : 0;
}

int
intake_add(struct intake *in, const struct incoming *m, struct err *err)
{
	struct deposit_facts facts = { 0 };
	char why[80];
	int rc = 0;

	text_crlf_end(&in->crlf);
	(void)snprintf(why, sizeof(why), "longer than %llu octets",
	    (unsigned long long)in->c->max_message);
	if (in->crlf.n == 0)
		carrier_problem(in->c, m->label, STR("it is empty"));
	else if (in->crlf.n > in->c->max_message)
		carrier_problem(in->c, m->label, str_c(why));
	else if (in->text && (rc = deposit_finish(in->text, &facts, err)) < 0)
		carrier_problem(in->c, m->label, str_c(err->text));
	else
		rc = add_deposited(in, m, &facts, err);
	intake_forget(in);
	return is_of_one(rc) && in->full <= NO_ROOM_TRIES ? 0 : rc;
}

struct intake *
intake_new(struct carrier *c)
{
	struct intake *in = arena_new_of(c->mem, struct intake);

	in->c = c;
	in->rows = BUF_INIT(APPENDED_ROWS_MAX);
	in->labels = arena_new(LABELS_MEM);
	return in;
}

int
intake_end(struct intake *in, struct err *err)
{
	int rc = intake_flush(in, err);

	/* Where nobody said what is to be seen, all is. */
	for (size_t i = 0; rc == 0 && !in->listed && i < in->folders.n; i++)
		if (in->folders.p[i].made)
			rc = subscribe(in, in->folders.p[i].here, err);
	return rc;
}

void
intake_free(struct intake *in)
{
	intake_forget(in);
	buf_free(&in->rows);
	arena_free(in->labels);
	vec_free(&in->label);
	vec_free(&in->folders);
}
