/*
 * Tests of mailboxes that others have rights to: who reaches what, and what
 * each sees of it.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"
#include "store/service/test_ok.h"

struct folder {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	struct caller alice, bob, carol;
};

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));
	uint64_t alice, bob, carol;

	p->files = fixture_folder(p->path, &p->dirfd);
	fixture_init(&p->d, p->files);
	assert_int_equal(fixture_open(&p->d), 0);
	OK(fixture_domain(&p->d, "ours.test"));
	OK(fixture_account(&p->d, "alice@ours.test", &alice));
	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	OK(fixture_account(&p->d, "carol@ours.test", &carol));
	p->alice = fixture_person(alice);
	p->bob = fixture_person(bob);
	p->carol = fixture_person(carol);
	OK(fixture_mailbox_create(&p->d, &p->bob, "Team", 0, NULL));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;

	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

#define TEAM "Other Users/bob@ours.test/Team"

static int
put(struct folder *p, struct caller *who, const char *name,
    const char *identifier, uint32_t mode, const char *rights)
{
	struct acl_put_ask ask = { ++p->d.change, str_c(name), STR_NULL,
		str_c(identifier), mode, 0 };
	struct write w = { .caller = who, .call = STORE_acl_put, .ask = &ask };

	assert_true(rights_read(str_c(rights), &ask.rights));
	return fixture_write(&p->d, &w);
}

static int
let(struct folder *p, const char *identifier, const char *rights)
{
	return put(p, &p->bob, "Team", identifier, FLAGS_SET, rights);
}

/* "identifier rights" of all, or what was refused. */
static const char *
acl(struct folder *p, struct caller *who, const char *name)
{
	static char text[2000];
	struct buf b = BUF_INIT(sizeof(text) - 1);
	struct acl_ask ask = { str_c(name), STR_NULL };
	union store_answer answer;
	struct acl_row row;
	struct rd r;
	int rc = reader_ask(p->d.r, who, STORE_acl, &ask, &answer, &p->d.err);

	if (rc < 0)
		return rc == E_NOTFOUND ? "none" : rc == E_NORIGHT ? "denied" :
		    "error";
	buf_str(&b, answer.acl.owner);
	r = rd_of(answer.acl.rows);
	while (rd_left(&r) > 0) {
		assert_true(msg_take(&r, &acl_row_shape, &row));
		buf_chr(&b, ' ');
		buf_str(&b, row.identifier);
		buf_chr(&b, ' ');
		rights_put(&b, row.rights);
	}
	memcpy(text, buf_get(&b).p, b.n);
	text[b.n] = '\0';
	buf_free(&b);
	return text;
}

static const char *
rights_of(struct folder *p, struct caller *who, const char *name)
{
	static char text[20];
	struct buf b = BUF_INIT(sizeof(text) - 1);
	struct my_rights_ask ask = { str_c(name) };
	union store_answer answer;
	int rc = reader_ask(p->d.r, who, STORE_my_rights, &ask, &answer,
	    &p->d.err);

	if (rc < 0)
		return rc == E_NOTFOUND ? "none" : "error";
	rights_put(&b, answer.my_rights.rights);
	memcpy(text, buf_get(&b).p, b.n);
	text[b.n] = '\0';
	buf_free(&b);
	return text;
}

/* "name rights unseen" of all that are shared. */
static const char *
shared(struct folder *p, struct caller *who)
{
	static char text[4000];
	struct shared_ask ask = { STR_NULL, STR_NULL, 1 };
	struct mailboxes_ask all = { STR_NULL };
	union store_answer answer;
	struct shared_row row;
	size_t n = 0;
	struct rd r;

	text[0] = '\0';
	OK(reader_ask(p->d.r, who, STORE_mailboxes, &all, &answer,
	    &p->d.err));
	if (!answer.mailboxes.others)
		return "nothing";
	OK(reader_ask(p->d.r, who, STORE_shared, &ask, &answer, &p->d.err));
	r = rd_of(answer.shared.rows);
	while (rd_left(&r) > 0) {
		assert_true(msg_take(&r, &shared_row_shape, &row));
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%.*s/%.*s %u %u/%u", n ? " " : "", STR_FMT(row.owner),
		    STR_FMT(row.name), row.rights, row.unseen, row.exists);
	}
	return text;
}

/* The flags of all messages, as this person sees them: "S" seen, "F" flagged,
 * "D" deleted, keywords. */
