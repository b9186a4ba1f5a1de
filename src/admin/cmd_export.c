/*
 * cmd_export.c - postern export: all mail of an account, as files.
 */
#include <stdio.h>

#include "admin/carrying.h"
#include "admin/export_folder.h"
#include "admin/operator.h"
#include "admin/typed.h"
#include "carry/export.h"
#include "carry/folder_name.h"

static const char usage[] =
    "usage: postern export ADDRESS DIR [--folder NAME] [--mbox]\n"
    "           [--json]\n\n"
    "Writes all mail of the account ADDRESS into the folder DIR, which is\n"
    "made, or is empty: as a Maildir with its folders, flags, keywords, dates\n"
    "and subscriptions, as Dovecot has them. The server may run meanwhile. It\n"
    "is all on the disk when the last line says so.\n\n"
    "  --folder NAME   only this folder, and those below\n"
    "  --mbox          an mbox file for each folder instead\n"
    WHICH_SERVER;

static int
feed_nothing(struct carrying *c unused_arg, void *arg unused_arg,
    struct err *err unused_arg)
{
	return 0;
}

static void
report(const struct carrying *c, const struct options *o)
{
	const struct carrier_finish_ask *n = &carrying_sum(c)->n;

	if (o->json) {
		putchar('{');
		carrying_print_json(c, "exported");
		puts("}");
		return;
	}
	carrying_print_problems(c);
	printf("%llu message%s (%.1f MB) in %u folder%s exported\n",
	    (unsigned long long)n->taken, n->taken == 1 ? "" : "s",
	    (double)n->octets / 1e6, n->folders, n->folders == 1 ? "" : "s");
}

static int
export_to(struct carrying *c, const struct carrier_begin_answer *todo, int fd,
    const char *path, const struct options *o, struct err *err)
{
	struct export_folder *to = NULL;
	int rc = export_folder_open(path, &to, err);

	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	carrying_writes_to(c, to);
	rc = carrying_run(c, todo, fd, feed_nothing, NULL, err);
	if (rc == 0)
		rc = export_folder_sync(to, err);
	if (rc == 0)
		report(c, o);
	export_folder_close(to);
	if (rc == 0 && carrying_sum(c)->n.refused)
		return err_set(err, E_INVALID, "not all could be written, see "
		    "above");
	return rc;
}

int
cmd_export(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct carrying *c = NULL;
	struct carrier_begin_answer todo = { 0 };
	struct operator *op = NULL;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " mbox folder"), fd, rc;

	if (n < 0)
		return o.code;
	if (argc - n != 2)
		return options_wrong(argc, argv, n, usage);
	todo.mbox = o.mbox;
	if (o.folder)
		todo.only = folder_of_list(str_c(o.folder), '/', a->memory);
	rc = carrying_begin(&c, export_work, &err);
	if (rc == 0)
		rc = typed_address(a->memory, argv[n], &todo.address, &err);
	if (rc == 0)
		rc = operator_open(a, &o, &op, &err);
	if (rc == 0)
		rc = operator_account(op, todo.address, &fd, &err);
	if (rc == 0)
		rc = export_to(c, &todo, fd, argv[n + 1], &o, &err);
	operator_close(op);
	carrying_end(c);
	return rc < 0 ? admin_fail("export", "%s", err.text) : 0;
}
