#include "store/blob.h"

#include "store/client_int.h"

enum { WORTH_IT = 128, APART_FROM = 32768, APART_MAX = 16384,
	 ANSWER_MEM = MSG_MAX + 65536 };

/* Writing --------------------------------------------------------------- */

struct blob_writer {
	struct store *st;
	uint32_t level;
	uint64_t raw_size;
	struct buf chunk; /* of the message, not yet packed */
	bool begun;	  /* something was packed */
	struct buf out;	  /* packed, not yet sent */
	uint64_t stage, staged;
	uint64_t generation;
};

struct blob_writer *
blob_writer_new(struct store *st, uint32_t level)
{
	struct blob_writer *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->st = st;
	w->level = level;
	w->generation = store_generation(st);
	buf_init(&w->chunk, BLOB_CHUNK);
	buf_init(&w->out, MSG_CHUNK);
	return w;
}

static void
put_head(struct buf *b, uint32_t codec, size_t raw, size_t stored)
{
	chunk_put_head(b, &(struct chunk){ codec, (uint32_t)raw,
	    (uint32_t)stored });
}

/* Packed, if that saves an eighth: 0 otherwise. */
static size_t
pack(struct blob_writer *w, struct str raw, char *room)
{
	size_t n;

	if (w->level == 0 || raw.n < WORTH_IT)
		return 0;
	n = ZSTD_compressCCtx(store_cctx(w->st), room, raw.n, raw.p, raw.n,
	    (int)w->level);
	return ZSTD_isError(n) || n > raw.n - raw.n / 8 ? 0 : n;
}

static void
put_chunk(struct blob_writer *w, struct str raw)
{
	size_t at = w->out.n, n;
	char *room;

	if (raw.n == 0)
		return;
	put_head(&w->out, CODEC_ZSTD, raw.n, 0);
	room = buf_room(&w->out, raw.n);
	bug_if(!room);
	n = pack(w, raw, room);
	w->out.n = at;
	if (n > 0) {
		put_head(&w->out, CODEC_ZSTD, raw.n, n);
		buf_added(&w->out, n);
	} else {
		put_head(&w->out, CODEC_NONE, raw.n, raw.n);
		buf_str(&w->out, raw);
	}
	bug_if(buf_failed(&w->out));
}

/* Where the header of a long message ends, if it is worth a chunk of its own:
 * who lists messages then reads and unpacks no more than that. */
static size_t
header_apart(const struct blob_writer *w)
{
	struct str raw = buf_get(&w->chunk);
	size_t end;

	if (w->begun || raw.n < APART_FROM)
		return 0;
	end = str_find(raw, STR("\r\n\r\n")) + 4;
	return end < APART_MAX ? end : 0;
}

/* Move what is in chunk to out. */
static void
end_chunk(struct blob_writer *w)
{
	size_t apart = header_apart(w);

	put_chunk(w, str_first(buf_get(&w->chunk), apart));
	put_chunk(w, str_from(buf_get(&w->chunk), apart));
	buf_reset(&w->chunk);
	w->begun = true;
}

static int
send_stage(struct blob_writer *w, struct err *err)
{
	struct stage_ask ask = { w->stage, w->staged, buf_get(&w->out) };
	struct stage_answer answer;
	int rc;

	/* The stage went with its connection: begin again from above. */
	if (w->stage && w->generation != store_generation(w->st))
		return err_set(err, E_PEER, "lost what was staged");
	w->generation = store_generation(w->st);
	rc = store_call(w->st, STORE_stage, &ask, &answer, NULL, err);
	/* It was there: it gave way to others. */
	if (rc == E_NOTFOUND)
		return err_set(err, E_LIMIT, "what was staged gave way");
	if (rc < 0)
		return rc;
	w->stage = answer.stage;
	w->staged += w->out.n;
	buf_reset(&w->out);
	return 0;
}

