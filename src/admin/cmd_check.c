/*
 * cmd_check.c - postern check: what would become of a message, without taking
 * it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "admin/checking.h"
#include "admin/explain.h"
#include "admin/names.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "base/ip.h"
#include "rt/config.h"

static const char usage[] =
    "usage: postern check FILE --peer ADDRESS [--from SENDER] [--to RCPT]\n"
    "                     [--helo NAME] [--json]\n\n"
    "Judges the message in FILE (- for standard input) as if the host with\n"
    "that ADDRESS handed it in now: SPF, DKIM, DMARC, rules, lists, what is\n"
    "known of the sender, and its text. It says what would be done, why, and\n"
    "what to type to have it otherwise. Nothing is delivered or remembered;\n"
    "DNS and lists are asked; ClamAV and rspamd are not. Exits 1 if it would\n"
    "be refused.\n\n"
    "  --peer ADDRESS               who hands it in\n"
    "  --from SENDER                MAIL FROM; none: <>, as of a report\n"
    "  --to RCPT                    RCPT TO: what this person has taught and\n"
    "                               whom he wrote to counts\n"
    "  --helo NAME                  what the host calls itself\n"
    WHICH_SERVER;

struct check {
	struct admin *a;
	struct options o;
	struct check_begin_answer todo;
	struct check_finish_ask verdict;
	bool scanners;		/* arriving mail is shown to some */
};

static int
read_who(struct check *k, struct err *err)
{
	const struct options *o = &k->o;
	struct ip ip;
	int rc = 0;

	if (!o->peer)
		return err_set(err, E_INVALID, "--peer ADDRESS is missing: "
		    "SPF and the lists need to know who hands it in");
	if (!ip_parse(str_c(o->peer), &ip))
		return err_set(err, E_INVALID, "--peer: \"%.80s\" is no "
		    "address", o->peer);
	k->todo.peer = str_c(o->peer);
	k->todo.helo = o->helo ? str_first(str_c(o->helo), 255) :
	    STR("unknown.invalid");
	if (o->from && *o->from && !str_eq(str_c(o->from), STR("<>")))
		rc = typed_address(k->a->memory, o->from, &k->todo.from, err);
	if (rc == 0 && o->to) {
		rc = typed_address(k->a->memory, o->to, &k->todo.rcpts, err);
		k->todo.rcpts = arena_printf(k->a->memory, "%.*s\n",
		    STR_FMT(k->todo.rcpts));
	}
	return rc;
}

static int
open_message(const char *path, int *fd, struct err *err)
{
	*fd = str_eq(str_c(path), STR("-")) ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? err_sys(err, E_NOTFOUND, "%.200s", path) : 0;
}

/* The process begins before there is anything in this one that it must not
 * have. */
