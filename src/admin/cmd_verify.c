/*
 * cmd_verify.c - postern verify: recount everything, read every message.
 */
#include "admin/operator.h"
#include "admin/table.h"

static const char usage[] =
    "usage: postern verify [--json]\n\n"
    "Recount every mailbox and account, read every message and compare its\n"
    "checksum. Works while the server runs. Exits 1 if anything is wrong.\n\n"
    WHICH_SERVER;

struct verify_sum {
	uint64_t checked, octets, problems;
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

static void
verify_report(struct verify_sum *s, bool json)
{
	auto_buf b = BUF_INIT(1 << 20);

	if (json) {
		printf("{\"checked\":%llu,\"octets\":%llu,\"problems\":[",
		    (unsigned long long)s->checked,
		    (unsigned long long)s->octets);
		for (size_t i = 0; i < s->table.nrows; i++) {
			buf_reset(&b);
			json_string(&b, s->table.cells[i]);
			printf("%s%.*s", i ? "," : "", STR_FMT(buf_get(&b)));
		}
		puts("]}");
		return;
	}
	if (s->table.nrows > 0)
		table_print(&s->table, false);
	printf("%llu checked, %llu octets read, %llu problems\n",
	    (unsigned long long)s->checked, (unsigned long long)s->octets,
	    (unsigned long long)s->problems);
}

int
cmd_verify(struct admin *a, int argc, char **argv)
{
	static const struct table_column columns[] = { { "problem", false } };
	struct verify_sum s = { .table = { .columns = columns,
		.ncolumns = 1 } };
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	int n = options_read(&o, argc, argv, usage, "dcj"), rc;

	if (n < 0)
		return o.code;
	if (n != argc)
		return options_wrong(argc, argv, n, usage);
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("verify", "%s", err.text);
	rc = verify_all(a, op, &s, &err);
	operator_close(op);
	if (rc < 0)
		return admin_fail("verify", "%s", err.text);
	verify_report(&s, o.json);
	if (s.problems > 0)
		return admin_fail("verify", "%llu problems, see above",
		    (unsigned long long)s.problems);
	return 0;
}
