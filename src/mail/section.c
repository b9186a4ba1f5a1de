#include "mail/section.h"

#include "mime/header.h"
#include "store/blob.h"

struct mail_message
message_of(const struct account *a, uint64_t mailbox,
    const struct fetch_row *row)
{
	return (struct mail_message){ a, mailbox, row->size, row->uid,
		row->prefix_len, row->facts, row->prefix, row->chunks };
}

struct scanning {
	struct loop *loop;
	struct mime_scan *scan;
};

static int
scan_octets(void *arg, struct str octets)
{
	struct scanning *to = arg;

	mime_scan_feed(to->scan, octets);
	fiber_yield(to->loop);
	return 0;
}

static bool
is_listed(struct str name)
{
	for (size_t i = 0; i < FACTS_LISTED; i++)
		if (str_eqi(name, facts_listed[i]))
			return true;
	return false;
}

bool
fields_are_listed(const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_listed(names[i]))
			return false;
	return true;
}

static int
compute_facts(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct scanning to;
	int e;

	if (m->prefix_len > m->size)
		return err_set(err, E_PROTO, "a prefix beyond its message");
	to = (struct scanning){ m->account->loop, mime_scan_new(mem, NULL) };
	e = message_read(m, (struct octet_range){ m->prefix_len,
	    m->size - m->prefix_len }, scan_octets, &to, err);
	if (e < 0)
		return e;
	mime_scan_finish(to.scan, &record);
	if (facts_decode(str_dup(mem, buf_get(&record)), f) < 0)
		bug("facts of ours do not decode");
	return 0;
}

_Static_assert((int)FACTS_BRIEF <= (int)BRIEF_OCTETS,
    "brief facts are decoded");

/* As far as decode() goes; else they are computed again. */
static int
read_facts(const struct mail_message *m, int (*decode)(struct str rec,
    struct facts *f), struct arena *mem, struct facts *f, struct err *err)
{
	if (m->prefix_len <= m->size && m->facts.n &&
	    decode(m->facts, f) == 0 && f->size == m->size - m->prefix_len)
		return 0;
	return compute_facts(m, mem, f, err);
}

int
message_facts(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err)
{
	return read_facts(m, facts_decode, mem, f, err);
}

int
message_glance(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err)
{
	return read_facts(m, facts_glance, mem, f, err);
}

int
message_brief(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err)
{
	return read_facts(m, facts_brief, mem, f, err);
}

int
message_section(const struct mail_message *m, const struct facts *f,
    enum facts_what what, const uint32_t *path, size_t npath,
    struct octet_range *where, struct err *err)
{
	int e;

	if (what == FACTS_BODY_ALL && npath == 0) {
		*where = (struct octet_range){ 0, m->size };
		return 0;
	}
	e = facts_section(f, path, npath, what, &where->offset, &where->len);
	if (e < 0)
		return e == E_NOTFOUND ? e : err_set(err, e,
		    "the facts of a message make no sense");
	/* The prefix is at the front of the message's own header. */
	if (what == FACTS_HEADER && npath == 0)
		where->len += m->prefix_len;
	else
		where->offset += m->prefix_len;
	return 0;
}

struct reading {
	uint64_t left;
	int (*out)(void *arg, struct str octets);
	void *arg;
};

static int
read_octets(void *arg, struct str octets)
{
	struct reading *to = arg;

	if (octets.n > to->left)
		return E_DAMAGED;
	to->left -= octets.n;
	return to->out(to->arg, octets);
}

int
message_read(const struct mail_message *m, struct octet_range what,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	const struct blob_source from = { m->mailbox, m->uid, m->prefix,
		m->chunks, m->url };
	struct reading to = { what.len, out, arg };
	int e;

	if (what.len == 0)
		return 0;
	e = blob_read(m->account->store, &from, what.offset, what.len,
	    read_octets, &to, err);
	if (e == 0 && to.left > 0)
		return err_set(err, E_DAMAGED, "a message shorter than it was");
	return e;
}

int
message_keep(void *buf, struct str octets)
{
	struct buf *b = buf;

	buf_str(b, str_first(octets, b->cap - b->n));
	return 0;
}

static int
collect_octets(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, octets);
	return buf_failed(b) ? E_LIMIT : 0;
}

int
message_fields(const struct mail_message *m, struct octet_range where,
    const struct str *names, size_t n, bool except, struct buf *out,
    struct err *err)
{
	auto_buf header = BUF_INIT(MESSAGE_HEADER_MAX);
	int e = message_read(m, where, collect_octets, &header, err);

	if (buf_failed(&header))
		return err_set(err, E_LIMIT, "a header too long to look at");
	if (e < 0)
		return e;
	header_select(out, buf_get(&header), names, n, except);
	return 0;
}
