/*
 * cmd_verify.c - postern verify: recount everything, read every message; and
 * what --repair makes of it.
 */
#include "admin/operator.h"
#include "admin/progress.h"
#include "admin/table.h"

static const char usage[] =
    "usage: postern verify [--json] [--repair [--dry-run] [--forget]]\n\n"
    "Recount every mailbox and account, read every message and compare its\n"
    "checksum. Works while the server runs. Exits 1 if anything is wrong.\n\n"
    "--repair looks for mail that the database does not lead to (it is an old\n"
    "one, or lost; packs/stray-*, blobs/stray-*) and puts it into the mailbox\n"
    "Recovered of its owner, or where it was; removes messages whose file is\n"
    "gone; and stray files, once nothing is left in them, and tables that\n"
    "were put aside (change_damaged_*), once they can be read.\n\n"
    "  --dry-run   only say what it would do\n"
    "  --forget    give up what it finds no owner for: its file goes, too\n"
    WHICH_SERVER;

struct verify_sum {
	uint64_t checked, octets, problems;
	uint64_t files, files_octets, tables;	/* that were put aside */
	struct table table;
};

static void
take_problems(struct admin *a, struct verify_sum *s, struct str lines)
{
	struct str line;

	while (lines.n > 0) {
		(void)str_cut(lines, '\n', &line, &lines);
		line = str_trim(line);
		if (line.n == 0)
			continue;
		s->problems++;
		*table_row(&s->table, a->memory) = line;
	}
}

static int
verify_all(struct admin *a, struct operator *op, struct verify_sum *s,
    struct err *err)
{
	bool show = isatty(STDERR_FILENO);
	struct verify_ask ask = { STR_NULL };
	struct verify_answer answer;

	do {
		if (operator_store(op, STORE_verify, &ask, &answer, err) < 0)
			return err->code;
		s->checked += answer.checked;
		s->octets += answer.octets;
		s->files += answer.aside_files;
		s->files_octets += answer.aside_octets;
		s->tables += answer.aside_tables;
		take_problems(a, s, answer.problems);
		ask.cursor = answer.next;
		if (show)
			fprintf(stderr, "\r%3u %%  %llu checked, %llu MB",
			    answer.percent, (unsigned long long)s->checked,
			    (unsigned long long)(s->octets >> 20));
	} while (answer.next.n > 0);
	if (show)
		fputc('\n', stderr);
	return 0;
}

/* The lines of a table of one column, and the end of the object. */
static void
print_lines_json(const struct table *t)
{
	auto_buf b = BUF_INIT(1 << 20);

	for (size_t i = 0; i < t->nrows; i++) {
		buf_reset(&b);
		json_string(&b, t->cells[i]);
		printf("%s%.*s", i ? "," : "", STR_FMT(buf_get(&b)));
	}
	puts("]}");
}

/* What lies about, where, and what to do: it is no problem, but nothing ever
 * removes it by itself. */
static void
aside_report(const struct verify_sum *s)
{
	if (s->files > 0)
		printf("%llu files (%llu octets) that the database does not "
		    "name are kept as\nstore/packs/stray-* and "
		    "store/blobs/stray-* in the data folder: postern verify\n"
		    "--repair finds the mail in them, and then removes them\n",
		    (unsigned long long)s->files,
		    (unsigned long long)s->files_octets);
	if (s->tables > 0)
		printf("%llu tables that could not be read are kept in "
		    "postern.db as change_damaged_*,\nwith nobody's mail: "
		    "postern verify --repair removes those that can be read "
		    "again\n", (unsigned long long)s->tables);
}

static void
verify_report(struct verify_sum *s, bool json)
{
	if (json) {
		printf("{\"checked\":%llu,\"octets\":%llu,"
		    "\"strays\":%llu,\"stray_octets\":%llu,"
		    "\"tables_aside\":%llu,\"problems\":[",
		    (unsigned long long)s->checked,
		    (unsigned long long)s->octets,
		    (unsigned long long)s->files,
		    (unsigned long long)s->files_octets,
		    (unsigned long long)s->tables);
		print_lines_json(&s->table);
		return;
	}
	if (s->table.nrows > 0)
		table_print(&s->table, false);
	aside_report(s);
	printf("%llu checked, %llu octets read, %llu problems\n",
	    (unsigned long long)s->checked, (unsigned long long)s->octets,
	    (unsigned long long)s->problems);
}

/* ---- --repair ----------------------------------------------------------- */