static int
check(struct check *k, struct checking *c, const char *path, struct err *err)
{
	int fds[CHECK_NDESCRIPTORS] = { -1, -1, -1 }, rc;
	struct operator *op = NULL;
	struct names *names = NULL;
	auto_buf config = BUF_INIT(200000);

	rc = open_message(path, &fds[CHECK_TEXT], err);
	if (rc == 0)
		rc = names_open(k->a, &k->o, &names, err);
	if (rc == 0)
		rc = names_connection(names, &fds[CHECK_DNS], err);
	if (rc == 0)
		rc = operator_open(k->a, &k->o, &op, err);
	if (rc == 0)
		rc = operator_checker(op, &fds[CHECK_STORE], err);
	if (rc == 0) {
		k->scanners = names_config(names)->clamav.n > 0 ||
		    names_config(names)->rspamd.n > 0;
		msg_put(&config, &config_shape, names_config(names));
		k->todo.config = buf_get(&config);
		rc = checking_run(c, &k->todo, fds, k->a->memory, &k->verdict,
		    err);
	}
	for (size_t i = 0; i < CHECK_NDESCRIPTORS; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	operator_close(op);
	names_close(names);
	return rc;
}

/* ---- what is said of it: as events that did not happen ------------------- */

static struct str
as_stored(struct check *k)
{
	const struct check_finish_ask *v = &k->verdict;
	auto_buf b = BUF_INIT(200);

	if (v->junk || v->spam)
		buf_lit(&b, "as junk");
	if (v->weighed)
		buf_printf(&b, "%sby its text (%.1f)", b.n ? " " : "",
		    (double)v->thousandths / 1000);
	return str_dup(k->a->memory, buf_get(&b));
}

static void
describe(struct check *k, struct trace_event e[2], struct trace_message *m)
{
	const struct check_finish_ask *v = &k->verdict;
	struct arena *a = k->a->memory;
	const struct journal_row who = { .peer = k->todo.peer,
		.from = k->todo.from, .address = str_first(k->todo.rcpts,
		    str_chr(k->todo.rcpts, '\n')) };

	e[0] = e[1] = (struct trace_event){ .row = who };
	*m = (struct trace_message){ .heading = v->code ? "It would be refused"
	    : v->hold ? "It would be taken, and held" :
	    v->junk || v->spam ? "It would be taken, into Junk" :
	    "It would be taken", .whole = true, .first = e };
	if (v->code) {
		e[0].row.event = JOURNAL_refused;
		e[0].row.code = v->code;
		e[0].row.text = arena_printf(a, "%.*s verdict: %.*s",
		    STR_FMT(v->reply), STR_FMT(v->words));
		return;
	}
	e[0].row.event = JOURNAL_received;
	e[0].row.text = arena_printf(a, "helo=%.*s protocol=ESMTP verdict: "
	    "%.*s", STR_FMT(k->todo.helo), STR_FMT(v->words));
	e[0].next = &e[1];
	e[1].row.event = v->hold ? JOURNAL_held : JOURNAL_stored;
	e[1].row.text = v->hold ? STR("apart until it is let go") :
	    as_stored(k);
}

static void
put_fields(struct buf *b, struct str fields)
{
	struct str line;

	while (fields.n > 0) {
		(void)str_cut(fields, '\n', &line, &fields);
		buf_lit(b, "  ");
		put_plain(b, str_trim(line));
		buf_lit(b, "\n");
	}
}

static void
print_check(struct check *k)
{
	const struct check_finish_ask *v = &k->verdict;
	struct trace_event *e = arena_array(k->a->memory, 2, sizeof(*e));
	struct trace_message m;
	auto_buf b = BUF_INIT(1 << 17);

	describe(k, e, &m);
	if (!k->o.json) {
		explain_print(k->a->memory, &m, 1, 0);
		if (k->scanners)
			puts("ClamAV and rspamd were not asked: what reads "
			    "a file here may talk to nobody.\nMail that "
			    "arrives is shown to them, and may fare worse.");
		if (!v->code) {
			printf("In front of its text would stand:\n");
			put_fields(&b, v->fields);
			(void)fwrite(b.p, 1, b.n, stdout);
		}
		return;
	}
	printf("{\"verdict\":\"%s\",\"code\":%u,\"reply\":", v->code ?
	    "refused" : v->hold ? "held" : v->junk || v->spam ? "junk" :
	    "taken", v->code);
	json_string(&b, v->reply);
	buf_printf(&b, ",\"scanners\":\"%s\"", k->scanners ? "not asked" :
	    "none");
	buf_lit(&b, ",\"words\":");
	json_string(&b, v->words);
	buf_lit(&b, ",\"fields\":");
	json_string(&b, v->fields);
	buf_lit(&b, ",\"why\":");
	(void)fwrite(b.p, 1, b.n, stdout);
	explain_print_json(k->a->memory, &m, 1);
	puts("}");
}

int
cmd_check(struct admin *a, int argc, char **argv)
{
	struct check *k = arena_new_of(a->memory, struct check);
	struct checking *c = NULL;
	struct err err = { 0 };
	int n, rc;

	k->a = a;
	n = options_read(&k->o, argc, argv, usage,
	    SERVER_OPTIONS " from peer helo to");
	if (n < 0)
		return k->o.code;
	if (argc - n != 1)
		return options_wrong(argc, argv, n, usage);
	rc = read_who(k, &err);
	if (rc == 0)
		rc = checking_begin(&c, &err);
	if (rc == 0)
		rc = check(k, c, argv[n], &err);
	checking_end(c);
	if (rc < 0)
		return admin_fail("check", "%s", err.text);
	print_check(k);
	return k->verdict.code ? 1 : 0;
}
