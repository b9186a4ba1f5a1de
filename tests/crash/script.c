#include "script.h"

#include <sqlite3.h>

#include "store/engine/engine_int.h"
#include "store/test_blob.h"

/*
 * Change ids and the clock follow from the step's number, so that a step done
 * again asks the same thing.
 */

static const char *const to_all[] = { "alice@a.test", "bob@a.test",
	"carol@b.test", NULL };
static const char *const to_alice[] = { "alice@a.test", NULL };
static const char *const to_world[] = { "bob@a.test", "x@far.test",
	"y@far.test", "z@other.test", NULL };

static const char *const to_all_and_world[] = { "alice@a.test", "bob@a.test",
	"x@far.test", "y@far.test", NULL };

static int
person(struct fixture *d, const char *address, struct caller *out)
{
	struct credential_ask ask = { str_c(address) };
	union store_answer answer;
	int rc = reader_ask(d->r, &d->vault, STORE_credential, &ask, &answer,
	    &d->err);

	if (rc == 0)
		*out = fixture_person(answer.credential.account);
	return rc;
}

/* Text of some length that says who it is. */
static const char *
text_of(char *room, size_t n, const char *name)
{
	size_t i, k = strlen(name);

	for (i = 0; i < n - 1; i++)
		room[i] = name[i % k];
	room[n - 1] = '\0';
	return room;
}


static int
domain_a(struct fixture *d)
{
	return fixture_domain(d, "a.test");
}

static int
domain_b(struct fixture *d)
{
	return fixture_domain(d, "b.test");
}

static int
alice(struct fixture *d)
{
	uint64_t account;

	return fixture_account(d, "alice@a.test", &account);
}

static int
bob(struct fixture *d)
{
	uint64_t account;

	return fixture_account(d, "bob@a.test", &account);
}

static int
carol(struct fixture *d)
{
	uint64_t account;

	return fixture_account(d, "carol@b.test", &account);
}

static int
first_mail(struct fixture *d)
{
	return fixture_submit(d, 0, "first", to_all, NULL);
}

static int
mail_to_alice(struct fixture *d)
{
	char room[2000];

	return fixture_submit(d, 0, text_of(room, sizeof(room), "some "),
	    to_alice, NULL);
}

static int
mail_to_all(struct fixture *d)
{
	char room[1900];

	return fixture_submit(d, 0, text_of(room, sizeof(room), "all "), to_all,
	    NULL);
}

/* Larger than a pack of the test. */
static int
big_mail(struct fixture *d)
{
	static const size_t n = 21000;
	char *room = malloc(n);
	int rc = fixture_submit(d, 0, text_of(room, n, "big "), to_all, NULL);

	free(room);
	return rc;
}

static int
to_the_world(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	return rc < 0 ? rc : fixture_submit_as(d, &who, "alice@a.test",
	    "to the world", to_world, NULL);
}

/* Places in to_world. What is asked again is the same also when there is
 * nothing left to ask it of: then no message is found. */
enum { X = 1, Y, Z };

static int
one_goes_one_waits(struct fixture *d)
{
	static const struct fixture_outcome o[] = { { X, OUTCOME_delivered },
		{ Y, OUTCOME_deferred } };

	return fixture_report(d, fixture_queued(d, "x@far.test"), o, 2);
}

static int
both_fail(struct fixture *d)
{
	static const struct fixture_outcome o[] = { { Y, OUTCOME_failed },
		{ Z, OUTCOME_failed } };

	return fixture_report(d, fixture_queued(d, "y@far.test"), o, 2);
}

static int
tell_of_delay(struct fixture *d)
{
	static const struct fixture_outcome o = { Y, OUTCOME_delayed };

	return fixture_bounce(d, fixture_queued(d, "y@far.test"), &o, 1);
}

static int
tell_of_y(struct fixture *d)
{
	static const struct fixture_outcome o = { Y, OUTCOME_failed };

	return fixture_bounce(d, fixture_queued(d, "y@far.test"), &o, 1);
}

static int
tell_of_z(struct fixture *d)
{
	static const struct fixture_outcome o = { Z, OUTCOME_failed };

	return fixture_bounce(d, fixture_queued(d, "z@other.test"), &o, 1);
}

static int
hold(struct fixture *d)
{
	return fixture_queue_change(d, QUEUE_HOLD, "@far.test");
}

static int
release(struct fixture *d)
{
	return fixture_queue_change(d, QUEUE_RELEASE, "");
}

static int
drop(struct fixture *d)
{
	return fixture_queue_change(d, QUEUE_DROP, "@far.test");
}

static int
append_draft(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	return rc < 0 ? rc : fixture_append(d, &who, "Drafts", "draft",
	    FLAG_draft | FLAG_seen, "one Two", NULL);
}

static int
append_deleted(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	return rc < 0 ? rc : fixture_append(d, &who, "INBOX", "appended",
	    FLAG_deleted, "", NULL);
}

static int
stage_all(struct fixture *d, struct caller *who, struct str blob,
    uint64_t *stage)
{
	struct stage_ask piece = { 0 };
	struct write w = { .caller = who, .call = STORE_stage,
		.ask = &piece };
	int rc = 0;

	for (; piece.offset < blob.n && rc == 0;
	    piece.offset += piece.octets.n) {
		piece.octets = str_first(str_from(blob,
		    (size_t)piece.offset), 190000);
		w.settled = false;
		rc = fixture_write(d, &w);
		piece.stage = w.answer.stage.stage;
	}
	*stage = piece.stage;
	return rc;
}

