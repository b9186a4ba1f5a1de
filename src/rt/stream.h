/*
 * stream.h - a connection as two flows of octets.
 *
 * Reading and writing suspend the calling fiber. A stream that failed stays
 * failed and every later call returns the same code, so a reply may be
 * written in several calls and checked once. One fiber at a time reads or
 * writes; which one may change while it is parked.
 *
 * Every wait ends at the deadline last set with stream_deadline().
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "rt/loop.h"

struct stream;
struct tls_ctx;

/* What is below the plain text: a socket, or memory in tests. All calls are
 * non-blocking: octets moved, 0 at the end (read), or E_AGAIN, E_RESET, E_IO;
 * errno says more of the last two, or is 0. */
struct transport {
	const struct transport_ops *ops;
	/* Set by the stream; call it when E_AGAIN may be over. */
	void (*ready)(void *arg);
	void *arg;
	struct transport *below;	/* what it runs over; NULL: nothing */
};
struct transport_ops {
	ssize_t (*read)(struct transport *t, void *p, size_t n);
	ssize_t (*write)(struct transport *t, const void *p, size_t n);
	void (*close)(struct transport *t); /* frees t */
};

/* A transport over a connected, non-blocking socket; owns fd. */
int transport_socket(struct loop *l, int fd, struct transport **t,
    struct err *err);
/* Its fd; -1 if it is none of these. */
int transport_socket_fd(const struct transport *t);
/* Dial: a connected socket to this address from that one ("" is any), or why
 * not (E_IO, E_TIMEOUT; E_LIMIT: we have no socket left, or not the address to
 * be from, which says nothing of the one to dial; err says it in words:
 * "connect to 192.0.2.1 port 25: Connection refused"). Suspends. Checks
 * nothing: who may be dialled is the caller's business. */
int transport_dial(struct loop *l, const char *address, uint16_t port,
    const char *from, int64_t until_ms, struct transport **t,
    struct err *err);
/* From now on t runs over `below`, and is ready when that is. t closes it. */
void transport_over(struct transport *t, struct transport *below);
/* Two ends of a connection in memory. Each direction holds cap octets. */
void transport_pair(struct loop *l, size_t cap, struct transport **a,
    struct transport **b);

/* Owns t from now on. */
struct stream *stream_new(struct loop *l, struct transport *t);
/* Flushes nothing; wakes nobody; frees it. NULL is fine. */
void stream_close(struct stream *s);

void stream_deadline(struct stream *s, int64_t at_ms);
/* When the loop is stopping, wait no longer than three seconds for whoever is
 * on the other side, in all: then it fails with E_CANCELED. */
void stream_leave_at_stop(struct stream *s);
/* The sticky failure: 0 or E_*. E_CLOSED is an end in good order, E_RESET the
 * other end's and E_IO the network's. The err of a call that fails says in
 * words what the system knows ("Connection timed out"). */
int stream_failed(const struct stream *s);

/* If all that is wrong is that the deadline came, or that we are leaving, it
 * may be written to once more: last words. Set another deadline. */
bool stream_revive(struct stream *s);

/* One line without its CRLF; only CRLF ends a line (a bare CR or LF is part
 * of it). Valid until the next call that reads. E_LIMIT if max octets came
 * without CRLF: that is not sticky, see stream_skip_line(). E_CLOSED at the
 * end of input, also in the middle of a line. */
int stream_line(struct stream *s, size_t max, struct str *line,
    struct err *err);
/* From now on a bare LF ends a line as well: where nothing that is not of the
 * protocol comes in lines. */
void stream_lone_lf(struct stream *s);
/* From now on a bare LF makes stream_line() return E_PROTO, as soon as it has
 * come. That is not sticky, and the octets are there still. */
void stream_refuse_lf(struct stream *s);
/* Drop octets up to and including the next end of a line. */
int stream_skip_line(struct stream *s, struct err *err);
/* All that has come, at least one octet (suspends for it). Take what you
 * used with stream_eat(); valid until the next call that reads. */
int stream_peek(struct stream *s, struct str *octets, struct err *err);
void stream_eat(struct stream *s, size_t n);
/* The same where the first `seen` octets are known and stay: suspends for one
 * more than these. */
int stream_peek_behind(struct stream *s, size_t seen, struct str *octets,
    struct err *err);
/* Of a stream from which nothing was read yet: this has come (and somebody else
 * has read it). Copied. */
void stream_came(struct stream *s, struct str octets);
/* Its socket, to be handed to another process; the stream keeps it. -1: there
 * is none, or TLS has begun. */
int stream_socket(const struct stream *s);
/* What is buffered already, maybe nothing; never suspends. */
struct str stream_buffered(struct stream *s);
/* Is there an octet to be read? Never suspends, and says nothing of the end. */
bool stream_has_more(struct stream *s);
/* What has come, maybe nothing; never suspends. If that was the end the
 * stream has failed. Asks a failed stream as well: what the other side said
 * before it went away may explain it. */
struct str stream_poll(struct stream *s);

/* Buffered; suspends only when 64 KiB wait to be sent. */
int stream_write(struct stream *s, struct str octets);
int stream_printf(struct stream *s, const char *fmt, ...) printf_like(2, 3);
int stream_flush(struct stream *s, struct err *err);

/* Both ways at once, for the one fiber of a connection that many have something
 * to say on. It writes by stream_offer() alone, which never suspends: how many
 * of these octets went out (0: none can now), or E_*. What did not go comes
 * again with the next call, more may stand behind it. */