static const char *
flags(struct folder *p, struct caller *who, const char *name)
{
	static char text[2000];
	static struct fetch_row rows[50];
	struct open_answer in;
	size_t n = 0;
	int count;

	OK(fixture_open_mailbox(&p->d, who, name, &in));
	count = fixture_rows(&p->d, who, &in, rows, NELEM(rows));
	assert_true(count >= 0);
	text[0] = '\0';
	for (int i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%u%s%s%s%.*s", i ? " " : "", rows[i].uid,
		    rows[i].flags & FLAG_seen ? "S" : "",
		    rows[i].flags & FLAG_flagged ? "F" : "",
		    rows[i].flags & FLAG_deleted ? "D" : "",
		    STR_FMT(rows[i].keywords));
	return text;
}

static int
flag(struct folder *p, struct caller *who, const char *name, uint32_t mode,
    uint32_t which, const char *keywords)
{
	struct open_answer in;
	int rc = fixture_open_mailbox(&p->d, who, name, &in);

	return rc < 0 ? rc : fixture_flags(&p->d, who, &in, 1, 1, mode, which,
	    keywords);
}

/* ---- rights -------------------------------------------------------------- */

static void
test_names(void **state unused_arg)
{
	struct str address, there;
	uint32_t rights;

	assert_true(others_split(STR(TEAM), &address, &there));
	assert_true(str_eq(address, STR("bob@ours.test")));
	assert_true(str_eq(there, STR("Team")));
	assert_true(others_split(STR("Other Users/a/b@c/d/e"), &address,
	    &there));
	assert_true(str_eq(address, STR("a/b@c")));
	assert_true(str_eq(there, STR("d/e")));
	assert_false(others_split(STR("Other Users/b@c"), &address, &there));
	assert_false(others_split(STR("Other Users/b@c/"), &address, &there));
	assert_false(others_split(STR("Other Users/@c/d"), &address, &there));
	assert_false(others_split(STR("Other Users/b@/d"), &address, &there));
	assert_false(others_split(STR("Other/b@c/d"), &address, &there));
	assert_true(rights_read(STR("lrc"), &rights));
	assert_int_equal(rights, RIGHT_l | RIGHT_r | RIGHT_k | RIGHT_x);
	assert_true(rights_read(STR("d"), &rights));
	assert_int_equal(rights, RIGHT_t | RIGHT_e);
	assert_false(rights_read(STR("lR"), &rights));
}

static void
test_acl(void **state)
{
	struct folder *p = *state;

	assert_string_equal(acl(p, &p->bob, "Team"), "bob@ours.test");
	OK(let(p, "alice@ours.test", "lrsa"));
	OK(let(p, "Anyone", "l"));
	OK(let(p, "-carol@ours.test", "l"));
	assert_string_equal(acl(p, &p->bob, "Team"), "bob@ours.test anyone l"
	    " alice@ours.test lrsa -carol@ours.test l");
	assert_string_equal(acl(p, &p->alice, TEAM), acl(p, &p->bob, "Team"));
	assert_string_equal(rights_of(p, &p->bob, "Team"), "lrswipkxteacd");
	assert_string_equal(rights_of(p, &p->alice, TEAM), "lrsa");
	assert_string_equal(rights_of(p, &p->carol, TEAM), "none");
	/* Whoever has `a` says the rest. */
	OK(put(p, &p->alice, TEAM, "alice@ours.test", FLAGS_ADD, "it"));
	assert_string_equal(rights_of(p, &p->alice, TEAM), "lrsitad");
	OK(put(p, &p->alice, TEAM, "alice@ours.test", FLAGS_REMOVE, "asd"));
	assert_string_equal(rights_of(p, &p->alice, TEAM), "lri");
	assert_string_equal(acl(p, &p->alice, TEAM), "denied");
	assert_int_equal(put(p, &p->alice, TEAM, "anyone", FLAGS_ADD, "r"),
	    E_NORIGHT);
	assert_string_equal(acl(p, &p->carol, TEAM), "none");
	assert_int_equal(put(p, &p->carol, TEAM, "anyone", FLAGS_ADD, "r"),
	    E_NOTFOUND);
	/* Nobody, and nobody's. */
	assert_int_equal(let(p, "dave@ours.test", "l"), E_INVALID);
	assert_int_equal(let(p, "", "l"), E_INVALID);
	assert_string_equal(rights_of(p, &p->alice,
	    "Other Users/x@ours.test/Team"), "none");
	assert_string_equal(rights_of(p, &p->alice,
	    "Other Users/alice@ours.test/INBOX"), "none");
	/* The owner keeps all. */
	assert_int_equal(let(p, "bob@ours.test", "lr"), E_INVALID);
	assert_int_equal(let(p, "-bob@ours.test", "w"), E_INVALID);
	OK(let(p, "bob@ours.test", "lrswipkxtea"));
	OK(let(p, "-carol@ours.test", ""));
	OK(let(p, "anyone", ""));
	OK(let(p, "alice@ours.test", ""));
	assert_string_equal(acl(p, &p->bob, "Team"), "bob@ours.test");
	assert_string_equal(rights_of(p, &p->alice, TEAM), "none");
}

