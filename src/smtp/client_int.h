/*
 * client_int.h - what the files of the client share.
 */
#pragma once
#include "base/dots.h"
#include "smtp/client.h"

struct smtp_client {
	struct arena *life;
	struct smtp_client_options o;
	struct stream *s;
	struct str name;
	unsigned offers;
	uint64_t size;
	uint32_t max_mails, max_rcpts; /* RFC 9422; UINT32_MAX: any */
	uint32_t least_by_s;	/* RFC 2852 2; 0: any */
	uint32_t mails, messages;	/* said; and accepted */
	bool greeted;	/* so QUIT makes sense */
	bool ready;	/* for messages */
	bool lost;	/* nothing more can be said */
	bool open;	/* a transaction has begun and not ended */
	int64_t until_ms;	/* no wait goes past it */
	size_t unsent;	/* octets of the text in the stream's buffer */
	struct dots dots;	/* of the text */
	/* Given each line of the next reply; NULL. */
	void (*on_line)(void *arg, unsigned nth, struct str text);
	const char *after;	/* what the next answer is to */
	struct answer_reader in;	/* answers' text is here */
};

/* An answer of ours: code 0. */
struct smtp_answer client_words(struct smtp_client *c, const char *status,
    const char *fmt, ...) printf_like(3, 4);

/* What follows may take so long, but not past until_ms. */
void client_deadline(struct smtp_client *c, int64_t limit_ms);
/* Waits for one whole reply, at most limit_ms. 0: there is one, whatever it
 * says. Negative: no other will come, and *out says why: 421 (E_CLOSED), the
 * connection was lost, no sense in it (E_PROTO). after is what had been said,
 * in words. */
int client_read(struct smtp_client *c, const char *after, int64_t limit_ms,
    struct smtp_answer *out);
/* The same, once all that waits to be sent has left. */
int client_answer(struct smtp_client *c, const char *after, int64_t limit_ms,
    struct smtp_answer *out);
/* The same, and its code begins with this digit; E_DENIED with 4yz and 5yz. */
int client_ask(struct smtp_client *c, const char *after, int64_t limit_ms,
    int digit, struct smtp_answer *out);
/* Nothing has come that nobody asked for. Else the connection is done with:
 * *out is that 421, or says that it made no sense. */
int client_quiet(struct smtp_client *c, struct smtp_answer *out);
/* The server speaks, but not SMTP. */
int client_nonsense(struct smtp_client *c, const char *after, const char *what,
    struct smtp_answer *out);

/* Text: from 354 on; to the final dot, which waits to be flushed. */
void client_text_begin(struct smtp_client *c);
int client_text_end(struct smtp_client *c);
