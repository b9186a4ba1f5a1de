#include "admin/vacation.h"

#include "admin/table.h"

/* It may hold anything: the terminal gets no controls. */
static void
print_text(const char *name, struct str text)
{
	auto_buf b = BUF_INIT(8 * VACATION_BODY_MAX);
	struct str line;

	printf("%s:\n\n", name);
	while (text.n > 0) {
		if (!str_cut(text, '\n', &line, &text))
			text = STR_NULL;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		buf_reset(&b);
		put_plain(&b, line);
		printf("    %.*s\n", STR_FMT(buf_get(&b)));
	}
}

int
vacation_print(struct admin *a, struct operator *op, const struct options *o,
    struct str address, struct err *err)
{
	static const struct table_column columns[] = {
		{ "address", false, true }, { "vacation", false },
		{ "from", false }, { "to", false }, { "subject", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	const struct vacation_ask ask = { address };
	struct vacation_answer v;
	struct str *cells;
	int rc = operator_store(op, STORE_vacation, &ask, &v, err);

	if (rc < 0)
		return rc;
	cells = table_row(&t, a->memory);
	cells[0] = address;
	cells[1] = v.enabled ? STR("on") : STR("off");
	cells[2] = time_text(a->memory, v.begins);
	cells[3] = time_text(a->memory, v.ends);
	cells[4] = v.subject;
	table_print(&t, o->json);
	if (!o->json && v.has & VACATION_text)
		print_text("\ntext", v.text);
	if (!o->json && v.has & VACATION_html)
		print_text("\nhtml", v.html);
	return 0;
}

int
vacation_end(struct operator *op, struct str address, struct err *err)
{
	const struct vacation_put_ask ask = { .change = operator_change(op),
		.address = address, .end = 1 };
	struct done done;
	int rc = operator_store(op, STORE_vacation_put, &ask, &done, err);

	if (rc == 0)
		printf("%.*s: nothing is answered any more\n",
		    STR_FMT(address));
	return rc;
}