static void
test_list(void **state)
{
	struct folder *p = *state;

	assert_string_equal(shared(p, &p->alice), "nothing");
	OK(fixture_append(&p->d, &p->bob, "Team", "text", FLAG_seen, "", NULL));
	OK(let(p, "anyone", "lr"));
	OK(let(p, "-alice@ours.test", "r"));
	assert_string_equal(shared(p, &p->alice), "bob@ours.test/Team 1 0/0");
	assert_string_equal(shared(p, &p->carol), "bob@ours.test/Team 3 1/1");
	assert_string_equal(shared(p, &p->bob), "nothing");
	OK(let(p, "anyone", "r"));
	assert_string_equal(shared(p, &p->carol), "");
}

/* What is not shared is not there, whatever is asked; what is has only what
 * the rights are for. */
static void
test_denied(void **state)
{
	struct folder *p = *state;
	struct open_answer in, none = { 0 };
	struct copy_answer a = { 0 };
	static struct fetch_row rows[4];
	uint32_t n;

	OK(fixture_append(&p->d, &p->bob, "Team", "text", 0, "", NULL));
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &in));
	none = in;
	none.mailbox = others_number(p->bob.account, in.mailbox);
	for (int i = 0; i < 2; i++) {
		int no = i ? E_NORIGHT : E_NOTFOUND;

		if (i)
			OK(let(p, "alice@ours.test", "l"));
		assert_int_equal(fixture_open_mailbox(&p->d, &p->alice, TEAM,
		    &in), no);
		assert_int_equal(fixture_rows(&p->d, &p->alice, &none, rows,
		    4), no);
		assert_int_equal(fixture_flags(&p->d, &p->alice, &none, 1, 1,
		    FLAGS_ADD, FLAG_seen, ""), no);
		assert_int_equal(fixture_expunge(&p->d, &p->alice, &none, &n),
		    no);
		assert_int_equal(fixture_append(&p->d, &p->alice, TEAM, "x",
		    0, "", NULL), no);
		assert_int_equal(fixture_copy_slice(&p->d, &p->alice, &none,
		    1, 1, "INBOX", true, &a), no);
		assert_int_equal(fixture_move(&p->d, &p->alice, &none, 1, 1,
		    "INBOX", &n), no);
		assert_int_equal(fixture_mailbox_delete(&p->d, &p->alice,
		    TEAM, false), no);
		assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice,
		    TEAM, "Other Users/bob@ours.test/Team2"), no);
		assert_int_equal(fixture_subscribe(&p->d, &p->carol, TEAM,
		    true), E_NOTFOUND);
		/* Why not is not told. */
		assert_int_equal(fixture_mailbox_create(&p->d, &p->alice,
		    TEAM "/x", 0, NULL), E_NORIGHT);
		assert_int_equal(fixture_mailbox_create(&p->d, &p->alice,
		    "Other Users/bob@ours.test/Nowhere/x", 0, NULL),
		    E_NORIGHT);
	}
	/* The numbers of others', of mailboxes that are none, of one's own. */
	none.mailbox = others_number(p->alice.account, 1);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &none, rows, 4),
	    E_NOTFOUND);
	none.mailbox = others_number(77, 1);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &none, rows, 4),
	    E_NOTFOUND);
	/* Nobody makes a mailbox of his own that looks like one of others. */
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice,
	    "Other Users", 0, NULL), E_INVALID);
	assert_int_equal(fixture_mailbox_create(&p->d, &p->alice,
	    "Other Users/x", 0, NULL), E_INVALID);
	OK(fixture_mailbox_create(&p->d, &p->alice, "Mine", 0, NULL));
	assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice, "Mine",
	    "Other Users/Mine"), E_INVALID);
}

