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
	struct waiting_gap *last;

	(void)pthread_mutex_lock(&w->lock);
	/* Nothing of the past ends later than this. */
	for (; w->n > 0; w->n--) {
		last = &w->gap[w->n - 1];
		if (last->from < end) {
			last->to = last->to < end ? last->to : end;
			break;
		}
	}
	if (from < to && w->n == WAITING_GAPS)
		memmove(&w->gap[0], &w->gap[1], --w->n * sizeof(w->gap[0]));
	if (from < to)
		w->gap[w->n++] = (struct waiting_gap){ from, to };
	(void)pthread_mutex_unlock(&w->lock);
}

int64_t
waiting_time_since(struct waiting_time *w, int64_t now, int64_t age_s)
{
	int64_t since = now - age_s;

	(void)pthread_mutex_lock(&w->lock);
	for (size_t i = w->n; i-- > 0 && since < w->gap[i].to;)
		since -= w->gap[i].to - w->gap[i].from;
	(void)pthread_mutex_unlock(&w->lock);
	return since;
}