static int
staged(struct fixture *d, size_t n)
{
	struct append_ask ask = { .change = ++d->change, .name = STR("Sent"),
		.raw_size = n, .facts = STR("staged facts") };
	char *octets = malloc(n);
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_append,
		.ask = &ask };
	int rc;

	(void)text_of(octets, n, "staged ");
	rc = person(d, "bob@a.test", &who);
	if (rc == 0)
		rc = stage_all(d, &who, test_blob(str_make(octets, n)),
		    &ask.stage);
	if (rc == 0)
		rc = fixture_write(d, &w);
	if (d->e)
		engine_forget(d->e, &who);
	free(octets);
	return rc;
}

static int
staged_large(struct fixture *d)
{
	return staged(d, 1100000);
}

static int
staged_small(struct fixture *d)
{
	return staged(d, 9000);
}

/* Several people's changes in one commit: it is all or nothing. */
static int
together(struct fixture *d)
{
	struct recipient rcpts[2];
	struct rcpt_ask to = { STR("alice@a.test") };
	struct rcpt_answer answer;
	static struct submit_ask submit;
	struct append_ask append = { .change = ++d->change,
		.name = STR("Archive"), .octets = test_blob(STR("beside")),
		.raw_size = 6 };
	struct caller who;
	struct write w[2] = {
		{ .caller = &d->mx, .call = STORE_submit, .ask = &submit,
		    .rcpts = rcpts, .nrcpts = 2 },
		{ .caller = &who, .call = STORE_append, .ask = &append },
	};
	int rc = person(d, "bob@a.test", &who);

	submit = (struct submit_ask){ .change = ++d->change,
		.reverse_path = STR("s@far.test"),
		.octets = test_blob(STR("together")), .raw_size = 8 };
	if (rc == 0)
		rc = reader_rcpt(d->r, &d->mx, &to, &answer, &rcpts[0],
		    &d->err);
	rcpts[1] = (struct recipient){ .address = STR("bob@a.test"),
		.account = who.account };
	if (rc == 0)
		rc = fixture_commit(d, w, 2);
	if (rc == 0)
		rc = w[0].code < 0 ? w[0].code : w[1].code;
	return rc;
}

static int
person_at(struct fixture *d, const char *address, const char *mailbox,
    struct caller *who, struct open_answer *in)
{
	int rc = person(d, address, who);

	return rc < 0 ? rc : fixture_open_mailbox(d, who, mailbox, in);
}

static int
flag(struct fixture *d, const char *address, const char *mailbox, uint32_t low,
    uint32_t high, uint32_t mode, uint32_t flags, const char *keywords)
{
	struct open_answer in;
	struct caller who;
	int rc = person_at(d, address, mailbox, &who, &in);

	return rc < 0 ? rc : fixture_flags(d, &who, &in, low, high, mode, flags,
	    keywords);
}

static int
flags_add(struct fixture *d)
{
	return flag(d, "alice@a.test", "INBOX", 1, 2, FLAGS_ADD,
	    FLAG_seen | FLAG_deleted, "work");
}

static int
flags_set(struct fixture *d)
{
	return flag(d, "alice@a.test", "INBOX", 2, UINT32_MAX, FLAGS_SET,
	    FLAG_flagged, "");
}

static int
flags_delete(struct fixture *d)
{
	return flag(d, "alice@a.test", "INBOX", 3, 4, FLAGS_ADD,
	    FLAG_deleted, "");
}

static int
flags_large(struct fixture *d)
{
	return flag(d, "bob@a.test", "Sent", 1, UINT32_MAX, FLAGS_ADD,
	    FLAG_deleted, "");
}

static int
expunge(struct fixture *d, const char *address, const char *mailbox)
{
	struct open_answer in;
	struct caller who;
	uint32_t gone;
	int rc = person_at(d, address, mailbox, &who, &in);

	return rc < 0 ? rc : fixture_expunge(d, &who, &in, &gone);
}

static int
expunge_some(struct fixture *d)
{
	return expunge(d, "alice@a.test", "INBOX");
}

static int
expunge_large(struct fixture *d)
{
	return expunge(d, "bob@a.test", "Sent");
}

static int
remove_newest(struct fixture *d)
{
	struct open_answer in;
	struct caller who;
	uint32_t gone;
	int rc = person_at(d, "alice@a.test", "INBOX", &who, &in);

	return rc < 0 ? rc : fixture_remove(d, &who, &in, UINT32_MAX,
	    UINT32_MAX, &gone);
}

static int
make_mailboxes(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_mailbox_create(d, &who, "a/b/c",
	    SPECIAL_sent, NULL);
}

static int
append_below(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_append(d, &who, "a/b", "in a/b", 0, "",
	    NULL);
}

static int
subscribe(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_subscribe(d, &who, "a/b", true);
}

/* Noted at a mailbox: two at once, then one of them is other, one gone. */
static int
note(struct fixture *d, const char *shared, const char *own)
{
	static struct buf rows;
	struct metadata_put_ask ask = { .change = ++d->change,
		.name = STR("a/b") };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_metadata_put,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	rows.cap = 10000;
	buf_reset(&rows);
	msg_put(&rows, &metadata_row_shape, &(struct metadata_row){
	    STR("/private/b"), !own, str_c(own ? own : "") });
	msg_put(&rows, &metadata_row_shape, &(struct metadata_row){
	    STR("/shared/a"), false, str_c(shared) });
	ask.rows = buf_get(&rows);
	return rc < 0 ? rc : fixture_write(d, &w);
}

