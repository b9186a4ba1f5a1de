/*
 * asks_fuzz.c - store treats every ask as written by an attacker: whatever
 * well-formed asks come, in whatever order and company, recounting must agree
 * afterwards, and what is in memory must be what is on the disk.
 */
#include "faulty.h"
#include "script.h"
#include "store/test_blob.h"

enum { WRITES = 6, OPS = 60 };

struct fuzz {
	const uint8_t *p, *end;
	struct faulty *disk;
	struct fixture d;
	struct arena *a;
	struct caller who[7];
	struct write w[WRITES];
	size_t n;
	const struct leased *leased;	/* of the next one added */
	size_t nleased;
};

static uint8_t
octet(struct fuzz *f)
{
	return f->p < f->end ? *f->p++ : 0;
}

/* Mostly small ones; sometimes at an end. */
static uint64_t
number(struct fuzz *f)
{
	uint8_t x = octet(f);

	if (x < 200)
		return x % 20;
	if (x < 210)
		return UINT64_MAX - x % 2;
	if (x < 220)
		return UINT32_MAX - x % 2;
	return (uint64_t)octet(f) << (x % 8 * 8);
}

static struct str
text(struct fuzz *f, size_t most)
{
	size_t n = octet(f) % (most + 1);
	struct str s;

	if (n > (size_t)(f->end - f->p))
		n = (size_t)(f->end - f->p);
	s = str_make((const char *)f->p, n);
	f->p += n;
	return str_dup(f->a, s);
}

static struct str
word(struct fuzz *f, const char *const *words, size_t n)
{
	size_t i = octet(f) % (n + 1);

	return i < n ? str_c(words[i]) : text(f, 40);
}

static struct str
mailbox_name(struct fuzz *f)
{
	static const char *const names[] = { "INBOX", "inbox", "Sent",
		"Archive", "a", "a/b", "a/b/c", "b", "Sent/a", "INBOX/a" };

	return word(f, names, NELEM(names));
}

static struct str
address(struct fuzz *f)
{
	static const char *const names[] = { "alice@a.test", "BOB@a.test",
		"new@a.test", "postmaster@a.test", "x@far.test", "", "@" };

	return word(f, names, NELEM(names));
}

static struct str
domain(struct fuzz *f)
{
	static const char *const names[] = { "a.test", "B.test" };

	return word(f, names, NELEM(names));
}

static struct str
keywords(struct fuzz *f)
{
	static const char *const names[] = { "", "work", "a B", "b  A c" };

	return word(f, names, NELEM(names));
}

static struct str
set(struct fuzz *f)
{
	uint32_t *pair = arena_array(f->a, 8, 4);
	size_t n = octet(f) % 5 * 2, i;

	for (i = 0; i < n; i++)
		pair[i] = (uint32_t)number(f);
	return str_make((const char *)pair, n * 4);
}

static struct caller *
somebody(struct fuzz *f)
{
	return &f->who[octet(f) % NELEM(f->who)];
}

/* ---- writes ------------------------------------------------------------ */

static void
commit(struct fuzz *f)
{
	if (f->n > 0 && fixture_commit(&f->d, f->w, f->n) < 0)
		bug("commit: %s", f->d.err.text);
	f->n = 0;
}

