/*
 * test_server.h - SMTP servers of a few lines each, at addresses of a network
 * in memory.
 */
#pragma once
#include "base/test.h"
#include "rt/stream.h"
#include "rt/tls.h"

enum { SERVERS_MAX = 8, RCPT_RULES = 8 };

enum fake_tls { TLS_UNKNOWN, TLS_REFUSED, TLS_BROKEN, TLS_WORKS };

/* RCPT of an address that begins so has this reply. */
struct rcpt_rule {
	const char *begins, *reply;
};

/* A server at an address; what it does is set by the test. */
struct test_server {
	const char *address;
	uint16_t port;
	const char *greeting;	/* NULL: "220 ..."; "": it never comes */
	bool down;		/* refuses the connection */
	bool no_socket;		/* we cannot even ask */
	bool dsn, auth;
	const char *limits;	/* of EHLO, "RCPTMAX=2"; NULL: none */
	const char *offers;	/* one more line of EHLO; NULL: none */
	enum fake_tls tls;
	const char *mail;	/* the reply to MAIL; NULL: 250 */
	struct rcpt_rule rcpt[RCPT_RULES];
	const char *text;	/* the reply to the text; NULL: 250 */
	int most;		/* messages of one connection, then 421; 0 */
	int lose_after;		/* in the text of this one (from 1) it goes */
	bool lose_always;	/* and all others so too */
	int rcpts;		/* most of one message, then 452; 0 */
	int connections;	/* at once, then 421 in place of 220; 0 */
	int64_t slow_ms;	/* before the reply to the text */
	int64_t pause_ms;	/* before the reply to any command */
	/* If set, and true: it has had the whole dialogue. */
	bool (*talk)(struct test_server *s, struct stream *stream);
	/* What has come. */
	int dials, open, most_open, messages, quits, clear, encrypted;
	struct buf got;		/* "from>to,to|text\n" of each message */
	struct buf login;
};

struct test_servers {
	struct loop *loop;
	struct tls_ctx *tls;	/* for names of mx1.example.org */
	char pin[65];		/* SHA-256 of its key, in hex */
	struct buf pem;		/* its certificate, made by itself */
	struct test_server server[SERVERS_MAX];
	size_t n;
};

/* The network from now on. lib and l live longer. */
void servers_open(struct test_servers *all, struct loop *l,
    struct tls_lib *lib);
/* After the loop. */
void servers_close(struct test_servers *all);
/* One that takes all mail but that for "no..." (550) and "later..." (450). */
struct test_server *server_add(struct test_servers *all, const char *address);

/* For relay_options. */
int test_server_dial(struct loop *l, const char *address, uint16_t port,
    const char *from, int64_t until, struct transport **t, struct err *err);
