#include "jmap/source.h"

uint64_t
source_size(const struct source *s)
{
	return s->stored.account ? s->stored.size : s->here.n;
}

uint32_t
source_prefix(const struct source *s)
{
	return s->stored.account ? s->stored.prefix_len : 0;
}

int
source_read(const struct source *s, struct octet_range what,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	if (s->stored.account)
		return message_read(&s->stored, what, out, arg, err);
	if (what.offset > s->here.n || what.len > s->here.n - what.offset)
		return err_set(err, E_DAMAGED, "beyond the end");
	return what.len ? out(arg, str_first(str_from(s->here,
	    (size_t)what.offset), (size_t)what.len)) : 0;
}

static int
collect(void *arg, struct str octets)
{
	struct buf *b = arg;
	size_t room = b->cap - b->n;

	buf_str(b, str_first(octets, room));
	return octets.n > room ? E_LIMIT : 0;
}

int
source_get(const struct source *s, struct octet_range what, struct buf *out,
    bool *whole, struct err *err)
{
	int e = source_read(s, what, collect, out, err);

	*whole = e == 0;
	return e == E_NOTFOUND || e == E_DAMAGED || e == E_LIMIT ? 0 : e;
}

int
source_facts(const struct source *s, struct loop *l, struct arena *mem,
    struct facts *f, struct err *err)
{
	enum { PIECE = 512 * 1024 };
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct mime_scan *scan;

	if (s->stored.account)
		return message_facts(&s->stored, mem, f, err);
	scan = mime_scan_new(mem, NULL);
	for (struct str rest = s->here; rest.n > 0;
	    rest = str_from(rest, PIECE)) {
		mime_scan_feed(scan, str_first(rest, PIECE));
		fiber_yield(l);
	}
	mime_scan_finish(scan, &record);
	if (facts_decode(str_dup(mem, buf_get(&record)), f) < 0)
		bug("facts of ours do not decode");
	return 0;
}