static void
add(struct fuzz *f, enum store_call call, const void *ask, size_t size)
{
	void *copy = arena_alloc(f->a, size);

	memcpy(copy, ask, size);
	f->w[f->n] = (struct write){ .caller = somebody(f), .call = call,
		.ask = copy, .leased = f->leased, .nleased = f->nleased };
	f->leased = NULL;
	f->nleased = 0;
	if (++f->n == WRITES)
		commit(f);
}
#define ADD(f, name, ...) \
	add((f), STORE_##name, &(struct name##_ask){ __VA_ARGS__ }, \
	    sizeof(struct name##_ask))

static void
add_submit(struct fuzz *f)
{
	struct recipient *to = arena_array(f->a, 4, sizeof(*to));
	struct submit_ask *ask = arena_alloc(f->a, sizeof(*ask));
	size_t n = octet(f) % 4, i;
	struct str body;

	for (i = 0; i < n; i++)
		to[i] = (struct recipient){ .address = address(f),
			.account = number(f) % 5, .notify = octet(f) % 16 };
	*ask = (struct submit_ask){ .change = number(f),
		.reverse_path = address(f), .stage = octet(f) % 3,
		.octets = text(f, 200), .raw_size = number(f),
		.facts = text(f, 100), .message_id = text(f, 20) };
	ask->email = octet(f);
	ask->hold_for = octet(f) % 8 ? 0 : (uint32_t)number(f);
	ask->hold_until = octet(f) % 8 ? 0 : f->d.now_us / 1000000 +
	    (int64_t)(number(f) % UINT32_MAX);
	/* Most are what they say. */
	if (ask->raw_size % 4) {
		body = ask->octets;
		ask->raw_size = body.n;
		ask->octets = str_dup(f->a, test_blob(body));
	}
	f->w[f->n] = (struct write){ .caller = somebody(f),
		.call = STORE_submit, .ask = ask, .rcpts = to, .nrcpts = n };
	if (++f->n == WRITES)
		commit(f);
}

static struct leased *
leases(struct fuzz *f, size_t n)
{
	struct leased *l = arena_array(f->a, n + 1, sizeof(*l));
	size_t i;

	for (i = 0; i < n; i++)
		l[i] = (struct leased){ .message = number(f),
			.n = octet(f) % 4, .outcome = octet(f) % 9 };
	return l;
}

static struct str
results(struct fuzz *f, size_t n)
{
	struct buf b = BUF_INIT(10000);
	struct str s;

	while (n-- > 0)
		msg_put(&b, &queue_result_shape, &(struct queue_result){
		    .outcome = octet(f) % 6, .code = octet(f),
		    .text = text(f, 20) });
	s = str_dup(f->a, buf_get(&b));
	buf_free(&b);
	return s;
}

static void
add_queue(struct fuzz *f)
{
	static const char *const whose[] = { "", "@far.test", "x@far.test" };
	static const char *const cursors[] = { "", "s0 packs/stray-x",
		"s9 ../postern.db", "d0 packs/1", "p0 0", "p9 1", "r0", "r99",
		"g0 0 0", "g0 1 1", "f0" };
	size_t n = octet(f) % 3;

	switch (octet(f) % 5) {
	case 4:
		ADD(f, later_cancel, number(f), number(f));
		break;
	case 0:
		f->leased = leases(f, n);
		f->nleased = n;
		ADD(f, report, number(f), results(f, n));
		break;
	case 1:
		f->leased = leases(f, n);
		f->nleased = n;
		if (n % 2)
			ADD(f, note_send, number(f), 1, octet(f) % 3,
			    text(f, 50), number(f));
		else
			ADD(f, bounce, number(f), 1, octet(f) % 3,
			    text(f, 50), number(f));
		break;
	case 2:
		ADD(f, repair, number(f), word(f, cursors, NELEM(cursors)),
		    octet(f) & 1, octet(f) & 1);
		break;
	default:
		ADD(f, queue_change, number(f), octet(f) % 6, octet(f) % 8,
		    address(f), word(f, whose, NELEM(whose)), domain(f), 0,
		    octet(f) & 1, text(f, 12));
	}
}

/* What is noted; the last of it may be cut. */
static struct str
metadata_rows(struct fuzz *f)
{
	static const char *const names[] = { "/private/a", "/private/b",
		"/shared/a", "/shared/b" };
	auto_buf b = BUF_INIT(4096);
	struct metadata_row row;

	for (int n = octet(f) % 4; n > 0; n--) {
		row = (struct metadata_row){ word(f, names, NELEM(names)),
			octet(f) & 1, text(f, 100) };
		msg_put(&b, &metadata_row_shape, &row);
	}
	return str_dup(f->a, str_first(buf_get(&b), b.n - (b.n > 0 &&
	    octet(f) % 8 == 0)));
}

static void
add_mailbox(struct fuzz *f)
{
	switch (octet(f) % 7) {
	case 6:
		ADD(f, url_keys_renew, number(f), octet(f) % 4 ?
		    mailbox_name(f) : STR_NULL);
		break;
	case 5:
		ADD(f, url_sign, number(f), address(f), mailbox_name(f),
		    octet(f) % 3, octet(f) % 3, (int64_t)number(f),
		    octet(f) % 6, address(f), text(f, 20));
		break;
	case 4:
		ADD(f, metadata_put, number(f), octet(f) % 4 ?
		    mailbox_name(f) : STR_NULL, metadata_rows(f),
		    octet(f) % 4 == 0, octet(f) % 80);
		break;
	case 0:
		ADD(f, mailbox_create, number(f), mailbox_name(f),
		    octet(f) % 80, octet(f) % 4 == 0);
		break;
	case 1:
		ADD(f, mailbox_delete, number(f), mailbox_name(f));
		break;
	case 2:
		ADD(f, mailbox_rename, number(f), mailbox_name(f),
		    mailbox_name(f));
		break;
	default:
		ADD(f, subscribe, number(f), mailbox_name(f), octet(f) & 1);
	}
}

/* Messages to append; the last one may be cut. */
static struct str
appended_rows(struct fuzz *f)
{
	auto_buf b = BUF_INIT(4096);
	struct appended_row row;

	for (int n = octet(f) % 4; n > 0; n--) {
		row = (struct appended_row){ .flags = (uint32_t)number(f),
			.keywords = keywords(f), .received = (int64_t)number(f),
			.offset_min = (int64_t)number(f),
			.stage = octet(f) % 3, .octets = text(f, 100),
			.raw_size = number(f) };
		msg_put(&b, &appended_row_shape, &row);
	}
	return str_dup(f->a, str_first(buf_get(&b), b.n - octet(f) % 2));
}

/* The same of messages from elsewhere. */
static struct str
carried_rows(struct fuzz *f)
{
	static const char sources[] = "0123456789abcdefghi";
	auto_buf b = BUF_INIT(4096);
	struct carried_row row;

	for (int n = octet(f) % 4; n > 0; n--) {
		row = (struct carried_row){ .source = str_make(sources +
		    octet(f) % 4, SOURCE_LEN - !(octet(f) % 16)),
			.flags = (uint32_t)number(f), .keywords = keywords(f),
			.received = (int64_t)number(f),
			.stage = octet(f) % 3, .octets = text(f, 100),
			.raw_size = number(f) };
		msg_put(&b, &carried_row_shape, &row);
	}
	return str_dup(f->a, str_first(buf_get(&b), b.n - octet(f) % 2));
}

static void
add_write(struct fuzz *f)
{
	uint8_t which = octet(f);

	if (which >= 254) {
		ADD(f, carry_in, number(f), mailbox_name(f), carried_rows(f),
		    octet(f) & 1);
		return;
	}
	if (which >= 252) {
		ADD(f, move, number(f), octet(f) % 8, number(f), number(f),
		    octet(f) & 1, set(f), mailbox_name(f),
		    (uint32_t)number(f));
		return;
	}
	if (which >= 246) {
		ADD(f, copy, number(f), octet(f) % 8, number(f), number(f),
		    octet(f) & 1, set(f), mailbox_name(f), number(f) % 50,
		    (uint32_t)number(f), octet(f) & 1);
		return;
	}
	if (which >= 240) {
		ADD(f, append_all, number(f), mailbox_name(f),
		    number(f) % 50, appended_rows(f), octet(f) % 4,
		    octet(f) & 1);
		return;
	}
	switch (which % 12) {
	case 0:
	case 1:
		add_submit(f);
		return;
	case 2:
		ADD(f, append, number(f), mailbox_name(f), (uint32_t)number(f),
		    keywords(f), (int64_t)number(f), (int64_t)number(f),
		    octet(f) % 3, text(f, 100), number(f), text(f, 50),
		    STR_NULL, octet(f) % 8, octet(f) % 8);
		return;
	case 3:
	case 4:
		ADD(f, flags, number(f), octet(f) % 8, number(f), number(f),
		    octet(f) & 1, set(f), octet(f) % 4, (uint32_t)number(f),
		    keywords(f), number(f) + 10, octet(f) % 3);
		return;
	case 5:
		ADD(f, expunge, number(f), octet(f) % 8, number(f), number(f),
		    set(f), octet(f) & 1);
		return;
	case 6:
		ADD(f, stage, octet(f) % 3, number(f), text(f, 250));
		return;
	case 7:
		ADD(f, unstage, octet(f) % 3);
		return;
	case 8:
		ADD(f, account_add, number(f), address(f), text(f, 9));
		return;
	case 9:
		ADD(f, account_remove, number(f), address(f));
		return;
	case 10:
		ADD(f, domain_add, number(f), domain(f));
		return;
	default:
		which = octet(f) % 11;
		if (which == 10)
			ADD(f, vacation_put, number(f), address(f),
			    octet(f) & 1, octet(f) & 1, (int64_t)number(f),
			    (int64_t)number(f), octet(f) & 7, text(f, 9),
			    text(f, 50), text(f, 50));
		else if (which == 9)
			ADD(f, logged_in, number(f), octet(f) % 4,
			    text(f, 16), text(f, 9), (uint32_t)number(f),
			    text(f, 20));
		else if (which == 0)
			ADD(f, domain_remove, number(f), domain(f));
		else if (which == 7)
			ADD(f, factor_put, number(f), address(f), text(f, 9),
			    text(f, 9), text(f, 9));
		else if (which == 8)
			ADD(f, factor_remove, number(f), address(f));
		else if (which == 6)
			ADD(f, undelete, number(f), address(f),
			    mailbox_name(f), (int64_t)number(f), number(f));
		else if (which == 4)
			ADD(f, app_password_add, number(f), address(f),
			    number(f), text(f, 40), text(f, 9),
			    (uint32_t)number(f), (int64_t)number(f));
		else if (which == 5)
			ADD(f, app_password_remove, number(f), address(f),
			    text(f, 9));
		else if (which == 1)
			add_mailbox(f);
		else
			add_queue(f);
	}
}

/* ---- reads ------------------------------------------------------------- */

static void
look(struct fuzz *f, enum store_call call, const void *ask)
{
	union store_answer answer;
	struct err err;

	(void)reader_ask(f->d.r, somebody(f), call, ask, &answer, &err);
}
#define LOOK(f, name, ...) \
	look((f), STORE_##name, &(struct name##_ask){ __VA_ARGS__ })

static void
look_at(struct fuzz *f)
{
	switch (octet(f) % 9) {
	case 0:
		LOOK(f, open, mailbox_name(f));
		return;
	case 1:
		LOOK(f, status, mailbox_name(f));
		return;
	case 2:
		LOOK(f, fetch, octet(f) % 8, number(f), number(f),
		    octet(f) & 1, set(f), octet(f) & 1, number(f),
		    (uint32_t)number(f));
		return;
	case 3:
		LOOK(f, content, octet(f) % 8, (uint32_t)number(f), number(f),
		    (uint32_t)number(f));
		return;
	case 4:
		LOOK(f, sync, octet(f) % 8, number(f), number(f),
		    octet(f) & 1);
		return;
	case 5:
		LOOK(f, accounts, address(f));
		LOOK(f, kept, address(f), (int64_t)number(f), text(f, 9));
		return;
	case 6:
		LOOK(f, verify, text(f, 20));
		return;
	case 7:
		LOOK(f, journal_read, text(f, 10), number(f));
		return;
	default:
		LOOK(f, mailboxes, mailbox_name(f));
		LOOK(f, later_list, number(f) % 4, number(f) % 4);
		LOOK(f, queue_list, number(f), address(f), address(f),
		    domain(f), 0, octet(f) & 1, text(f, 12));
	}
}

static void
check(struct fuzz *f)
{
	struct buf before = BUF_INIT(4 << 20), after = BUF_INIT(4 << 20);
	size_t i;

	if (script_dump(&f->d, &before) < 0)
		bug("look: %s", f->d.err.text);
	for (i = 0; i < NELEM(f->who); i++)
		engine_forget(f->d.e, &f->who[i]);
	fixture_close(&f->d);
	if (fixture_open(&f->d) < 0)
		bug("open: %s", f->d.err.text);
	if (script_dump(&f->d, &after) < 0)
		bug("look again: %s", f->d.err.text);
	bug_if(!str_eq(buf_get(&before), buf_get(&after)));
	bug_if(fixture_verify(&f->d) != 0);
	buf_free(&before);
	buf_free(&after);
}

static void
one(struct fuzz *f)
{
	bool more;

	switch (octet(f) % 8) {
	case 0:
		commit(f);
		return;
	case 1:
		commit(f);
		f->d.now_us += 200000000;
		if (engine_gc(f->d.e, &more, &f->d.err) < 0)
			bug("clean: %s", f->d.err.text);
		return;
	case 2:
	case 3:
		look_at(f);
		return;
	default:
		add_write(f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *f = calloc(1, sizeof(*f));
	uint64_t account;
	int i;

	bug_if(!f);
	f->p = data;
	f->end = data + size;
	f->a = arena_new(4 << 20);
	f->disk = faulty_new();
	fixture_init(&f->d, faulty_files(f->disk));
	f->d.o.pack_octets = 4096;
	f->d.o.wal_octets = 100000;
	/* The disk is memory, and is filled. */
	f->d.o.reserve_octets = 300000;
	f->d.o.max_message = 1000;
	f->d.o.quota = 20000;
	f->d.o.ages = (struct age_settings){ 100000, 300000, 200000 };
	if (fixture_open(&f->d) < 0 || fixture_domain(&f->d, "a.test") < 0 ||
	    fixture_account(&f->d, "alice@a.test", &account) < 0 ||
	    fixture_account(&f->d, "bob@a.test", &account) < 0)
		bug("%s", f->d.err.text);
	f->who[0] = fixture_person(1);
	f->who[1] = fixture_person(2);
	f->who[2] = fixture_person(3);
	f->who[3].authority = AUTH_MX;
	f->who[4].authority = AUTH_OPERATOR;
	f->who[5].authority = AUTH_RELAY;
	f->who[6].authority = AUTH_LOCAL;
	for (i = 0; i < OPS && f->p < f->end; i++)
		one(f);
	commit(f);
	check(f);
	fixture_close(&f->d);
	faulty_free(f->disk);
	arena_free(f->a);
	free(f);
	return 0;
}