int
blob_write(struct blob_writer *w, struct str octets, struct err *err)
{
	while (octets.n > 0) {
		struct str piece = str_first(octets, BLOB_CHUNK - w->chunk.n);
		int rc;

		buf_str(&w->chunk, piece);
		octets = str_from(octets, piece.n);
		w->raw_size += piece.n;
		if (w->chunk.n < BLOB_CHUNK)
			continue;
		/* Packed chunks may share a message, if they fit. */
		if (w->out.n + CHUNK_HEAD + BLOB_CHUNK > MSG_CHUNK &&
		    (rc = send_stage(w, err)) < 0)
			return rc;
		end_chunk(w);
	}
	return 0;
}

int
blob_finish(struct blob_writer *w, struct blob_ref *ref, struct err *err)
{
	int rc;

	if (w->out.n + CHUNK_HEAD + w->chunk.n > MSG_CHUNK &&
	    (rc = send_stage(w, err)) < 0)
		return rc;
	end_chunk(w);
	if (w->stage && w->out.n > 0 && (rc = send_stage(w, err)) < 0)
		return rc;
	*ref = (struct blob_ref){ w->stage,
		w->stage ? STR_NULL : buf_get(&w->out), w->raw_size };
	return 0;
}

void
blob_writer_free(struct blob_writer *w)
{
	struct unstage_ask ask;
	struct done answer;

	if (!w)
		return;
	ask.stage = w->stage;
	/* After a submit there is nothing left to drop: that is no error. */
	if (w->stage && w->generation == store_generation(w->st))
		(void)store_call(w->st, STORE_unstage, &ask, &answer, NULL,
		    NULL);
	buf_free(&w->chunk);
	buf_free(&w->out);
	free(w);
}

/* Reading --------------------------------------------------------------- */

struct blob_reader {
	struct store *st;
	struct content_ask ask;
	uint64_t lease;		/* 0: of a mailbox, by ask */
	const struct url_content_ask *url;	/* or by this */
	struct arena *arena;	/* of the window */
	struct arena *mem;
	struct str prefix;	/* what is wanted of it, until it is given */
	struct str window;	/* stored octets from window_at on */
	uint64_t window_at, total;
	uint64_t from, to;	/* wanted of the message, without prefix */
	int (*out)(void *arg, struct str octets);
	void *arg;
	struct buf raw;
};

static int
ask_queued(struct blob_reader *r, struct content_answer *answer,
    struct err *err)
{
	struct queue_content_ask ask = { r->lease, r->ask.offset,
		r->ask.len };
	struct queue_content_answer queued;
	int rc = store_call(r->st, STORE_queue_content, &ask, &queued,
	    r->arena, err);

	if (rc == 0)
		*answer = (struct content_answer){ queued.prefix,
			queued.octets, queued.total };
	return rc;
}

static int
ask_by_url(struct blob_reader *r, const struct content_ask *what,
    struct content_answer *answer, struct arena *mem, struct err *err)
{
	struct url_content_ask ask = *r->url;
	struct url_content_answer by_url;
	int rc;

	ask.offset = what->offset;
	ask.len = what->len;
	ask.want = what->want;
	rc = store_call(r->st, STORE_url_content, &ask, &by_url, mem, err);
	if (rc == 0)
		*answer = (struct content_answer){ by_url.prefix,
			by_url.octets, by_url.total, by_url.facts,
			by_url.checked };
	return rc;
}

/* Of a message that is not in the queue. */
static int
ask_content(struct blob_reader *r, const struct content_ask *ask,
    struct content_answer *answer, struct arena *mem, struct err *err)
{
	return r->url ? ask_by_url(r, ask, answer, mem, err) :
	    store_call(r->st, STORE_content, ask, answer, mem, err);
}

/* Stored octets from `at` on, as many as one message holds. */
static int
load_chunk(struct blob_reader *r, uint64_t at, struct content_answer *answer,
    struct err *err)
{
	int rc;

	arena_reset(r->arena);
	r->ask.offset = at;
	r->ask.len = MSG_CHUNK;
	rc = r->lease ? ask_queued(r, answer, err) : ask_content(r, &r->ask,
	    answer, r->arena, err);
	if (rc < 0)
		return rc;
	r->window = answer->octets;
	r->window_at = at;
	r->total = answer->total;
	return 0;
}

/* n stored octets at `at`, loaded if they are not there. */
static int
stored(struct blob_reader *r, uint64_t at, size_t n, struct str *octets,
    struct err *err)
{
	struct content_answer answer;
	uint64_t skip = at - r->window_at;
	int rc;