/* What bob lets others read in a/b. */
static int
sign_url(struct fixture *d)
{
	struct url_sign_ask ask = { .change = ++d->change,
		.owner = STR("bob@a.test"), .name = STR("a/b"), .uid = 1,
		.access = ACCESS_anonymous, .rump = STR("imap://") };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_url_sign,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
renew_url_keys(struct fixture *d)
{
	struct url_keys_renew_ask ask = { ++d->change, STR("a/b") };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_url_keys_renew,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
note_some(struct fixture *d)
{
	char room[1800];

	return note(d, "one", text_of(room, sizeof(room), "noted "));
}

static int
note_other(struct fixture *d)
{
	return note(d, "two", NULL);
}

static int
share(struct fixture *d, uint32_t rights)
{
	struct acl_put_ask ask = { ++d->change, STR("a/b"), STR_NULL,
		STR("alice@a.test"), FLAGS_SET, rights };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_acl_put,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
share_to_read(struct fixture *d)
{
	return share(d, RIGHT_l | RIGHT_r);
}

/* Alice may work in it, */
static int
share_to_work(struct fixture *d)
{
	return share(d, RIGHT_l | RIGHT_r | RIGHT_s | RIGHT_w);
}

#define SHARED "Other Users/bob@a.test/a/b"

/* has seen what is there, */
static int
see_shared(struct fixture *d)
{
	struct caller who;
	struct open_answer in;
	int rc = person(d, "alice@a.test", &who);

	if (rc == 0)
		rc = fixture_open_mailbox(d, &who, SHARED, &in);
	return rc < 0 ? rc : fixture_flags(d, &who, &in, 1, UINT32_MAX,
	    FLAGS_ADD, FLAG_seen | FLAG_flagged, "hers");
}

/* and has a copy of it. */
static int
copy_shared(struct fixture *d)
{
	struct caller who;
	struct open_answer in;
	int rc = person(d, "alice@a.test", &who);

	if (rc == 0)
		rc = fixture_open_mailbox(d, &who, SHARED, &in);
	return rc < 0 ? rc : fixture_copy(d, &who, &in, 1, UINT32_MAX,
	    "INBOX");
}

static int
rename_mailboxes(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_mailbox_rename(d, &who, "a", "z/x");
}

static int
remove_mailbox(struct fixture *d, const char *name)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_mailbox_delete(d, &who, name, false);
}

static int
remove_empty(struct fixture *d)
{
	return remove_mailbox(d, "z/x/b/c");
}

static int
remove_with_mail(struct fixture *d)
{
	return remove_mailbox(d, "z/x/b");
}

static int
copy(struct fixture *d)
{
	struct open_answer in;
	struct caller who;
	int rc = person_at(d, "alice@a.test", "INBOX", &who, &in);

	return rc < 0 ? rc : fixture_copy(d, &who, &in, 1, 4, "Archive");
}

/* What the asker would remember: the store may die between the two. */
static struct copy_answer halfway;

static int
copy_half(struct fixture *d)
{
	struct open_answer in;
	struct caller who;
	int rc = person_at(d, "bob@a.test", "INBOX", &who, &in);

	halfway = (struct copy_answer){ 0 };
	return rc < 0 ? rc : fixture_copy_slice(d, &who, &in, 1, 2, "Sent",
	    false, &halfway);
}

static int
copy_rest(struct fixture *d)
{
	struct copy_answer a = { .copying = halfway.copying };
	struct open_answer in;
	struct caller who;
	int rc = person_at(d, "bob@a.test", "INBOX", &who, &in);

	return rc < 0 ? rc : fixture_copy_slice(d, &who, &in, 3, 3, "Sent",
	    true, &a);
}

static int
append_all(struct fixture *d, const char *text, enum append_then then,
    struct append_all_answer *a)
{
	struct caller who;
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_append_all(d, &who, "Sent", text, 3,
	    then, a);
}

static int
append_several(struct fixture *d)
{
	struct append_all_answer a = { 0 };

	return append_all(d, "several", APPEND_PLACE, &a);
}

/* From elsewhere, each once: two of the second time came the first. */
static int
carry(struct fixture *d, const char *letters)
{
	static struct buf rows;
	struct carry_in_ask ask = { .change = ++d->change,
		.name = STR("Sent") };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_carry_in,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	rows.cap = 10000;
	buf_reset(&rows);
	for (; *letters; letters++) {
		char source[] = "0123456789abcde?";
		struct carried_row row = { .source = str_c(source),
			.octets = test_blob(str_make(letters, 1)),
			.raw_size = 1 };

		source[15] = *letters;
		msg_put(&rows, &carried_row_shape, &row);
	}
	ask.messages = buf_get(&rows);
	who.authority = AUTH_CARRIER;
	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
carry_some(struct fixture *d)
{
	return carry(d, "abc");
}

static int
carry_more(struct fixture *d)
{
	return carry(d, "bdcc");
}

static struct append_all_answer begun;

static int
append_half(struct fixture *d)
{
	begun = (struct append_all_answer){ 0 };
	return append_all(d, "half of them", APPEND_MORE, &begun);
}

static int
append_rest(struct fixture *d)
{
	struct append_all_answer a = { .copying = begun.copying };

	return append_all(d, "the others", APPEND_PLACE, &a);
}

static int
append_dropped(struct fixture *d)
{
	struct append_all_answer a = { 0 };

	return append_all(d, "not these", APPEND_DROP, &a);
}

/* The first draft gives way to a new one. */
static int
replace(struct fixture *d)
{
	struct append_ask ask = { .change = ++d->change, .name = STR("Sent"),
		.octets = test_blob(STR("instead")), .raw_size = 7,
		.replaced = 1 };
	struct open_answer in;
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_append, .ask = &ask };
	int rc = person_at(d, "alice@a.test", "Archive", &who, &in);

	ask.replaced_in = in.mailbox;
	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
move(struct fixture *d)
{
	struct open_answer in;
	struct caller who;
	uint32_t gone;
	int rc = person_at(d, "alice@a.test", "INBOX", &who, &in);

	return rc < 0 ? rc : fixture_move(d, &who, &in, 1, 2, "Drafts", &gone);
}

static int
clean(struct fixture *d)
{
	bool more = true;
	int rc = 0;

	while (more && rc == 0)
		rc = engine_gc(d->e, &more, &d->err);
	d->dead = rc < 0;
	return rc;
}

/* What is deleted goes, packs with little left are copied and removed. */
static int
compact(struct fixture *d)
{
	int rc = 0;

	for (int i = 0; i < 6 && rc == 0; i++) {
		d->now_us += (int64_t)700 * 1000000;
		rc = clean(d);
	}
	return rc;
}

static int
flags_most(struct fixture *d)
{
	return flag(d, "alice@a.test", "INBOX", 2, UINT32_MAX, FLAGS_ADD,
	    FLAG_deleted, "");
}

static int
flags_bob(struct fixture *d)
{
	return flag(d, "bob@a.test", "INBOX", 1, 8, FLAGS_ADD, FLAG_deleted,
	    "");
}

static int
expunge_bob(struct fixture *d)
{
	return expunge(d, "bob@a.test", "INBOX");
}

static int
have_bobs_back(struct fixture *d)
{
	struct undelete_ask ask = { ++d->change, STR("bob@a.test") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_undelete, .ask = &ask };

	return fixture_write(d, &w);
}

static int
remove_bobs(struct fixture *d)
{
	struct caller who;
	struct open_answer in;
	uint32_t gone;
	int rc = person_at(d, "bob@a.test", "INBOX", &who, &in);

	return rc < 0 ? rc : fixture_remove(d, &who, &in, 1, 1000, &gone);
}

/* Long before it is due whatever the clock does, and long after. */
static int
to_leave_later(struct fixture *d)
{
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	d->hold_until = d->now_us / 1000000 + 7200;
	if (rc == 0)
		rc = fixture_submit_as(d, &who, "alice@a.test", "later",
		    to_all_and_world, NULL);
	d->hold_until = 0;
	return rc;
}

/* The number that a query gives; 0: none. */
static uint64_t
message_of(struct fixture *d, const char *query)
{
	sqlite3_stmt *st;
	uint64_t message = 0;

	bug_if(sqlite3_prepare_v2(d->r->q.db, query, -1, &st, NULL) !=
	    SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		message = (uint64_t)sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return message;
}

/* The number of one that waits; 0: none does. */
static uint64_t
waits_still(struct fixture *d)
{
	return message_of(d, "SELECT message FROM later");
}

static int
keep_apart(struct fixture *d)
{
	static const char *const to[] = { "alice@a.test", "bob@a.test",
		NULL };
	int rc;

	d->hold = true;
	rc = fixture_submit(d, 0, "suspect", to, NULL);
	d->hold = false;
	return rc;
}

static int
change_held(struct fixture *d, enum store_call call)
{
	struct held_release_ask ask = { ++d->change,
		message_of(d, "SELECT message FROM held"), STR_NULL };
	struct write w = { .caller = &d->operator_, .call = call,
		.ask = &ask };

	return ask.message ? fixture_write(d, &w) : 0;
}

static int
release_held(struct fixture *d)
{
	return change_held(d, STORE_held_release);
}

static int
drop_held(struct fixture *d)
{
	return change_held(d, STORE_held_drop);
}

static int
take_back(struct fixture *d)
{
	struct later_cancel_ask ask = { ++d->change, 0 };
	struct write w = { .call = STORE_later_cancel, .ask = &ask };
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	w.caller = &who;
	ask.message = waits_still(d);
	return rc < 0 || ask.message == 0 ? rc : fixture_write(d, &w);
}

/* On a full disk it waits on, which nobody is told; what is cleaned before this
 * is tried again must not let it go at another time. */
static int
leave_now(struct fixture *d)
{
	const int64_t long_us = (int64_t)41 * 86400 * 1000000;
	int rc;

	d->now_us += long_us;
	rc = clean(d);
	if (rc < 0 || !waits_still(d))
		return rc;
	d->now_us -= 2 * long_us;
	return err_set(&d->err, E_FULL, "it waits");
}

static int
journal(struct fixture *d)
{
	engine_flush_journal(d->e);
	return 0;
}

static int
put_secret(struct fixture *d, struct str name, struct str sealed)
{
	struct secret_put_ask ask = { ++d->change, SECRET_dkim_key, name,
		sealed };
	struct write w = { .caller = &d->vault, .call = STORE_secret_put,
		.ask = &ask };

	return fixture_write(d, &w);
}

static int
secret(struct fixture *d)
{
	return put_secret(d, STR("a.test"), STR("sealed key"));
}

/* Pages of the database; once they are not used, those behind them move. */
static int
large_secret(struct fixture *d, struct str name, char octet)
{
	static char room[95000];

	memset(room, octet, sizeof(room));
	return put_secret(d, name, str_make(room, sizeof(room)));
}

static int
large_a(struct fixture *d)
{
	return large_secret(d, STR("a.test"), 'a');
}

static int
large_b(struct fixture *d)
{
	return large_secret(d, STR("b.test"), 'b');
}

static int
passwd(struct fixture *d)
{
	struct account_passwd_ask ask = { ++d->change, STR("alice@a.test"),
		STR("another") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_account_passwd, .ask = &ask };

	return fixture_write(d, &w);
}

static int
app_password(struct fixture *d, uint64_t number, const char *address,
    const char *label)
{
	struct app_password_add_ask ask = { ++d->change, str_c(address),
		number, STR("0123456789abcdef0123456789abcdef"), str_c(label),
		SERVICES_apps, 0 };
	struct write w = { .caller = &d->vault,
		.call = STORE_app_password_add, .ask = &ask };

	return fixture_write(d, &w);
}

static int
app_alice(struct fixture *d)
{
	return app_password(d, 7, "alice@a.test", "phone");
}

static int
app_carol(struct fixture *d)
{
	return app_password(d, 8, "carol@b.test", "laptop");
}

static int
renew_keys(struct fixture *d, uint64_t number, const char *sealed,
    const char *was)
{
	struct keys_renew_ask ask = { ++d->change, 0, number, str_c(sealed),
		str_c(was) };
	struct write w = { .caller = &d->vault, .call = STORE_keys_renew,
		.ask = &ask };
	struct caller who;
	int rc = person(d, "alice@a.test", &who);

	ask.account = who.account;
	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
keys_of_app(struct fixture *d)
{
	return renew_keys(d, 7, "keys", "");
}

/* passwd() was here before. */
static int
keys_of_own(struct fixture *d)
{
	return renew_keys(d, 0, "another, renewed", "another");
}

static int
put_factor(struct fixture *d, const char *sealed, const char *was)
{
	struct factor_put_ask ask = { ++d->change, STR("alice@a.test"),
		str_c(sealed), str_c(was), STR("192.0.2.1") };
	struct write w = { .caller = &d->vault, .call = STORE_factor_put,
		.ask = &ask };

	return fixture_write(d, &w);
}

static int
factor_on(struct fixture *d)
{
	return put_factor(d, "factor", "");
}

static int
factor_used(struct fixture *d)
{
	return put_factor(d, "used", "factor");
}

static int
factor_off(struct fixture *d)
{
	struct factor_remove_ask ask = { ++d->change, STR("alice@a.test") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_factor_remove, .ask = &ask };

	return fixture_write(d, &w);
}

static int
remove_app(struct fixture *d)
{
	struct app_password_remove_ask ask = { ++d->change,
		STR("alice@a.test"), STR("phone") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_app_password_remove, .ask = &ask };

	return fixture_write(d, &w);
}

static int
remove_carol(struct fixture *d)
{
	struct account_remove_ask ask = { ++d->change, STR("carol@b.test") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_account_remove, .ask = &ask };

	return fixture_write(d, &w);
}

/* What was staged is four fifths of it. */
static int
quota_of_bob(struct fixture *d)
{
	struct account_quota_ask ask = { ++d->change, STR("bob@a.test"),
		1350000 };
	struct write w = { .caller = &d->operator_,
		.call = STORE_account_quota, .ask = &ask };

	return fixture_write(d, &w);
}

static int
quota_of_domain(struct fixture *d)
{
	struct domain_quota_ask ask = { ++d->change, STR("a.test"), 90000000 };
	struct write w = { .caller = &d->operator_,
		.call = STORE_domain_quota, .ask = &ask };

	return fixture_write(d, &w);
}

static int
quota_of_messages(struct fixture *d)
{
	struct account_quota_ask ask = { ++d->change, STR("bob@a.test"), 1000,
		QUOTA_messages };
	struct write w = { .caller = &d->operator_,
		.call = STORE_account_quota, .ask = &ask };

	return fixture_write(d, &w);
}

static uint64_t
give_lease(void *arg unused_arg, uint64_t note unused_arg,
    const uint32_t *n unused_arg, const uint32_t *outcome unused_arg,
    size_t count unused_arg)
{
	return 7;
}

/* The mail of the first note; 0: nobody is to be told anything, as when this
 * was done before. */
static int
send_note(struct fixture *d)
{
	static struct buf out;
	struct queue_leasing l = { give_lease, NULL };
	struct note_send_ask ask = { .change = ++d->change, .lease = 7,
		.octets = test_blob(STR("a note")), .raw_size = 6,
		.facts = STR("facts of a note") };
	struct leased leased = { 0 };
	struct write w = { .caller = &d->relay, .call = STORE_note_send,
		.ask = &ask, .leased = &leased, .nleased = 1 };
	int rc;

	out.cap = 10000;
	buf_reset(&out);
	rc = reader_note(d->r, &leased.message, &out, &l, &d->err);
	return rc <= 0 ? rc : fixture_write(d, &w);
}

static int
log_in(struct fixture *d, struct str network)
{
	struct logged_in_ask ask = { .change = ++d->change,
		.network = network, .peer = STR("192.0.2.1"),
		.service = SERVICE_imap };
	struct caller who;
	struct write w = { .caller = &d->vault, .call = STORE_logged_in,
		.ask = &ask };
	int rc = person(d, "alice@a.test", &who);

	ask.account = who.account;
	return rc < 0 ? rc : fixture_write(d, &w);
}

static int
log_in_here(struct fixture *d)
{
	return log_in(d, STR("aaaa"));
}

static int
log_in_there(struct fixture *d)
{
	return log_in(d, STR("bbbb"));
}

static int
go_away(struct fixture *d)
{
	struct vacation_put_ask ask = { .change = ++d->change, .enabled = 1,
		.has = VACATION_text, .text = STR("I am away") };
	struct caller who;
	struct write w = { .caller = &who, .call = STORE_vacation_put,
		.ask = &ask };
	int rc = person(d, "bob@a.test", &who);

	return rc < 0 ? rc : fixture_write(d, &w);
}

/* Its sender is told so. */
static int
mail_to_bob(struct fixture *d)
{
	struct recipient to = { .address = STR("bob@a.test") };
	struct submit_ask ask = { .change = ++d->change,
		.reverse_path = STR("s@far.test"),
		.octets = test_blob(STR("are you there?")), .raw_size = 14,
		.named = STR("bob@a.test\n"), .subject = STR("bob?"),
		.ids = STR("1@far.test") };
	struct caller who;
	struct write w = { .caller = &d->mx, .call = STORE_submit,
		.ask = &ask, .rcpts = &to, .nrcpts = 1 };
	int rc = person(d, "bob@a.test", &who);

	to.account = who.account;
	return rc < 0 ? rc : fixture_write(d, &w);
}

/* Each is one commit that can be seen. */
const struct step script[] = {
	{ "domain a", domain_a, false },
	{ "domain b", domain_b, false },
	{ "alice", alice, false },
	{ "bob", bob, false },
	{ "carol", carol, false },
	{ "first mail", first_mail, false },
	{ "mail to alice", mail_to_alice, false },
	{ "mail to all", mail_to_all, false },
	{ "big mail", big_mail, false },
	{ "to the world", to_the_world, false },
	{ "one goes, one waits", one_goes_one_waits, false },
	{ "tell of the delay", tell_of_delay, false },
	{ "hold", hold, false },
	{ "append a draft", append_draft, false },
	{ "append a deleted one", append_deleted, false },
	{ "staged, large", staged_large, false },
	{ "staged, small", staged_small, false },
	{ "a quota that is nearly used", quota_of_bob, false },
	{ "a quota of a domain", quota_of_domain, false },
	{ "a note of it", send_note, false },
	{ "together", together, true },
	{ "release", release, false },
	{ "both fail", both_fail, false },
	{ "tell of y", tell_of_y, false },
	{ "copy", copy, false },
	{ "half of a copy", copy_half, false },
	{ "the rest of it", copy_rest, false },
	{ "a quota of messages", quota_of_messages, false },
	{ "half of another", copy_half, false },
	/* The rest of something comes at an even step: before odd ones clocks
	 * may jump, and what nobody went on with for long is given up. */
	{ "half of several", append_half, false },
	{ "the rest of them", append_rest, false },
	{ "append several", append_several, false },
	{ "carry in", carry_some, false },
	{ "carry in more", carry_more, false },
	{ "half of others", append_half, false },
	{ "several, given up", append_dropped, false },
	{ "replace", replace, false },
	{ "move", move, false },
	{ "flags, add", flags_add, false },
	{ "flags, set", flags_set, false },
	{ "flags, delete", flags_delete, false },
	{ "expunge", expunge_some, false },
	{ "flags of the large one", flags_large, false },
	{ "expunge the large one", expunge_large, false },
	{ "tell of z", tell_of_z, false },
	{ "make mailboxes", make_mailboxes, false },
	{ "append below", append_below, false },
	{ "subscribe", subscribe, false },
	{ "note at one", note_some, false },
	{ "note otherwise", note_other, false },
	{ "sign a URL", sign_url, false },
	{ "sign another", sign_url, false },
	{ "new keys for URLs", renew_url_keys, false },
	{ "sign again", sign_url, false },
	{ "share", share_to_read, false },
	{ "share more", share_to_work, false },
	{ "see what is shared", see_shared, false },
	{ "copy it", copy_shared, false },
	{ "rename mailboxes", rename_mailboxes, false },
	{ "remove an empty one", remove_empty, false },
	{ "remove one with mail", remove_with_mail, false },
	{ "clean", clean, false },
	{ "to the world again", to_the_world, false },
	{ "drop", drop, false },
	{ "secret", secret, false },
	{ "app password", app_alice, false },
	{ "app password of carol", app_carol, false },
	{ "keys of an app password", keys_of_app, false },
	{ "passwd", passwd, false },
	{ "keys of a password", keys_of_own, false },
	{ "log in", log_in_here, false },
	{ "log in from elsewhere", log_in_there, false },
	{ "a note of the app password", send_note, false },
	{ "a note of another", send_note, false },
	{ "bob goes away", go_away, false },
	{ "mail to bob", mail_to_bob, false },
	{ "mail to bob again", mail_to_bob, false },
	{ "a note of the password", send_note, false },
	{ "a note of the login", send_note, false },
	{ "an answer for bob", send_note, false },
	{ "remove the app password", remove_app, false },
	{ "a second factor", factor_on, false },
	{ "it is taken off", factor_off, false },
	{ "set up again", factor_on, false },
	{ "a code of it is used", factor_used, false },
	{ "journal", journal, false },
	{ "remove carol", remove_carol, false },
	{ "clean her", clean, false },
	{ "carol again", carol, false },
	{ "mail to her", mail_to_all, false },
	{ "more mail", mail_to_all, false },
	{ "remove the newest", remove_newest, false },
	{ "flags of most", flags_most, false },
	{ "expunge most", expunge_some, false },
	{ "flags of bob's", flags_bob, false },
	{ "expunge bob's", expunge_bob, false },
	/* At an even step: clocks jump before odd ones. */
	{ "have bob's back", have_bobs_back, false },
	{ "remove bob's", remove_bobs, false },
	{ "compact", compact, false },
	{ "last mail", first_mail, false },
	{ "compact again", compact, false },
	{ "a large secret", large_a, false },
	{ "another", large_b, false },
	{ "a small one instead", secret, false },
	{ "give room back", compact, false },
	{ "keep apart", keep_apart, false },
	{ "release what is held", release_held, false },
	{ "keep another apart", keep_apart, false },
	{ "drop what is held", drop_held, false },
	{ "to be taken back", to_leave_later, false },
	{ "take it back", take_back, false },
	{ "to leave later", to_leave_later, false },
	{ "leave now", leave_now, false },
	{ "secret again", secret, false },
};
const size_t script_steps = NELEM(script);

/* Clocks that go, go back, and jump. */
enum script_clock script_clock;

static int64_t
now_of(size_t i)
{
	int64_t steps = (int64_t)(i + 1) * 400000000;

	if (script_clock == CLOCK_BACK)
		steps = -steps;
	if (script_clock == CLOCK_JUMPS)
		steps = i % 2 ? steps + (int64_t)40 * 86400 * 1000000 : steps;
	return 1795000000000000 + steps;
}

int
script_run(struct fixture *d, size_t i)
{
	d->change = 1000 * (i + 1);
	d->now_us = now_of(i);
	return script[i].run(d);
}

/* ---- what can be seen -------------------------------------------------- */

bool script_lenient;
#define UNREADABLE "unreadable"
#define FACTS "facts ["

/* What stands before the word, if it is there. */
#define BEFORE(line, word) str_first(line, str_find(line, STR(word)))

bool
script_same_line(struct str now, struct str was)
{
	struct str x = BEFORE(now, UNREADABLE);

	if (str_eq(now, was))
		return true;
	if (x.n < now.n)
		return x.n <= was.n && str_eq(x, str_first(was, x.n));
	x = BEFORE(now, FACTS "]");
	return x.n < now.n && str_eq(x, BEFORE(was, FACTS));
}

static int
dump_row(struct fixture *d, const struct caller *c, uint64_t mailbox,
    const struct fetch_row *r, struct buf *out)
{
	/* Not from the heap, where sanitizers mark all of it, each time. */
	static char octets[1200000];
	struct str prefix = STR_NULL;
	size_t line = out->n;
	uint32_t sum = 0;
	int n, i;

	buf_printf(out, "  uid %u seq %u modseq %llu flags %u [%.*s] at %lld "
	    "size %llu ", r->uid, r->seq, (unsigned long long)r->modseq,
	    r->flags, STR_FMT(r->keywords), (long long)r->received,
	    (unsigned long long)r->size);
	n = fixture_content(d, c, mailbox, r->uid, octets, sizeof(octets),
	    &prefix);
	for (i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)octets[i];
	if (n < 0 && (!script_lenient || n != E_DAMAGED))
		return n;
	if (n < 0)
		buf_lit(out, UNREADABLE);
	else
		buf_printf(out, "octets %d sum %08x prefix [%.*s] facts "
		    "[%.*s]", n, sum, STR_FMT(prefix), STR_FMT(r->facts));
	for (; line < out->n; line++)
		if ((unsigned char)out->p[line] < ' ')
			out->p[line] = ' ';
	buf_chr(out, '\n');
	return 0;
}

static int
dump_mailbox(struct fixture *d, const struct caller *c,
    const struct mailbox_row *m, struct buf *out)
{
	enum { MOST = 40 };
	struct fetch_row *rows = calloc(MOST, sizeof(*rows));
	char name[MAILBOX_NAME_MAX + 1];
	struct open_answer in;
	struct arena *a = arena_new(1 << 20);
	int n = 0, i, rc;

	(void)snprintf(name, sizeof(name), "%.*s", STR_FMT(m->name));
	rc = fixture_open_mailbox(d, c, name, &in);
	if (rc == 0) {
		/* Not its UIDVALIDITY: one may be lost with a fault. */
		buf_printf(out, " uidnext %u exists %u unseen %u\n",
		    in.uidnext, in.exists, in.first_unseen);
		rc = n = fixture_rows(d, c, &in, rows, MOST);
	}
	for (i = 0; i < n; i++)
		msg_keep(a, &fetch_row_shape, &rows[i]);
	for (i = 0; i < n && rc >= 0; i++)
		rc = dump_row(d, c, in.mailbox, &rows[i], out);
	arena_free(a);
	free(rows);
	return rc < 0 ? rc : 0;
}

static int
dump_account(struct fixture *d, const struct account_row *row, struct buf *out)
{
	struct caller c = fixture_person(row->account);
	struct mailboxes_ask ask = { STR_NULL };
	struct arena *a = arena_new(1 << 20);
	union store_answer answer;
	struct mailbox_row m;
	struct rd r = { 0 };
	int rc = reader_ask(d->r, &c, STORE_mailboxes, &ask, &answer, &d->err);

	buf_printf(out, "account %.*s messages %u size %llu\n",
	    STR_FMT(row->address), row->messages,
	    (unsigned long long)row->size);
	if (rc == 0)
		r = rd_of(str_dup(a, answer.mailboxes.rows));
	while (rc == 0 && rd_left(&r) > 0) {
		bug_if(!msg_take(&r, &mailbox_row_shape, &m));
		buf_printf(out, " %.*s: special %u subscribed %u uidnext %u "
		    "exists %u unseen %u deleted %u size %llu modseq %llu\n",
		    STR_FMT(m.name), m.special, m.subscribed, m.uidnext,
		    m.exists, m.unseen, m.deleted, (unsigned long long)m.size,
		    (unsigned long long)m.modseq);
		if (m.mailbox)
			rc = dump_mailbox(d, &c, &m, out);
	}
	arena_free(a);
	return rc;
}

static int
dump_accounts(struct fixture *d, struct buf *out)
{
	struct accounts_ask ask = { STR_NULL };
	struct arena *a = arena_new(1 << 20);
	union store_answer answer;
	struct account_row row;
	struct str rows;
	struct rd r;
	int rc = reader_ask(d->r, &d->operator_, STORE_accounts, &ask,
	    &answer, &d->err);

	rows = rc == 0 ? str_dup(a, answer.accounts.rows) : STR_NULL;
	r = rd_of(rows);
	while (rc == 0 && rd_left(&r) > 0) {
		bug_if(!msg_take(&r, &account_row_shape, &row));
		rc = dump_account(d, &row, out);
	}
	arena_free(a);
	return rc;
}

/* Whom store tells of held mail it decides while it cleans up, whenever that
 * is: not seen below. */
_Static_assert(NOTE_held == 15, "the number in dump_tables()");

/* What nobody can ask for yet: the relay's rows, domains, secrets. */
static int
dump_tables(struct fixture *d, struct buf *out)
{
	static const char *const queries[] = {
		/* Numbers of messages are not the same after a fault, and
		 * a little of a delay hangs on them. */
		("SELECT r.address||' '||r.domain||' '||r.state||' '||"
		 "CASE WHEN r.last THEN (r.next_due-r.last)/300 ELSE"
		 " r.next_due END||' '||r.attempts||' '||r.noticed||' '||"
		 "r.outcome||' '||r.code||' '||r.text||' '||r.host||' '||"
		 "q.reverse_path||' '||q.size"
		 " FROM queue_rcpt r JOIN queue q USING(message)"
		 " ORDER BY r.message, r.rcpt"),
		("SELECT name||' '||accounts||' '||used||' '||quota||' '||told"
		 " FROM domain ORDER BY name"),
		("SELECT address||' '||most_messages||' '||most_mailboxes"
		 " FROM account ORDER BY account"),
		"SELECT name||' '||sealed FROM secret ORDER BY name",
		("SELECT a.local||' '||c.sealed||' '||c.factor"
		 " FROM credential c"
		 " JOIN address a USING(account) ORDER BY a.local"),
		("SELECT account||' '||number||' '||label||' '||services||"
		 "' '||keys"
		 " FROM app_password ORDER BY account, number"),
		/* The others go by the clock, which faults move. */
		"SELECT became FROM later_past ORDER BY message DESC LIMIT 1",
		("SELECT address||' '||kind||' '||target FROM note"
		 " JOIN account USING (account) WHERE kind<>15"
		 " ORDER BY note"),
		"SELECT address||' '||size||' '||title FROM held ORDER BY 1",
		("SELECT address||' '||version||' '||enabled||' '||text"
		 " FROM vacation JOIN account USING (account)"),
		("SELECT address||' '||mailbox||' '||entry||' '||value"
		 " FROM metadata JOIN account USING (account)"
		 " ORDER BY address, mailbox, entry"),
		/* Which key it is, chance says. */
		("SELECT address||' '||mailbox||' '||length(key) FROM url_key"
		 " JOIN account USING (account) ORDER BY address, mailbox"),
		("SELECT o.address||' '||a.mailbox||' '||w.address||' '||rights"
		 " FROM acl a JOIN account o ON o.account=a.account"
		 " JOIN account w ON w.account=a.who"
		 " ORDER BY o.address, a.mailbox, w.address"),
		/* What nobody can look at any more goes with the email, some
		 * time later. */
		("SELECT o.address||' '||r.address||' '||seen"
		 " FROM reader_seen s JOIN account o ON o.account=s.account"
		 " JOIN account r ON r.account=s.reader"
		 " WHERE EXISTS (SELECT 1 FROM placement p"
		 " JOIN mailbox USING (account, mailbox)"
		 " WHERE p.account=s.account AND p.email=s.email"
		 " AND p.expunged=0)"
		 " ORDER BY o.address, r.address, seen"),
		("SELECT address||' '||kind||' '||hex(word)||' '||n FROM noted"
		 " JOIN account USING (account) WHERE kind<>15"
		 " ORDER BY address, kind, word"),
	};
	sqlite3_stmt *st;
	size_t i;

	for (i = 0; i < NELEM(queries); i++) {
		if (sqlite3_prepare_v2(d->r->q.db, queries[i], -1, &st, NULL)
		    != SQLITE_OK)
			return err_set(&d->err, E_IO, "%s",
			    sqlite3_errmsg(d->r->q.db));
		while (sqlite3_step(st) == SQLITE_ROW)
			buf_printf(out, "%zu %s\n", i,
			    (const char *)sqlite3_column_text(st, 0));
		if (sqlite3_finalize(st) != SQLITE_OK)
			return err_set(&d->err, E_DAMAGED, "%s",
			    sqlite3_errmsg(d->r->q.db));
	}
	return 0;
}

int
script_dump(struct fixture *d, struct buf *out)
{
	int rc = dump_accounts(d, out);

	return rc < 0 ? rc : dump_tables(d, out);
}
