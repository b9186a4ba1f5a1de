#include "rt/pace.h"

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
pace_begin(struct pace *p, struct loop *l, uint32_t span_s, uint32_t rate,
    uint32_t time_s)
{
	int64_t now = loop_now_ms(l);

	p->loop = l;
	p->span_ms = (int64_t)span_s * 1000;
	p->end_ms = now + p->span_ms;
	p->over_ms = time_s ? now + (int64_t)time_s * 1000 : NEVER;
	p->least = (uint64_t)rate * span_s;
	if (p->least == 0)
		p->least = 1;
	p->left = p->least;
}

void
pace_resume(struct pace *p)
{
	p->end_ms = loop_now_ms(p->loop) + p->span_ms;
}

int
pace_peek(const struct pace *p, struct stream *stream, struct str *octets,
    struct err *err)
{
	stream_deadline(stream, sooner(p->end_ms, p->over_ms));
	return stream_peek(stream, octets, err);
}

void
pace_count(struct pace *p, size_t octets)
{
	if (octets < p->left) {
		p->left -= octets;
		return;
	}
	p->left = p->least;
	p->end_ms = loop_now_ms(p->loop) + p->span_ms;
}
