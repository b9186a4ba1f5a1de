#include "mail/deposit.h"

#include "mail/answerable.h"
#include "mail/thread_keys.h"
#include "mime/downgrade.h"

enum { YIELD_OCTETS = 512 * 1024 };	/* some ms of scanning */

struct deposit {
	struct deposit_options o;
	struct arena *mem;
	struct mime_scan *scan;
	struct blob_writer *blob;
	struct digest *digest;	/* NULL: not wanted */
	struct digest *digest_7bit;	/* of what this makes of it */
	struct downgrade *downgrade;
	bool eight;
	struct buf record, thread_keys;
	struct buf head;	/* the header is in it, or it is too long */
	struct answerable answerable;
	size_t unyielded;
	int failed;		/* the first E_*: nothing is kept any more */
	struct err err;
};

static int
digest_converted(void *arg, struct str octets)
{
	digest_feed(arg, octets);
	return 0;
}

static void
begin_digests(struct deposit *d)
{
	d->digest = digest_new(d->o.lib);
	d->digest_7bit = digest_new(d->o.lib);
	d->downgrade = downgrade_new(&(struct downgrade_options){
	    .to = DOWNGRADE_7BIT, .out = digest_converted,
	    .arg = d->digest_7bit });
}

struct deposit *
deposit_new(const struct deposit_options *o)
{
	struct arena *mem = arena_new(MIME_SCAN_ARENA + 64 * 1024);
	struct deposit *d = arena_new_of(mem, struct deposit);

	d->o = *o;
	d->mem = mem;
	d->scan = mime_scan_new(mem, NULL);
	mime_scan_watch(d->scan, &o->watch);
	d->blob = blob_writer_new(o->store, o->compress);
	if (o->digest)
		begin_digests(d);
	buf_init(&d->record, MIME_RECORD_MAX);
	buf_init(&d->thread_keys, 8 * THREAD_KEYS_MAX);
	buf_init(&d->head, o->answerable ? ANSWERABLE_HEADER_MAX : 0);
	return d;
}

void
deposit_skip(struct deposit *d, size_t n)
{
	d->unyielded += n;
	if (!d->o.loop || d->unyielded < YIELD_OCTETS)
		return;
	d->unyielded = 0;
	fiber_yield(d->o.loop);
}

void
deposit_write(struct deposit *d, struct str octets)
{
	if (d->failed == 0) {
		mime_scan_feed(d->scan, octets);
		if (d->head.n < d->head.cap)
			buf_str(&d->head, str_first(octets,
			    d->head.cap - d->head.n));
		if (d->digest) {
			digest_feed(d->digest, octets);
			(void)downgrade_feed(d->downgrade, octets);
		}
		d->failed = blob_write(d->blob, octets, &d->err);
	}
	deposit_skip(d, octets.n);
}

int
deposit_failed(const struct deposit *d, struct err *err)
{
	return d->failed < 0 ? err_set(err, d->failed, "%s", d->err.text) : 0;
}

int
deposit_finish(struct deposit *d, struct deposit_facts *out, struct err *err)
{
	struct facts facts = { 0 };
	struct blob_ref blob = { 0 };

	mime_scan_finish(d->scan, &d->record);
	if (facts_decode(buf_get(&d->record), &facts) < 0)
		bug("facts of ours do not decode");
	if (d->failed == 0)
		d->failed = blob_finish(d->blob, &blob, &d->err);
	if (d->failed < 0)
		return deposit_failed(d, err);
	thread_keys(&facts, &d->thread_keys);
	if (d->o.answerable)
		answerable_read(buf_get(&d->head), &facts, d->mem,
		    &d->answerable);
	d->eight = (facts.flags & FACTS_8BIT) != 0;
	*out = (struct deposit_facts){
		.stage = blob.stage,
		.octets = blob.octets,
		.raw_size = blob.raw_size,
		/* A cache: whoever reads the message without it computes it
		 * again. */
		.facts = d->record.n <= STORE_FACTS_MAX ?
		    buf_get(&d->record) : STR_NULL,
		.thread_keys = buf_get(&d->thread_keys),
		.message_id = str_first(facts.message_id, 998),
		.body_8bit = d->eight,
		.nul = (facts.flags & FACTS_NUL) != 0,
		.utf8_header = (facts.flags & FACTS_8BIT_HEADER) != 0,
		.tls_optional = (facts.flags & FACTS_TLS_OPTIONAL) != 0,
		.solicitation = mime_scan_solicitation(d->scan),
		.received_count = facts.received_count,
	};
	return 0;
}

const struct answerable *
deposit_answerable(const struct deposit *d)
{
	return &d->answerable;
}

bool
deposit_signable(struct deposit *d, struct arena *a, struct signable *out)
{
	bug_if(!d->digest);
	return digest_finish(d->digest, a, out);
}

bool
deposit_signable_7bit(struct deposit *d, struct arena *a, struct signable *out)
{
	bug_if(!d->digest);
	return d->eight && downgrade_end(d->downgrade) == 0 &&
	    digest_finish(d->digest_7bit, a, out);
}

void
deposit_free(struct deposit *d)
{
	if (!d)
		return;
	blob_writer_free(d->blob);
	digest_free(d->digest);
	digest_free(d->digest_7bit);
	downgrade_free(d->downgrade);
	buf_free(&d->record);
	buf_free(&d->thread_keys);
	buf_free(&d->head);
	arena_free(d->mem);
}