/* ---- flags --------------------------------------------------------------- */

static void
test_seen_is_ones_own(void **state)
{
	struct folder *p = *state;
	struct open_answer before, after;

	OK(fixture_append(&p->d, &p->bob, "Team", "one", FLAG_seen, "", NULL));
	OK(fixture_append(&p->d, &p->bob, "Team", "two", 0, "", NULL));
	OK(let(p, "alice@ours.test", "lrs"));
	OK(let(p, "carol@ours.test", "lr"));
	assert_string_equal(flags(p, &p->alice, TEAM), "1 2");
	assert_string_equal(flags(p, &p->bob, "Team"), "1S 2");
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &before));
	OK(flag(p, &p->alice, TEAM, FLAGS_ADD, FLAG_seen, ""));
	OK(flag(p, &p->bob, "Team", FLAGS_REMOVE, FLAG_seen, ""));
	assert_string_equal(flags(p, &p->alice, TEAM), "1S 2");
	assert_string_equal(flags(p, &p->bob, "Team"), "1 2");
	assert_string_equal(flags(p, &p->carol, TEAM), "1 2");
	assert_int_equal(flag(p, &p->carol, TEAM, FLAGS_ADD, FLAG_seen, ""),
	    E_NORIGHT);
	/* The others hear that something may be new. */
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &after));
	assert_true(after.modseq > before.modseq);
	assert_string_equal(shared(p, &p->alice), "bob@ours.test/Team 7 1/2");
	assert_string_equal(shared(p, &p->carol), "bob@ours.test/Team 3 2/2");
	/* It is on the disk. */
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	assert_string_equal(flags(p, &p->alice, TEAM), "1S 2");
	assert_string_equal(flags(p, &p->bob, "Team"), "1 2");
}

static void
test_flags_by_rights(void **state)
{
	struct folder *p = *state;

	OK(fixture_append(&p->d, &p->bob, "Team", "one", FLAG_seen, "", NULL));
	OK(let(p, "alice@ours.test", "lrw"));
	/* One that may be changed is enough. */
	OK(flag(p, &p->alice, TEAM, FLAGS_ADD, FLAG_seen | FLAG_flagged |
	    FLAG_deleted, "word"));
	assert_string_equal(flags(p, &p->alice, TEAM), "1Fword");
	assert_string_equal(flags(p, &p->bob, "Team"), "1SFword");
	assert_int_equal(flag(p, &p->alice, TEAM, FLAGS_ADD, FLAG_deleted, ""),
	    E_NORIGHT);
	OK(flag(p, &p->bob, "Team", FLAGS_ADD, FLAG_deleted, ""));
	OK(flag(p, &p->alice, TEAM, FLAGS_SET, 0, ""));
	assert_string_equal(flags(p, &p->bob, "Team"), "1SD");
	OK(let(p, "alice@ours.test", "lrt"));
	OK(flag(p, &p->alice, TEAM, FLAGS_SET, FLAG_flagged, "x"));
	assert_string_equal(flags(p, &p->bob, "Team"), "1S");
	assert_int_equal(flag(p, &p->alice, TEAM, FLAGS_ADD, 0, "x"),
	    E_NORIGHT);
	OK(let(p, "alice@ours.test", "lrstw"));
	OK(flag(p, &p->alice, TEAM, FLAGS_SET, FLAG_seen | FLAG_flagged,
	    "y"));
	OK(flag(p, &p->bob, "Team", FLAGS_REMOVE, FLAG_seen, ""));
	assert_string_equal(flags(p, &p->alice, TEAM), "1SFy");
	assert_string_equal(flags(p, &p->bob, "Team"), "1Fy");
}

