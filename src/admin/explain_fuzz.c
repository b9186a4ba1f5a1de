/*
 * Any rows of a journal, of which names and words of others are a part: they
 * are explained within bounds.
 */
#include "admin/explain.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 60 };

/* A line a row: its event, and the rest as every text that it has. */
static void
read_row(struct str line, struct trace_event *e)
{
	struct str peer = STR_NULL, from = STR_NULL, rest = line;

	e->row.event = line.n > 0 ? (uint32_t)(unsigned char)line.p[0] % 26 :
	    0;
	rest = str_from(rest, 1);
	(void)str_cut(rest, '|', &peer, &rest);
	(void)str_cut(rest, '|', &from, &rest);
	e->row.message = 7;
	e->row.code = 250;
	e->row.peer = str_first(peer, 64);
	e->row.from = e->row.address = str_first(from, 320);
	e->row.text = str_first(rest, 1000);
}

/* What the runner itself says is to be seen. */
static void
print_nowhere(struct arena *a, const struct trace_message *m)
{
	int out = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY);

	bug_if(out < 0 || nowhere < 0 || fflush(stdout) != 0 ||
	    dup2(nowhere, STDOUT_FILENO) < 0);
	explain_print(a, m, 1, 0);
	explain_print_json(a, m, 1);
	bug_if(fflush(stdout) != 0 || dup2(out, STDOUT_FILENO) < 0);
	(void)close(out);
	(void)close(nowhere);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line, rest = str_make((const char *)data, size);
	struct arena *a = arena_new(8 << 20);
	struct trace_event *row = arena_array(a, ROWS, sizeof(*row));
	struct trace_message m = { .id = 7, .last = &m.first };

	for (size_t i = 0; i < ROWS && rest.n > 0; i++) {
		if (!str_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = STR_NULL;
		}
		read_row(line, &row[i]);
		*m.last = &row[i];
		m.last = &row[i].next;
	}
	print_nowhere(a, &m);
	arena_free(a);
	return 0;
}
