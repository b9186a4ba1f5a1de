#include "admin/queue_summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "admin/progress.h"
#include "admin/queue_rows.h"
#include "base/fnv.h"

enum { SHOWN = 20, FIRST_ROOM = 256 };

struct domain_sum {
	struct str name;	/* NULL: a free place */
	uint64_t recipients;
};

/* A hash table with open addresses, at most half full. */
struct queue_sum {
	struct arena *memory;	/* of names */
	struct domain_sum *v;
	size_t n, room;
	uint64_t recipients, messages, held, later, under_way, last;
	int64_t oldest;
	struct progress progress;
};

static size_t
summary_hash(struct str s)
{
	uint64_t h = fnv_1a(FNV_1A, s);

	return (size_t)(h ^ h >> 32);
}

static struct domain_sum *
summary_place(struct domain_sum *v, size_t room, struct str name)
{
	size_t i = summary_hash(name) & (room - 1);

	while (v[i].name.p && !str_eq(v[i].name, name))
		i = (i + 1) & (room - 1);
	return &v[i];
}

static void
summary_grow(struct queue_sum *s)
{
	size_t room = s->room ? 2 * s->room : FIRST_ROOM;
	struct domain_sum *v = calloc(room, sizeof(*v));

	bug_if(!v);
	for (size_t i = 0; i < s->room; i++)
		if (s->v[i].name.p)
			*summary_place(v, room, s->v[i].name) = s->v[i];
	free(s->v);
	s->v = v;
	s->room = room;
}

static void
summary_count(void *arg, struct arena *page unused_arg,
    const struct queue_row *row)
{
	struct queue_sum *s = arg;
	struct domain_sum *d;

	if (2 * s->n >= s->room)
		summary_grow(s);
	d = summary_place(s->v, s->room, row->domain);
	if (!d->name.p) {
		d->name = str_make(str_dupz(s->memory, row->domain),
		    row->domain.n);
		s->n++;
	}
	d->recipients++;
	s->recipients++;
	s->messages += row->message != s->last;
	s->last = row->message;
	s->held += row->state == QUEUE_held;
	s->later += row->state == QUEUE_later;
	s->under_way += row->state == QUEUE_under_way;
	if (s->oldest == 0 || row->queued < s->oldest)
		s->oldest = row->queued;
}

static void
summary_tell(void *arg)
{
	struct queue_sum *s = arg;

	progress_tell(&s->progress, "%llu recipients so far",
	    (unsigned long long)s->recipients);
}

static int
more_first(const void *x, const void *y)
{
	const struct domain_sum *a = x, *b = y;

	if (a->recipients != b->recipients)
		return a->recipients < b->recipients ? 1 : -1;
	return str_cmp(a->name, b->name);
}

/* Free places last. */
static size_t
summary_sort(struct queue_sum *s)
{
	if (s->room > 0)
		qsort(s->v, s->room, sizeof(*s->v), more_first);
	return s->n < SHOWN ? s->n : SHOWN;
}

static void
print_json(struct queue_sum *s, size_t n, struct arena *a)
{
	auto_buf b = BUF_INIT(64 * 1024);

	buf_printf(&b, "{\"recipients\":%llu,\"messages\":%llu,\"held\":%llu,"
	    "\"later\":%llu,\"under_way\":%llu,\"oldest\":",
	    (unsigned long long)s->recipients,
	    (unsigned long long)s->messages, (unsigned long long)s->held,
	    (unsigned long long)s->later, (unsigned long long)s->under_way);
	if (s->oldest)
		json_string(&b, time_text(a, s->oldest));
	else
		buf_lit(&b, "null");
	buf_printf(&b, ",\"destinations\":%zu,\"domains\":[", s->n);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s{\"domain\":", i ? "," : "");
		json_string(&b, s->v[i].name);
		buf_printf(&b, ",\"recipients\":%llu}",
		    (unsigned long long)s->v[i].recipients);
	}
	buf_lit(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

void
queue_count_print(uint64_t recipients, uint64_t messages)
{
	printf("%llu recipient%s of %llu message%s",
	    (unsigned long long)recipients, recipients == 1 ? "" : "s",
	    (unsigned long long)messages, messages == 1 ? "" : "s");
}

static void
print_plain(struct queue_sum *s, size_t n, struct arena *a)
{
	static const struct table_column columns[] = {
		{ "domain", false, true }, { "recipients", true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	auto_buf age = BUF_INIT(64);

	if (s->recipients == 0) {
		puts("The queue is empty.");
		return;
	}
	duration_put(&age, (int64_t)time(NULL) - s->oldest);
	queue_count_print(s->recipients, s->messages);
	printf(", %llu held, %llu to leave later, %llu under way, the oldest "
	    "came %.*s ago\n\n", (unsigned long long)s->held,
	    (unsigned long long)s->later, (unsigned long long)s->under_way,
	    STR_FMT(buf_get(&age)));
	for (size_t i = 0; i < n; i++) {
		struct str *cells = table_row(&t, a);

		cells[0] = s->v[i].name;
		cells[1] = arena_printf(a, "%llu",
		    (unsigned long long)s->v[i].recipients);
	}
	table_print(&t, false);
	if (s->n > n)
		printf("and %zu more destinations\n", s->n - n);
	puts("\nMore: postern queue list, postern queue show ID");
}

int
queue_summary(struct admin *a, struct operator *op, bool json,
    struct err *err)
{
	struct queue_filter everything = { 0 };
	struct queue_sum s = { .memory = a->memory };
	struct queue_rows to = { summary_count, summary_tell, &s };
	int rc;

	progress_begin(&s.progress);
	rc = queue_rows(op, &everything, &to, err);
	progress_end(&s.progress);
	if (rc == 0 && json)
		print_json(&s, summary_sort(&s), a->memory);
	else if (rc == 0)
		print_plain(&s, summary_sort(&s), a->memory);
	free(s.v);
	return rc;
}