/* Of one commit: both of them are what is there. */
static void
test_one_batch(void **state)
{
	struct folder *p = *state;
	struct flags_ask ask = { .by_uid = 1, .unchanged_since = UINT64_MAX,
		.set = str_make("\1\0\0\0\1\0\0\0", 8), .mode = FLAGS_ADD };
	static struct flags_ask asks[4];
	static struct write w[4];
	struct open_answer in;

	OK(fixture_append(&p->d, &p->bob, "Team", "one", 0, "", NULL));
	OK(let(p, "alice@ours.test", "lrswt"));
	for (int i = 0; i < 4; i++) {
		struct caller *who = i % 2 ? &p->bob : &p->alice;

		OK(fixture_open_mailbox(&p->d, who, i % 2 ? "Team" : TEAM,
		    &in));
		asks[i] = ask;
		asks[i].change = ++p->d.change;
		asks[i].mailbox = in.mailbox;
		asks[i].arrivals = asks[i].expunges = in.modseq;
		w[i] = (struct write){ .caller = who, .call = STORE_flags,
			.ask = &asks[i] };
	}
	asks[0].flags = FLAG_seen;
	asks[1].flags = FLAG_flagged;
	asks[2].flags = FLAG_deleted;
	asks[3].keywords = STR("k");
	OK(fixture_commit(&p->d, w, 4));
	for (int i = 0; i < 4; i++)
		assert_int_equal(w[i].code, 0);
	assert_string_equal(flags(p, &p->alice, TEAM), "1SFDk");
	assert_string_equal(flags(p, &p->bob, "Team"), "1FDk");
	fixture_close(&p->d);
	OK(fixture_open(&p->d));
	assert_string_equal(flags(p, &p->alice, TEAM), "1SFDk");
	assert_string_equal(flags(p, &p->bob, "Team"), "1FDk");
}

/* ---- messages ------------------------------------------------------------ */

static void
test_append(void **state)
{
	struct folder *p = *state;
	struct append_answer made;
	struct append_all_answer all = { 0 };

	OK(let(p, "alice@ours.test", "lris"));
	OK(fixture_append(&p->d, &p->alice, TEAM, "one", FLAG_seen |
	    FLAG_flagged | FLAG_deleted, "word", &made));
	assert_true(made.mailbox >> 32 == p->bob.account);
	OK(fixture_append_all(&p->d, &p->alice, TEAM, "two", 2, APPEND_PLACE,
	    &all));
	assert_string_equal(flags(p, &p->alice, TEAM), "1S 2 3");
	assert_string_equal(flags(p, &p->bob, "Team"), "1 2 3");
	OK(let(p, "alice@ours.test", "lriwt"));
	OK(fixture_append(&p->d, &p->alice, TEAM, "four", FLAG_seen |
	    FLAG_flagged | FLAG_deleted, "word", NULL));
	assert_string_equal(flags(p, &p->bob, "Team"), "1 2 3 4FDword");
}

static void
test_copies(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	char text[200];

	OK(fixture_append(&p->d, &p->bob, "Team", "secret", FLAG_seen |
	    FLAG_flagged, "word", NULL));
	OK(let(p, "alice@ours.test", "lrsi"));
	/* To one's own: with one's own \Seen. */
	OK(fixture_open_mailbox(&p->d, &p->alice, TEAM, &in));
	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, "INBOX"));
	assert_string_equal(flags(p, &p->alice, "INBOX"), "1Fword");
	assert_true(fixture_content(&p->d, &p->alice, 1, 1, text,
	    sizeof(text), NULL) > 0);
	/* From one's own: what the rights let be. */
	OK(flag(p, &p->alice, "INBOX", FLAGS_ADD, FLAG_seen | FLAG_deleted,
	    ""));
	OK(fixture_open_mailbox(&p->d, &p->alice, "INBOX", &in));
	OK(fixture_copy(&p->d, &p->alice, &in, 1, 1, TEAM));
	assert_string_equal(flags(p, &p->alice, TEAM), "1Fword 2S");
	assert_string_equal(flags(p, &p->bob, "Team"), "1SFword 2");
	OK(let(p, "alice@ours.test", "lr"));
	assert_int_equal(fixture_copy(&p->d, &p->alice, &in, 1, 1, TEAM),
	    E_NORIGHT);
}

