/*
 * Reports on anything. Input: a line for each text, until there are none
 * left; numbers come from the first octets.
 */
#include "base/rd.h"
#include "relay/dsn_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RCPTS = 3, ID = 7 };

/* Up to a "|", at most max octets. */
static struct str
take(struct rd *r, size_t max)
{
	struct str rest = rd_rest(r), head, tail;

	(void)str_cut(rest, '|', &head, &tail);
	(void)rd_take(r, rest.n - tail.n);
	return str_first(head, max);
}

static void
take_rcpt(struct rd *r, struct queue_rcpt *q)
{
	q->outcome = rd_left(r) ? (uint32_t)rd_next(r) % 9 : 0;
	q->code = rd_left(r) && rd_next(r) & 1 ? 550 : 0;
	q->attempts = rd_left(r) ? (uint32_t)rd_next(r) : 0;
	q->last = 1795320061;
	q->address = take(r, 320);
	q->orcpt = take(r, 500);
	q->status = take(r, 12);
	q->text = take(r, 1000);
	q->host = take(r, 255);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(str_make((const char *)data, size));
	struct queue_item item = { .queued = 1795300000,
		.expires = 1795800000 };
	struct queue_rcpt rcpts[RCPTS] = { 0 };
	struct dsn d = { .hostname = STR("mx.example.org"), .id = ID,
		.now = 1795400000, .item = &item, .rcpts = rcpts };
	auto_buf out = BUF_INIT(DSN_MAX);
	unsigned flags = rd_left(&r) ? (unsigned)rd_next(&r) : 0;
	int parts;

	item.smtputf8 = flags & 1;
	item.body_8bit = (flags & 2) != 0;
	d.whole = flags & 4;
	item.ret = flags & 8 ? RET_headers : RET_full;
	d.nrcpts = 1 + (flags >> 4) % RCPTS;
	item.reverse_path = take(&r, 320);
	item.envid = take(&r, 100);
	for (size_t i = 0; i < d.nrcpts; i++)
		take_rcpt(&r, &rcpts[i]);
	d.header = rd_rest(&r);
	dsn_begin(&out, &d);
	if (dsn_whole(&d))
		buf_lit(&out, "From: a@example.org\r\n\r\nText\r\n");
	dsn_end(&out, &d);
	bug_if(buf_failed(&out));
	parts = dsn_check(buf_get(&out), ID);
	bug_if(parts != 2 && parts != 3);
	return 0;
}
