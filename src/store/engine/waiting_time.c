#include "store/engine/waiting_time.h"

#include <string.h>

#include "base/err.h"

void
waiting_time_init(struct waiting_time *w)
{
	memset(w, 0, sizeof(*w));
	bug_if(pthread_mutex_init(&w->lock, NULL) != 0);
}

void
waiting_time_end(struct waiting_time *w)
{
	(void)pthread_mutex_destroy(&w->lock);
}

void
waiting_time_jumped(struct waiting_time *w, int64_t from, int64_t to)
{
	int64_t end = from < to ? from : to;
	struct waiting_gaps *g = &w->gaps;
	struct waiting_gap *last;

	(void)pthread_mutex_lock(&w->lock);
	/* Nothing of the past ends later than this. */
	for (; g->n > 0; g->n--) {
		last = &g->gap[g->n - 1];
		if (last->from < end) {
			last->to = last->to < end ? last->to : end;
			break;
		}
	}
	if (from < to && g->n == WAITING_GAPS)
		memmove(&g->gap[0], &g->gap[1], --g->n * sizeof(g->gap[0]));
	if (from < to)
		g->gap[g->n++] = (struct waiting_gap){ from, to };
	g->version++;
	(void)pthread_mutex_unlock(&w->lock);
}

int64_t
waiting_time_since(struct waiting_time *w, int64_t now, int64_t age_s)
{
	const struct waiting_gaps *g = &w->gaps;
	int64_t since = now - age_s;

	(void)pthread_mutex_lock(&w->lock);
	for (size_t i = g->n; i-- > 0 && since < g->gap[i].to;)
		since -= g->gap[i].to - g->gap[i].from;
	(void)pthread_mutex_unlock(&w->lock);
	return since;
}

struct waiting_gaps
waiting_time_gaps(struct waiting_time *w)
{
	struct waiting_gaps gaps;

	(void)pthread_mutex_lock(&w->lock);
	gaps = w->gaps;
	(void)pthread_mutex_unlock(&w->lock);
	return gaps;
}