static void
test_moves(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint32_t gone;

	OK(fixture_append(&p->d, &p->bob, "Team", "one", FLAG_seen |
	    FLAG_flagged, "word", NULL));
	OK(let(p, "alice@ours.test", "lrsite"));
	OK(fixture_open_mailbox(&p->d, &p->alice, TEAM, &in));
	OK(fixture_move(&p->d, &p->alice, &in, 1, 1, "INBOX", &gone));
	assert_string_equal(flags(p, &p->alice, TEAM), "");
	assert_string_equal(flags(p, &p->alice, "INBOX"), "1Fword");
	OK(flag(p, &p->alice, "INBOX", FLAGS_ADD, FLAG_seen, ""));
	OK(fixture_open_mailbox(&p->d, &p->alice, "INBOX", &in));
	OK(fixture_move(&p->d, &p->alice, &in, 1, 1, TEAM, &gone));
	assert_string_equal(flags(p, &p->alice, "INBOX"), "");
	assert_string_equal(flags(p, &p->alice, TEAM), "2S");
	assert_string_equal(flags(p, &p->bob, "Team"), "2");
	/* Its owner takes it elsewhere: who has seen it has seen it there. */
	OK(fixture_mailbox_create(&p->d, &p->bob, "Team/Old", 0, NULL));
	assert_string_equal(flags(p, &p->alice, TEAM "/Old"), "");
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &in));
	OK(fixture_move(&p->d, &p->bob, &in, 2, 2, "Team/Old", &gone));
	assert_string_equal(flags(p, &p->alice, TEAM "/Old"), "1S");
	assert_string_equal(flags(p, &p->bob, "Team/Old"), "1");
}

/* What was there is nobody's but the owner's any more. */
static void
test_what_is_gone(void **state)
{
	struct folder *p = *state;
	struct open_answer in, old;
	static struct fetch_row rows[4];
	struct copy_answer a = { 0 };
	char text[200];
	uint32_t n;

	OK(fixture_append(&p->d, &p->bob, "Team", "secret", FLAG_deleted, "",
	    NULL));
	OK(fixture_append(&p->d, &p->bob, "Team", "public", 0, "", NULL));
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &old));
	OK(fixture_expunge(&p->d, &p->bob, &old, &n));
	OK(let(p, "alice@ours.test", "lr"));
	OK(fixture_open_mailbox(&p->d, &p->alice, TEAM, &in));
	old.mailbox = in.mailbox;	/* a view that she never had */
	assert_int_equal(fixture_rows(&p->d, &p->alice, &old, rows, 4), 1);
	assert_int_equal(rows[0].uid, 2);
	assert_int_equal(fixture_content(&p->d, &p->alice, in.mailbox, 1,
	    text, sizeof(text), NULL), E_NOTFOUND);
	assert_true(fixture_content(&p->d, &p->alice, in.mailbox, 2, text,
	    sizeof(text), NULL) > 0);
	assert_int_equal(fixture_copy_slice(&p->d, &p->alice, &old, 1, 1,
	    "INBOX", true, &a), E_STALE);
}

/* An email by its number has to be in the mailbox that was reached. */
static void
test_email_elsewhere(void **state)
{
	struct folder *p = *state;
	struct content_ask ask = { .len = 100 };
	static struct fetch_row rows[4];
	union store_answer answer;
	struct open_answer in;

	OK(fixture_append(&p->d, &p->bob, "INBOX", "secret", 0, "", NULL));
	OK(fixture_append(&p->d, &p->bob, "Team", "public", 0, "", NULL));
	OK(let(p, "alice@ours.test", "lr"));
	OK(fixture_open_mailbox(&p->d, &p->bob, "INBOX", &in));
	assert_int_equal(fixture_rows(&p->d, &p->bob, &in, rows, 4), 1);
	ask.email = rows[0].email;
	OK(fixture_open_mailbox(&p->d, &p->alice, TEAM, &in));
	ask.mailbox = in.mailbox;
	assert_int_equal(reader_ask(p->d.r, &p->alice, STORE_content, &ask,
	    &answer, &p->d.err), E_NOTFOUND);
	assert_int_equal(fixture_rows(&p->d, &p->alice, &in, rows, 4), 1);
	ask.email = rows[0].email;
	OK(reader_ask(p->d.r, &p->alice, STORE_content, &ask, &answer,
	    &p->d.err));
}

/* ---- mailboxes ----------------------------------------------------------- */

