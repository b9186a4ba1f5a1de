/*
 * cmd_import.c - postern import: mail from elsewhere into an account.
 */
#include <stdio.h>
#include <unistd.h>

#include "admin/carrying.h"
#include "admin/operator.h"
#include "admin/source_server.h"
#include "admin/source_walk.h"
#include "admin/typed.h"
#include "carry/folder_name.h"
#include "carry/import.h"

static const char usage[] =
    "usage: postern import ADDRESS PATH... [--into FOLDER [--apart]]\n"
    "           [--dry-run] [--json]\n"
    "       postern import ADDRESS --imap HOST[:PORT] --user NAME\n"
    "           --password-stdin|--password-file FILE [--starttls|--plain]\n"
    "           [--trust FILE] [--into FOLDER [--apart]] [--dry-run]\n"
    "           [--json]\n\n"
    "Brings the mail below PATH into the account ADDRESS: a Maildir with\n"
    "all its folders, an mbox, a folder of such files, or messages in files\n"
    "of their own; with flags, keywords, dates and subscriptions. Called\n"
    "again it brings only what is new, whatever became of the rest, so it\n"
    "may be ended at any moment. The server may run meanwhile.\n\n"
    "With --imap all mail of NAME at another server. Nothing changes there.\n\n"
    "  --into FOLDER   into this folder, and what has folders below it\n"
    "  --apart         what went elsewhere, or into another folder, counts as\n"
    "                  new for this one\n"
    "  --starttls      begin TLS by that command, on port 143; without it\n"
    "                  all is TLS, on port 993\n"
    "  --plain         no TLS; for a server on this machine only\n"
    "  --trust FILE    these certificates (PEM), not those of the system\n"
    "  --dry-run       only say what it would do\n"
    WHICH_SERVER;

struct import_command {
	char **paths;		/* NULL ends */
	bool server;		/* instead of paths */
	struct source_server from;
	struct carrying *carrying;
};

/* Before anything is taken: who mistyped one wants nothing of it. */
static int
are_there(char **path, struct err *err)
{
	for (; *path; path++)
		if (access(*path, R_OK) < 0)
			return err_sys(err, E_NOTFOUND, "%.150s", *path);
	return 0;
}

static int
feed_paths(struct carrying *c, void *arg, struct err *err)
{
	struct import_command *im = arg;
	int rc = 0;

	if (im->server)
		return source_server_feed(c, &im->from, err);
	for (char **path = im->paths; *path && rc == 0; path++)
		rc = source_walk(c, *path, err);
	return rc;
}

/* "1 message", "2 messages" */
static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void
report(const struct import_command *im, const struct options *o)
{
	const struct carrier_finish_ask *n = &carrying_sum(im->carrying)->n;

	if (o->json) {
		printf("{\"dry_run\":%s,", o->dry_run ? "true" : "false");
		carrying_print_json(im->carrying, "imported");
		puts("}");
		return;
	}
	carrying_print_problems(im->carrying);
	printf("%s%llu message%s (%.1f MB) in %u folder%s imported",
	    o->dry_run ? "would be: " : "", (unsigned long long)n->taken,
	    plural(n->taken), (double)n->octets / 1e6, n->folders,
	    plural(n->folders));
	if (n->known)
		printf(", %llu had come before", (unsigned long long)n->known);
	if (n->refused)
		printf(", %llu could not be taken",
		    (unsigned long long)n->refused);
	if (n->passed)
		printf("; %llu file%s passed over that %s no mail",
		    (unsigned long long)n->passed, plural(n->passed),
		    n->passed == 1 ? "is" : "are");
	putchar('\n');
}

static int
run_import(struct admin *a, const struct options *o, const char *typed,
    struct import_command *im, struct err *err)
{
	struct carrier_begin_answer todo = { .dry_run = o->dry_run,
		.apart = o->apart,
		.into = o->into ? folder_of_list(str_c(o->into), '/',
		a->memory) : STR_NULL };
	struct operator *op = NULL;
	int fd, rc = typed_address(a->memory, typed, &todo.address, err);

	if (rc == 0)
		rc = im->server ? source_server_read(o, a->memory, &im->from,
		    err) : are_there(im->paths, err);
	if (rc == 0)
		rc = operator_open(a, o, &op, err);
	if (rc < 0)
		return rc;
	todo.compress = operator_compress(op);
	rc = operator_account(op, todo.address, &fd, err);
	if (rc == 0) {
		rc = carrying_run(im->carrying, &todo, fd, feed_paths, im,
		    err);
		report(im, o);
	}
	operator_close(op);
	if (rc == 0 && carrying_sum(im->carrying)->n.refused)
		return err_set(err, E_INVALID, "not all could be taken, see "
		    "above");
	return rc;
}

int
cmd_import(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct import_command im = { 0 };
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " dry-run into apart imap user password-file trust"
	    " starttls plain password-stdin"), rc;

	if (n < 0)
		return o.code;
	im.server = o.imap != NULL;
	if (im.server ? argc - n != 1 : argc - n < 2 || o.user || o.trust ||
	    o.password_stdin || o.password_file || o.starttls || o.plain)
		return options_wrong(argc, argv, n, usage);
	if (o.apart && !o.into)
		return options_wrong(argc, argv, n, usage);
	im.paths = argv + n + 1;
	rc = carrying_begin(&im.carrying, import_work, &err);
	if (rc == 0)
		rc = run_import(a, &o, argv[n], &im, &err);
	carrying_end(im.carrying);
	return rc < 0 ? admin_fail("import", "%s", err.text) : 0;
}