	if (at < r->window_at || skip > r->window.n ||
	    r->window.n - skip < n) {
		rc = load_chunk(r, at, &answer, err);
		if (rc < 0)
			return rc;
		skip = 0;
	}
	*octets = str_first(str_from(r->window, (size_t)skip), n);
	if (octets->n < n)
		return err_set(err, E_DAMAGED, "blob: it ends in a chunk");
	return 0;
}

static int
read_head(struct blob_reader *r, uint64_t at, struct chunk *c,
    struct err *err)
{
	struct str octets;
	int rc = stored(r, at, CHUNK_HEAD, &octets, err);

	if (rc == 0 && !chunk_read(octets, c))
		rc = err_set(err, E_DAMAGED, "blob: a chunk makes no sense");
	return rc;
}

static int
unpack(struct blob_reader *r, const struct chunk *c, struct str octets,
    struct str *raw, struct err *err)
{
	size_t n;
	char *room;

	*raw = octets;
	if (c->codec == CODEC_NONE)
		return 0;
	buf_reset(&r->raw);
	room = buf_room(&r->raw, c->raw);
	bug_if(!room);
	n = ZSTD_decompressDCtx(store_dctx(r->st), room, c->raw, octets.p,
	    octets.n);
	if (ZSTD_isError(n) || n != c->raw)
		return err_set(err, E_DAMAGED,
		    "blob: a chunk does not unpack");
	*raw = str_make(room, n);
	return 0;
}

/* The prefix goes out when what follows it is known to be good. */
static int
give_prefix(struct blob_reader *r)
{
	struct str prefix = r->prefix;

	r->prefix = STR_NULL;
	return prefix.n > 0 ? r->out(r->arg, prefix) : 0;
}

/* The part of this chunk that is wanted; it begins at raw_at. */
static int
give_chunk(struct blob_reader *r, const struct chunk *c, uint64_t at,
    uint64_t raw_at, struct err *err)
{
	uint64_t skip = r->from > raw_at ? r->from - raw_at : 0;
	struct str octets, raw;
	int rc;

	if (skip >= c->raw)
		return 0;
	rc = stored(r, at + CHUNK_HEAD, c->stored, &octets, err);
	if (rc == 0)
		rc = unpack(r, c, octets, &raw, err);
	if (rc < 0)
		return rc;
	raw = str_first(raw, (size_t)(r->to - raw_at < raw.n ?
		    r->to - raw_at : raw.n));
	rc = give_prefix(r);
	return rc != 0 ? rc : r->out(r->arg, str_from(raw, (size_t)skip));
}

/* Compare what follows the chunk that ends at stored octet `at`, as far as it
 * is wanted: `left` octets of the message. A chunk that does not get smaller is
 * stored as it is. */
static int
check_rest(struct blob_reader *r, uint64_t at, uint64_t left, struct err *err)
{
	uint64_t chunks = left / BLOB_CHUNK + 2;
	uint64_t end = left > r->total ? r->total : at + left +
	    chunks * CHUNK_HEAD;
	struct arena *mem = arena_new(ANSWER_MEM);
	struct content_ask ask = r->ask;
	struct content_answer answer;
	int rc = 0;

	if (end > r->total)
		end = r->total;
	ask.want = WANT_CHECK;
	for (; rc == 0 && at < end; at = answer.checked) {
		ask.offset = at;
		ask.len = end - at < UINT32_MAX ? (uint32_t)(end - at)
						: UINT32_MAX;
		rc = ask_content(r, &ask, &answer, mem, err);
		if (rc == 0 && answer.checked <= at)
			rc = err_set(err, E_PROTO, "a check without end");
		arena_reset(mem);
	}
	arena_free(mem);
	return rc;
}

/* Is the message as long as is wanted? That is known when all its heads are
 * here; a longer one is found out when it ends. */
static int
check_length(struct blob_reader *r, struct err *err)
{
	struct chunk_sum sum = { 0 };

	if (r->lease || r->to == UINT64_MAX || r->window_at > 0 ||
	    r->window.n < r->total)
		return 0;
	chunk_sum_add(&sum, r->window);
	if (!chunk_sum_is_whole(&sum) || sum.raw < r->to)
		return err_set(err, E_DAMAGED, "blob: shorter than it was");
	return 0;
}