static void
test_create_rename_delete(void **state)
{
	struct folder *p = *state;
	struct mailbox_create_answer made;

	OK(let(p, "alice@ours.test", "lrkx"));
	OK(fixture_mailbox_create(&p->d, &p->alice, TEAM "/a/b", 0, &made));
	assert_true(made.mailbox >> 32 == p->bob.account);
	assert_string_equal(acl(p, &p->bob, "Team/a/b"),
	    "bob@ours.test alice@ours.test lrkxc");
	OK(fixture_mailbox_rename(&p->d, &p->alice, TEAM "/a", TEAM "/c"));
	assert_string_equal(rights_of(p, &p->alice, TEAM "/c/b"), "lrkxc");
	assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice, TEAM "/c",
	    "Other Users/bob@ours.test/c"), E_NORIGHT);
	assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice, TEAM "/c",
	    "Mine"), E_INVALID);
	OK(fixture_mailbox_create(&p->d, &p->alice, "Mine", 0, NULL));
	assert_int_equal(fixture_mailbox_rename(&p->d, &p->alice, "Mine",
	    TEAM "/Mine"), E_INVALID);
	OK(fixture_mailbox_delete(&p->d, &p->alice, TEAM "/c/b", false));
	/* A new one of that name has the rights of what is above it now. */
	OK(put(p, &p->bob, "Team/c", "alice@ours.test", FLAGS_SET, "l"));
	OK(fixture_mailbox_create(&p->d, &p->bob, "Team/c/b", 0, NULL));
	assert_string_equal(rights_of(p, &p->alice, TEAM "/c/b"), "l");
	OK(fixture_subscribe(&p->d, &p->alice, TEAM "/c", true));
	OK(fixture_subscribe(&p->d, &p->alice, TEAM "/c", false));
	OK(fixture_subscribe(&p->d, &p->alice, TEAM "/none", false));
	assert_int_equal(fixture_subscribe(&p->d, &p->alice, TEAM "/none",
	    true), E_NOTFOUND);
}

static int
remove_account(struct folder *p, const char *address)
{
	struct account_remove_ask ask = { ++p->d.change, str_c(address) };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static void
clean_all(struct folder *p)
{
	bool more = true;

	while (more) {
		p->d.now_us += 1000000;
		OK(engine_gc(p->d.e, &more, &p->d.err));
	}
}

/* Rights were given to a person, not to an address. */
static void
test_account_goes(void **state)
{
	struct folder *p = *state;
	uint64_t again;

	OK(fixture_append(&p->d, &p->bob, "Team", "one", 0, "", NULL));
	OK(let(p, "alice@ours.test", "lrs"));
	OK(let(p, "carol@ours.test", "lrs"));
	OK(flag(p, &p->alice, TEAM, FLAGS_ADD, FLAG_seen, ""));
	OK(remove_account(p, "alice@ours.test"));
	OK(fixture_account(&p->d, "alice@ours.test", &again));
	p->alice = fixture_person(again);
	assert_string_equal(rights_of(p, &p->alice, TEAM), "none");
	assert_string_equal(shared(p, &p->alice), "nothing");
	assert_string_equal(acl(p, &p->bob, "Team"),
	    "bob@ours.test carol@ours.test lrs");
	clean_all(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	OK(remove_account(p, "bob@ours.test"));
	assert_string_equal(rights_of(p, &p->carol, TEAM), "none");
	assert_string_equal(shared(p, &p->carol), "");
	clean_all(p);
	assert_string_equal(shared(p, &p->carol), "nothing");
	p->d.now_us += 3600 * 1000000ll;
	clean_all(p);
}

/* What readers have seen goes with the message, and comes back with it. */
static void
test_seen_goes(void **state)
{
	struct folder *p = *state;
	struct open_answer in;
	uint32_t n;

	p->d.o.ages.deleted_s = 0;
	OK(fixture_append(&p->d, &p->bob, "Team", "one", FLAG_deleted, "",
	    NULL));
	OK(let(p, "alice@ours.test", "lrs"));
	OK(flag(p, &p->alice, TEAM, FLAGS_ADD, FLAG_seen, ""));
	OK(let(p, "alice@ours.test", ""));
	OK(fixture_open_mailbox(&p->d, &p->bob, "Team", &in));
	OK(fixture_expunge(&p->d, &p->bob, &in, &n));
	assert_int_equal(n, 1);
	p->d.now_us += 86400 * 1000000ll;
	clean_all(p);
	OK(fixture_mailbox_delete(&p->d, &p->bob, "Team", false));
	clean_all(p);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), T(test_acl), T(test_list),
		T(test_denied), T(test_seen_is_ones_own),
		T(test_flags_by_rights), T(test_one_batch), T(test_append),
		T(test_copies), T(test_moves), T(test_what_is_gone),
		T(test_email_elsewhere), T(test_create_rename_delete),
		T(test_account_goes), T(test_seen_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