struct repair_sum {
	struct repair_answer n;	/* of all slices */
	uint64_t octets;
	struct table table;
};

static void
add_slice(struct admin *a, struct repair_sum *s, const struct repair_answer *n)
{
	struct str line, rest = n->lines;

	while (rest.n > 0) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (line.n)
			*table_row(&s->table, a->memory) = line;
	}
	s->octets += n->octets;
	s->n.recovered += n->recovered;
	s->n.restored += n->restored;
	s->n.removed += n->removed;
	s->n.counted += n->counted;
	s->n.left += n->left;
	s->n.tables += n->tables;
	s->n.tables_left += n->tables_left;
}

static int
repair_all(struct admin *a, struct operator *op, const struct options *o,
    struct repair_sum *s, struct err *err)
{
	struct repair_ask ask = { .dry = o->dry_run, .forget = o->forget };
	struct repair_answer answer;
	struct progress progress;
	int rc;

	progress_begin(&progress);
	do {
		ask.change = operator_change(op);
		rc = operator_store(op, STORE_repair, &ask, &answer, err);
		if (rc < 0)
			break;
		add_slice(a, s, &answer);
		ask.cursor = answer.next;
		progress_tell(&progress, "%llu MB looked through, %u messages "
		    "recovered, %u restored", (unsigned long long)(s->octets
		    >> 20), s->n.recovered, s->n.restored);
	} while (answer.next.n > 0);
	progress_end(&progress);
	return rc;
}

static void
repair_report(const struct repair_sum *s, const struct options *o)
{
	auto_buf b = BUF_INIT(1 << 20);
	const struct repair_answer *n = &s->n;

	if (o->json) {
		printf("{\"dry_run\":%s,\"recovered\":%u,\"restored\":%u,"
		    "\"removed\":%u,\"counted\":%u,\"left\":%u,"
		    "\"tables\":%u,\"tables_left\":%u,"
		    "\"done\":[", o->dry_run ? "true" : "false",
		    n->recovered, n->restored, n->removed, n->counted,
		    n->left, n->tables, n->tables_left);
		print_lines_json(&s->table);
		return;
	}
	for (size_t i = 0; i < s->table.nrows; i++) {
		buf_reset(&b);
		put_plain(&b, s->table.cells[i]);
		printf("%.*s\n", STR_FMT(buf_get(&b)));
	}
	printf("%s%u recovered, %u restored, %u removed, %u counts put right, "
	    "%u left\n", o->dry_run ? "would be: " : "", n->recovered,
	    n->restored, n->removed, n->counted, n->left);
	if (n->recovered)
		puts("What is recovered has lost its flags, mailbox and date "
		    "of arrival, and is there for\nthe first of its recipients "
		    "only; what people had removed may be among it. What\nwas "
		    "queued is not sent. See doc/data-folder.md.");
}

static int
verify_repair(struct admin *a, struct operator *op, const struct options *o,
    struct err *err)
{
	static const struct table_column columns[] = { { "done", false } };
	struct repair_sum s = { .table = { .columns = columns,
		.ncolumns = 1 } };
	int rc = repair_all(a, op, o, &s, err);

	/* What was done before it failed was done. */
	repair_report(&s, o);
	if (rc == 0 && s.n.left > 0 && !o->dry_run && !o->forget)
		rc = err_set(err, E_NOTFOUND, "%u messages are left, see above",
		    s.n.left);
	return rc;
}

static int
verify_only(struct admin *a, struct operator *op, const struct options *o,
    struct err *err)
{
	static const struct table_column columns[] = { { "problem", false } };
	struct verify_sum s = { .table = { .columns = columns,
		.ncolumns = 1 } };
	int rc = verify_all(a, op, &s, err);

	if (rc < 0)
		return rc;
	verify_report(&s, o->json);
	return s.problems == 0 ? 0 : err_set(err, E_DAMAGED,
	    "%llu problems, see above", (unsigned long long)s.problems);
}

int
cmd_verify(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " repair dry-run forget"), rc;

	if (n < 0)
		return o.code;
	if (n != argc || ((o.dry_run || o.forget) && !o.repair))
		return options_wrong(argc, argv, n, usage);
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("verify", "%s", err.text);
	rc = o.repair ? verify_repair(a, op, &o, &err) :
			verify_only(a, op, &o, &err);
	operator_close(op);
	return rc < 0 ? admin_fail("verify", "%s", err.text) : 0;
}