static int
give_chunks(struct blob_reader *r, struct err *err)
{
	uint64_t at = 0, raw_at = 0;
	bool checked = r->lease != 0;
	struct chunk c;
	int rc = check_length(r, err);

	while (rc == 0 && raw_at < r->to && at < r->total) {
		rc = read_head(r, at, &c, err);
		/* It goes on behind the first one that is wanted. */
		if (rc == 0 && !checked && raw_at + c.raw > r->from &&
		    raw_at + c.raw < r->to) {
			rc = check_rest(r, at + CHUNK_HEAD + c.stored,
			    r->to - raw_at - c.raw, err);
			checked = true;
		}
		if (rc == 0)
			rc = give_chunk(r, &c, at, raw_at, err);
		at += CHUNK_HEAD + c.stored;
		raw_at += c.raw;
	}
	if (rc == 0 && !r->lease && r->to != UINT64_MAX && raw_at < r->to)
		rc = err_set(err, E_DAMAGED, "blob: shorter than it was");
	return rc;
}

/* The prefix stands before the message: take of it what is wanted, and count
 * the message from its own beginning. */
static void
take_prefix(struct blob_reader *r, struct str prefix, uint64_t offset,
    uint64_t len)
{
	uint64_t end = len > UINT64_MAX - offset ? UINT64_MAX : offset + len;
	struct str part = str_first(prefix,
	    end < prefix.n ? (size_t)end : prefix.n);

	r->from = offset > prefix.n ? offset - prefix.n : 0;
	r->to = end > prefix.n ? end - prefix.n : 0;
	if (end == UINT64_MAX)
		r->to = UINT64_MAX;
	part = str_from(part, offset < part.n ? (size_t)offset : part.n);
	r->prefix = part.n > 0 ? str_dup(r->mem, part) : STR_NULL;
}

/* Does the range end within the chunks that a row has brought? */
static bool
is_brought(const struct blob_source *s, uint64_t offset, uint64_t len)
{
	struct chunk_sum sum = { 0 };
	uint64_t there;

	chunk_sum_add(&sum, s->chunks);
	there = s->prefix.n + sum.raw;
	return s->chunks.n > 0 && chunk_sum_is_whole(&sum) &&
	    offset <= there && len <= there - offset;
}

static int
read_all(struct blob_reader *r, const struct blob_source *brought,
    uint64_t offset, uint64_t len, struct err *err)
{
	struct content_answer answer = { 0 };
	int rc = 0;

	r->arena = arena_new(ANSWER_MEM);
	r->mem = arena_new(ANSWER_MEM);
	buf_init(&r->raw, BLOB_CHUNK);
	if (brought && is_brought(brought, offset, len)) {
		answer.prefix = brought->prefix;
		r->window = brought->chunks;
		r->total = brought->chunks.n;
	} else {
		rc = load_chunk(r, 0, &answer, err);
	}
	if (rc == 0)
		take_prefix(r, answer.prefix, offset, len);
	if (rc == 0)
		rc = give_chunks(r, err);
	if (rc == 0)
		rc = give_prefix(r);
	arena_free(r->arena);
	arena_free(r->mem);
	buf_free(&r->raw);
	return rc;
}

int
blob_read(struct store *st, const struct blob_source *from, uint64_t offset,
    uint64_t len, int (*out)(void *arg, struct str octets), void *arg,
    struct err *err)
{
	struct blob_reader r = { .st = st, .url = from->url, .out = out,
		.arg = arg };

	r.ask.mailbox = from->mailbox;
	r.ask.uid = from->uid;
	return read_all(&r, from, offset, len, err);
}

int
blob_read_queued(struct store *st, uint64_t lease, uint64_t offset,
    uint64_t len, int (*out)(void *arg, struct str octets), void *arg,
    struct err *err)
{
	struct blob_reader r = { .st = st, .lease = lease, .out = out,
		.arg = arg };

	if (lease == 0)
		return err_set(err, E_NOTFOUND, "no lease");
	return read_all(&r, NULL, offset, len, err);
}
