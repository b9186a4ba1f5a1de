#include "admin/queue_edit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "admin/filter.h"
#include "admin/typed.h"

struct str
queue_who(struct arena *a)
{
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *pw = sudo ? NULL : getpwuid(getuid());
	struct str who = sudo ? arena_printf(a, "%s (sudo)", sudo) : pw ?
	    str_make(str_dupz(a, str_c(pw->pw_name)), strlen(pw->pw_name)) :
	    arena_printf(a, "uid %u", (unsigned)getuid());

	return str_first(who, HOLD_WHO_MAX);
}

/* A domain has no "=", a local part may. */
static int
read_old_and_new(struct arena *a, const char *typed, struct str *from,
    struct str *to, struct err *err)
{
	struct str s = str_c(typed);
	size_t at = str_chr(s, '@');
	struct str behind = str_from(s, at);
	size_t eq = at + str_chr(behind, '=');

	if (at == s.n || eq + 1 >= s.n)
		return err_set(err, E_INVALID, "--recipient wants OLD=NEW, "
		    "two addresses, not \"%s\"", typed);
	if (typed_address(a, str_dupz(a, str_first(s, eq)), from, err) < 0 ||
	    typed_address(a, str_dupz(a, str_from(s, eq + 1)), to, err) < 0)
		return err->code;
	return 0;
}

static int
read_priority(const char *typed, int64_t *out, struct err *err)
{
	bool below = typed[0] == '-';
	uint32_t n;

	if (!str_u32(str_c(typed + (below || typed[0] == '+')), &n) ||
	    n > PRIORITY_MAX)
		return err_set(err, E_INVALID, "--priority wants -%d to %d, "
		    "not \"%s\"", PRIORITY_MAX, PRIORITY_MAX, typed);
	*out = below ? -(int64_t)n : (int64_t)n;
	return 0;
}

static int
read_edit(struct arena *a, const struct options *o,
    struct queue_edit_ask *ask, struct err *err)
{
	int64_t in_s;
	int rc = 0;

	if (o->recipient && o->without)
		return err_set(err, E_INVALID, "one recipient at a time: "
		    "--recipient or --without");
	if (o->recipient)
		rc = read_old_and_new(a, o->recipient, &ask->rcpt, &ask->to,
		    err);
	else if (o->without)
		rc = typed_address(a, o->without, &ask->rcpt, err);
	if (rc == 0 && o->sender && !str_eq(str_c(o->sender), STR("<>")))
		rc = typed_address(a, o->sender, &ask->sender, err);
	if (rc == 0 && o->priority)
		rc = read_priority(o->priority, &ask->priority, err);
	if (rc < 0)
		return rc;
	if (o->give_up && (!duration_read(str_c(o->give_up), &in_s) ||
	    in_s == 0))
		return err_set(err, E_INVALID, "--give-up wants how long from "
		    "now, like 30m, 2h or 3d, not \"%s\"", o->give_up);
	if (o->give_up)
		ask->give_up = (int64_t)time(NULL) + in_s;
	ask->what = (o->recipient || o->without ? EDIT_rcpt : 0) |
	    (o->sender ? EDIT_sender : 0) |
	    (o->priority ? EDIT_priority : 0) |
	    (o->give_up ? EDIT_give_up : 0);
	return ask->what ? 0 : err_set(err, E_INVALID, "what? --recipient "
	    "OLD=NEW, --without ADDRESS, --sender ADDRESS, --priority N or "
	    "--give-up TIME; its text is signed, and nobody's to change");
}

static int
said_wrong(struct arena *a, const char *id, struct err *err)
{
	const char *why = str_dupz(a, str_c(err->text));

	if (err->code != E_NOTFOUND)
		return err_set(err, err->code, "message %s: %s", id, why);
	return err_set(err, E_NOTFOUND, "message %s: %s; what became of it: "
	    "postern trace %s", id, why, id);
}

int
queue_edit(struct admin *a, struct operator *op, const struct options *o,
    const char *id, struct err *err)
{
	struct queue_edit_ask ask = { .change = operator_change(op),
		.who = queue_who(a->memory) };
	struct queue_edit_answer answer;

	if (!queue_id_read(id, &ask.message))
		return err_set(err, E_INVALID, "\"%s\" is no number of a "
		    "message", id);
	if (read_edit(a->memory, o, &ask, err) < 0)
		return err->code;
	if (operator_store(op, STORE_queue_edit, &ask, &answer, err) < 0)
		return said_wrong(a->memory, id, err);
	if (o->json)
		printf("{\"changed\":%u,\"held\":%u}\n", answer.changed,
		    answer.held);
	else
		printf("%u recipient%s changed%s\n", answer.changed,
		    answer.changed == 1 ? "" : "s", answer.held ?
		    ", held as before (postern queue held)" : "");
	return 0;
}

int
queue_expire(struct admin *a, struct operator *op, const struct options *o,
    char **ids, int n, struct err *err)
{
	struct queue_expire_ask ask = { .who = queue_who(a->memory) };
	struct queue_expire_answer answer;
	uint32_t changed = 0;

	for (int i = 0; i < n; i++)
		if (!queue_id_read(ids[i], &ask.message))
			return err_set(err, E_INVALID, "\"%s\" is no number "
			    "of a message", ids[i]);
	for (int i = 0; i < n; i++) {
		if (!queue_id_read(ids[i], &ask.message))
			return E_INVALID;
		ask.change = operator_change(op);
		if (operator_store(op, STORE_queue_expire, &ask, &answer,
		    err) < 0)
			return said_wrong(a->memory, ids[i], err);
		changed += answer.changed;
	}
	if (o->json)
		printf("{\"changed\":%u}\n", changed);
	else
		printf("%u recipient%s given up: who sent it is told\n",
		    changed, changed == 1 ? "" : "s");
	return 0;
}
