#include "errand/scan.h"

#include <unistd.h>

#include "errand/scan_words.h"
#include "rt/role.h"
#include "rt/stream.h"

enum {
	CHUNK = 64 * 1024,
	SAID_MAX = 1024,
	JSON_MAX = 256 * 1024,
};

/* Where one of them is. False: out says why nobody knows. */
static bool
find_host(const struct scanners *s, struct str name, struct hosts *h,
    struct scan_answer *out, struct arena *a, int64_t until_ms, int *e)
{
	const struct self nobody = { NULL, 0 };
	struct err err = { 0 };

	if (name.n == 0) {
		scan_is_away(out, STR("no such scanner is configured"), a);
		return false;
	}
	*e = hosts_find(s->dns, s->loop, name, false, &nobody, h, a,
	    until_ms, &err);
	if (*e == 0 && h->result == HOSTS_OK)
		return true;
	scan_is_away(out, *e < 0 ? str_c(err.text) : h->why, a);
	*e = *e == E_CANCELED ? *e : 0;
	return false;
}

/* ---- clamd --------------------------------------------------------------- */

/* Any of its addresses. */
static struct stream *
dial_any(const struct scanners *s, const struct host *host, uint32_t port,
    int64_t until_ms, struct err *err)
{
	struct transport *t;
	char room[48];

	for (uint32_t i = 0; i < host->naddresses; i++) {
		(void)host_address_text(&host->address[i], room);
		if (transport_dial(s->loop, room, (uint16_t)port, "",
		    until_ms, &t, err) == 0)
			return stream_new(s->loop, t);
		if (err->code == E_CANCELED)
			break;
	}
	return NULL;
}

static struct stream *
dial_path(const struct scanners *s, int64_t until_ms, struct err *err)
{
	struct transport *t;
	int fd;

	if (role_dial(s->role, s->conf->clamav_path, until_ms, &fd, err) < 0 ||
	    transport_socket(s->loop, fd, &t, err) < 0)
		return NULL;
	return stream_new(s->loop, t);
}

/* A connection to it; NULL and *e 0: out says why there is none. */
static struct stream *
dial_clamav(const struct scanners *s, struct scan_answer *out, struct arena *a,
    int64_t until_ms, int *e)
{
	struct hosts *h = arena_new_of(a, struct hosts);
	struct err err = { 0 };
	struct stream *st;

	*e = 0;
	if (s->conf->clamav_path.n > 0)
		st = dial_path(s, until_ms, &err);
	else if (find_host(s, s->conf->clamav, h, out, a, until_ms, e))
		st = dial_any(s, &h->host[0], s->conf->clamav_port, until_ms,
		    &err);
	else
		return NULL;
	if (!st && err.code == E_CANCELED)
		*e = E_CANCELED;
	else if (!st)
		scan_is_away(out, str_c(err.text), a);
	return st;
}

/* Chunks, each behind its length; the last one is empty. Who asked may have
 * cut the file meanwhile. */
static int
send_chunks(struct stream *st, int fd, uint64_t size, struct arena *a,
    struct err *err)
{
	char *chunk = arena_alloc(a, CHUNK);
	uint64_t sent = 0;
	int e = stream_write(st, STR("zINSTREAM\0"));

	while (e == 0 && sent < size) {
		size_t want = size - sent < CHUNK ? (size_t)(size - sent) :
		    CHUNK;
		ssize_t got = pread(fd, chunk, want, (off_t)sent);
		uint8_t n[4];

		if (got <= 0)
			return err_set(err, E_INVALID, "the message is "
			    "shorter than it should be");
		for (int i = 0; i < 4; i++)
			n[i] = (uint8_t)((uint32_t)got >> (24 - 8 * i));
		e = stream_write(st, str_make((char *)n, 4));
		if (e == 0)
			e = stream_write(st, str_make(chunk, (size_t)got));
		sent += (uint64_t)got;
	}
	if (e == 0)
		e = stream_write(st, STR("\0\0\0\0"));
	return e < 0 ? e : stream_flush(st, err);
}

/* Up to its NUL, or to the end. */
static int
hear(struct stream *st, struct buf *said, struct err *err)
{
	struct str octets;
	int e = 0;

	while (e == 0 && !buf_failed(said)) {
		size_t end;

		e = stream_peek(st, &octets, err);
		if (e < 0)
			break;
		end = str_chr(octets, '\0');
		buf_str(said, str_first(octets, end));
		stream_eat(st, end < octets.n ? end + 1 : octets.n);
		if (end < octets.n)
			return 0;
	}
	return e == E_CLOSED || buf_failed(said) ? 0 : e;
}

static int
ask_clamav(const struct scanners *s, const struct scan_ask *ask, int fd,
    struct scan_answer *out, struct arena *a, int64_t until_ms)
{
	auto_buf said = BUF_INIT(SAID_MAX);
	struct err err = { 0 };
	int e;
	struct stream *st = dial_clamav(s, out, a, until_ms, &e);

	if (!st)
		return e;
	stream_deadline(st, until_ms);
	e = send_chunks(st, fd, ask->size, a, &err);
	/* Who does not take all of it may have said why. */
	if (e == 0)
		e = hear(st, &said, &err);
	else if (e != E_CANCELED)
		buf_str(&said, str_first(stream_poll(st), SAID_MAX));
	stream_close(st);
	if (e == E_CANCELED)
		return e;
	if (said.n > 0)
		scan_read_clamav(str_first(buf_get(&said),
		    str_chr(buf_get(&said), '\0')), a, out);
	else
		scan_is_away(out, e < 0 && err.text[0] ? str_c(err.text) :
		    STR("it says nothing"), a);
	return 0;
}

/* ---- rspamd -------------------------------------------------------------- */

static int
ask_rspamd(const struct scanners *s, const struct scan_ask *ask, int fd,
    struct scan_answer *out, struct arena *a, int64_t until_ms)
{
	struct hosts *h = arena_new_of(a, struct hosts);
	const char **fields = arena_array(a, SCAN_FIELDS, sizeof(*fields));
	uint16_t port = (uint16_t)s->conf->rspamd_port;
	/* A literal is no name of HTTP's. */
	struct errand_plan plan = { .host = STR("rspamd"), .port = port,
		.type = STR("application/json"), .most = JSON_MAX,
		.ours = true, .fields = fields, .fd = fd, .size = ask->size };
	struct errand_answer answer;
	int e = 0;

	if (!find_host(s, s->conf->rspamd, h, out, a, until_ms, &e))
		return e;
	plan.url = str_dupz(a, arena_printf(a, "http://rspamd:%u/checkv2",
	    port));
	plan.nfields = scan_fields(ask, a, fields);
	e = fetch(s->fetcher, &plan, &h->host[0], &answer, a, until_ms);
	if (e == 0 && answer.result == ERRAND_DONE)
		scan_read_rspamd(answer.text, a, out);
	else if (e == 0)
		scan_is_away(out, answer.why, a);
	return e;
}

int
scan(const struct scanners *s, const struct scan_ask *ask, int fd,
    struct scan_answer *out, struct arena *a, int64_t until_ms)
{
	int64_t mine = loop_now_ms(s->loop) +
	    (int64_t)s->conf->scan_time_s * 1000;

	until_ms = mine < until_ms ? mine : until_ms;
	if (ask->kind == SCAN_CLAMAV)
		return ask_clamav(s, ask, fd, out, a, until_ms);
	if (ask->kind == SCAN_RSPAMD)
		return ask_rspamd(s, ask, fd, out, a, until_ms);
	scan_is_away(out, STR("there is no such scanner"), a);
	return 0;
}
