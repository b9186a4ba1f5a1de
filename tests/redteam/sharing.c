/*
 * sharing.c - hostile code in front reaches for mailboxes of others: not
 * shared, by a right that was not given, by one that was withdrawn.
 */
#include "asks.h"

enum { ACCOUNTS_TRIED = 16, MAILBOXES_TRIED = 8 };

#define TEAM "Other Users/" BOB "/Team"

struct reaching {
	struct attack *a;
	struct ipc *alice, *bob;
	uint64_t mailbox;	/* bob's Team, as alice knows it */
	uint64_t change;
};

static const uint32_t all[2] = { 1, UINT32_MAX };

/* All that names a mailbox by its number. */
static void
no_number(struct reaching *r, uint64_t mailbox, bool read, const char *name)
{
	struct str set = str_make((const char *)all, sizeof(all));
	uint64_t now = UINT64_MAX >> 1;
	struct content_ask content = { mailbox, 1, 0, 65536 };
	struct fetch_ask fetch = { mailbox, now, 0, 1, set };
	struct search_ask search = { mailbox, now, 0, 1, set, STR("\1") };
	struct sync_ask sync = { mailbox, now, 0, 1 };
	struct vanished_ask vanished = { mailbox, now, 0, set };
	struct watch_ask watch = { mailbox, 3 };
	struct copy_ask copy = { ++r->change, mailbox, now, 0, 1, set,
		STR("INBOX"), .last = 1 };
	struct flags_ask flags = { ++r->change, mailbox, now, 0, 1, set,
		FLAGS_ADD, FLAG_seen | FLAG_deleted | FLAG_flagged,
		.unchanged_since = UINT64_MAX };
	struct expunge_ask expunge = { ++r->change, mailbox, now, 0, set, 1 };
	struct move_ask move = { ++r->change, mailbox, now, 0, 1, set,
		STR("INBOX") };
	const struct {
		enum store_call call;
		const void *ask;
		const char *what;
		bool reads;
	} tries[] = {
		{ STORE_content, &content, "reads a message", true },
		{ STORE_fetch, &fetch, "lists messages", true },
		{ STORE_search, &search, "searches", true },
		{ STORE_sync, &sync, "hears of changes", true },
		{ STORE_vanished, &vanished, "hears what went", true },
		{ STORE_watch, &watch, "watches", true },
		{ STORE_copy, &copy, "copies messages", true },
		{ STORE_flags, &flags, "changes flags", false },
		{ STORE_expunge, &expunge, "expunges", false },
		{ STORE_move, &move, "moves messages", false },
	};
	char what[100];

	for (size_t i = 0; i < NELEM(tries); i++) {
		if (tries[i].reads && read)
			continue;
		(void)snprintf(what, sizeof(what), "alice %s of %s",
		    tries[i].what, name);
		refused(r->a, r->alice, &store_calls[tries[i].call],
		    tries[i].ask, what);
	}
}

/* And by its name. */
static void
no_name(struct reaching *r, struct str team, bool read, const char *name)
{
	struct open_ask open = { team };
	struct status_ask status = { team, 1 };
	struct acl_ask acl = { team };
	struct acl_put_ask put = { ++r->change, team, STR_NULL, STR(ALICE),
		FLAGS_ADD, RIGHTS_all };
	struct append_ask append = { .change = ++r->change, .name = team,
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n"), .raw_size = 2 };
	struct mailbox_create_ask create = { ++r->change,
		arena_printf(r->a->memory, "%.*s/x", STR_FMT(team)) };
	struct mailbox_delete_ask delete = { ++r->change, team };
	struct mailbox_rename_ask rename = { ++r->change, team,
		arena_printf(r->a->memory, "%.*s2", STR_FMT(team)) };
	struct mailbox_rename_ask take = { ++r->change, team, STR("Mine") };
	const struct {
		enum store_call call;
		const void *ask;
		const char *what;
		bool reads;
	} tries[] = {
		{ STORE_open, &open, "selects", true },
		{ STORE_status, &status, "counts", true },
		{ STORE_acl, &acl, "sees who has rights to", false },
		{ STORE_acl_put, &put, "gives herself rights to", false },
		{ STORE_append, &append, "puts a message into", false },
		{ STORE_mailbox_create, &create, "makes one below", false },
		{ STORE_mailbox_delete, &delete, "removes", false },
		{ STORE_mailbox_rename, &rename, "renames", false },
		{ STORE_mailbox_rename, &take, "takes for her own", false },
	};
	char what[100];

	for (size_t i = 0; i < NELEM(tries); i++) {
		if (tries[i].reads && read)
			continue;
		(void)snprintf(what, sizeof(what), "alice %s %s",
		    tries[i].what, name);
		refused(r->a, r->alice, &store_calls[tries[i].call],
		    tries[i].ask, what);
	}
}

/* This much bob may. */
static void
let(struct reaching *r, uint32_t rights)
{
	struct acl_put_ask put = { ++r->change, STR("Team"), STR_NULL,
		STR(ALICE), FLAGS_SET, rights };
	union any_answer answer = { 0 };
	struct err err;

	if (call(r->a, r->bob, &store_calls[STORE_acl_put], &put, &answer,
	    NULL, &err) < 0)
		attempt(r->a, "bob shares (else nothing is shown)", false,
		    err.text);
}

static bool
set_up(struct reaching *r)
{
	struct mailbox_create_ask create = { ++r->change, STR("Team") };
	struct append_ask append = { .change = ++r->change,
		.name = STR("Team"), .raw_size = 2,
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n") };
	struct open_ask open = { STR(TEAM) };
	union any_answer answer = { 0 };
	struct err err;
	int rc = call(r->a, r->bob, &store_calls[STORE_mailbox_create],
	    &create, &answer, NULL, &err);

	if (rc == 0)
		rc = call(r->a, r->bob, &store_calls[STORE_append], &append,
		    &answer, NULL, &err);
	if (rc < 0)
		return false;
	no_name(r, STR(TEAM), false, "what is not shared");
	let(r, RIGHT_l | RIGHT_r);
	rc = call(r->a, r->alice, &store_calls[STORE_open], &open, &answer,
	    NULL, &err);
	r->mailbox = answer.open.mailbox;
	return rc == 0;
}

void
attack_sharing(struct attack *a, struct ipc *alice, struct ipc *bob)
{
	struct reaching r = { a, alice, bob, 0, 900 };
	struct mailbox_delete_ask delete = { .name = STR("Team") };
	union any_answer answer = { 0 };
	struct err err;

	if (!set_up(&r)) {
		attempt(a, "alice reads what bob shares (else nothing is "
		    "shown)", false, "she could not");
		return;
	}
	no_number(&r, r.mailbox, true, "what she may read");
	no_name(&r, STR(TEAM), true, "what she may read");
	no_name(&r, STR("Other Users/" BOB "/INBOX"), false, "bob's INBOX");
	for (uint64_t account = 1; account < ACCOUNTS_TRIED; account++)
		for (uint64_t n = 1; n < MAILBOXES_TRIED; n++)
			if (others_number(account, n) != r.mailbox)
				no_number(&r, others_number(account, n), false,
				    "numbers she made up");
	let(&r, 0);
	no_number(&r, r.mailbox, false, "what was withdrawn");
	no_name(&r, STR(TEAM), false, "what was withdrawn");
	/* The test compares what everybody has with what it was. */
	delete.change = ++r.change;
	if (call(a, bob, &store_calls[STORE_mailbox_delete], &delete,
	    &answer, NULL, &err) < 0)
		attempt(a, "bob removes it", false, err.text);
}