ssize_t stream_offer(struct stream *s, struct str octets);
/* Suspend until octets may be read or written, fiber_wake(), or at_ms. To be
 * called when neither stream_poll() nor stream_offer() got on; 0, E_TIMEOUT or
 * E_CANCELED, none of them sticky. A buffer that is empty is given back. */
int stream_pause(struct stream *s, int64_t at_ms);

/* TLS in place, as a server. What was buffered before is dropped: nothing
 * sent in clear survives into the session (RFC 3207 4.2). Suspends. */
int stream_tls_accept(struct stream *s, struct tls_ctx *ctx, struct err *err);
/* The same where everything is TLS: what is buffered, behind the header of a
 * proxy, is the beginning of it. */
int stream_tls_accept_first(struct stream *s, struct tls_ctx *ctx,
    struct err *err);

/* TLS in place, as a client; name goes out as SNI (not if it is an address
 * literal). See tls_client_new() for what is verified; with dane (or NULL)
 * what it says is. The same about what was buffered. Suspends. E_TLS: err says
 * why. */
struct tls_client;
struct tls_dane;
int stream_tls_connect(struct stream *s, struct tls_client *c,
    struct str name, const struct tls_dane *dane, struct err *err);

struct tls_facts {
	bool on;
	bool verified;		/* of a client: the certificate is name's */
	struct str version;	/* "TLSv1.3" */
	struct str cipher;	/* "TLS_AES_256_GCM_SHA384" */
	int bits;
	struct str sni;		/* what the client asked for; may be empty */
	struct str protocol;	/* of ALPN; may be empty */
};
/* Constants and memory of the stream: valid while it lives. */
struct tls_facts stream_tls(const struct stream *s);
/* Of a server's: did the client ask for this host, or does what it was shown
 * name it? It may also have asked for none. */
bool stream_tls_is_for(const struct stream *s, struct str host);
/* What both ends of this TLS know and nobody else can have with either: for
 * proofs that are worth nothing elsewhere. RFC 9266 (TLS 1.3), RFC 5929 4. Of a
 * server's stream only. False where it has none. */
enum tls_binding { TLS_EXPORTER, TLS_SERVER_END_POINT };
enum { TLS_BINDING_MAX = 64 };
bool stream_tls_binding(const struct stream *s, enum tls_binding kind,
    uint8_t octets[TLS_BINDING_MAX], size_t *n);
/* What a client has shown of itself where it was asked to, and what proves to
 * somebody else that it has the key of it: the messages of the handshake before
 * its CertificateVerify, of TLS 1.3 those that are hashed (RFC 8446 4.4.1), and
 * that one. version and scheme are numbers of TLS; key is the SHA-256 of the
 * public key (SubjectPublicKeyInfo).
 *
 * Of a server's stream only; false where nothing was shown, or forgotten. The
 * strs are the stream's until then. */
enum { TLS_SHOWN_SAID = 48 << 10, TLS_SHOWN_SIGNATURE = 1024,
	TLS_SHOWN_KEY = 32 };
struct tls_shown {
	uint32_t version, scheme;
	struct str key, said, signature;
};
bool stream_tls_shown(const struct stream *s, struct tls_shown *out);
void stream_tls_forget_shown(struct stream *s);
/* SHA-256 of the public key (SubjectPublicKeyInfo) that the server has shown,
 * as small digits of hex (RFC 7469 2.4 hashes the same). False: none was. */
enum { TLS_KEY_HEX = 64 };
bool stream_tls_key(const struct stream *s, char hex[TLS_KEY_HEX + 1]);
/* Whose certificate the server has shown, for people: its names, who issued it,
 * until when it is good, its key; what the server wrote is cut, not judged. */
struct buf;
void stream_tls_words(const struct stream *s, struct buf *words);

/* Waiting without a stack ------------------------------------------------
 *
 * stream_park() is the last thing a session's fiber does before it returns.
 * When plain text has come, resume(arg, PARK_INPUT) runs on a fresh fiber;
 * else PARK_TIMEOUT at at_ms, PARK_KICK after stream_kick(), PARK_CLOSED when
 * the peer has gone, PARK_STOP when the loop is stopping. Output must be
 * flushed before. Buffers that are empty are given back. */
enum park { PARK_INPUT, PARK_TIMEOUT, PARK_KICK, PARK_CLOSED, PARK_STOP };
void stream_park(struct stream *s, int64_t at_ms,
    void (*resume)(void *arg, enum park why), void *arg);
/* Resume a parked stream now; remembered if it is not parked, so the next
 * stream_park() resumes at once. */
void stream_kick(struct stream *s);

/* Before a long wait of whoever does not park: buffers that are empty are given
 * back. */
void stream_rest(struct stream *s);

/* Listening. Accepts until the limit of open connections is reached and
 * goes on when one has been given back with listener_done(), which every
 * session calls at its end (the listener lives until then). peer is the
 * address as text ("192.0.2.1", "2001:db8::1"). fn runs on a fresh fiber. */
struct listener;
struct visit;
#define PEER_UNIX "unix"
struct peer {
	char address[46];	/* INET6_ADDRSTRLEN; or PEER_UNIX */
	uint16_t port;
	char local[46];		/* the address they came to */
	uint16_t local_port;
	struct visit *visit;	/* rt/conn_limits.h; NULL: nobody counts */
};
struct listener *listener_new(struct loop *l, int fd, size_t max_open,
    void (*fn)(void *arg, struct stream *s, const struct peer *peer),
    void *arg, struct err *err);
void listener_done(void *listener);
/* Who is on the other side of a connected TCP socket, as the kernel says;
 * false: it is none. */
bool peer_of_socket(int fd, struct peer *p);
/* Accept no more; the socket stays open. */
void listener_stop(struct listener *l);
void listener_close(struct listener *l);
