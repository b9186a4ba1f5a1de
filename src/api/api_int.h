/*
 * api_int.h - what the files of the API share.
 */
#pragma once
#include "api/api.h"
#include "rt/json.h"
#include "mail/outgoing.h"
#include "mime/build.h"

enum {
	API_JSON_MAX = 16 << 20,	/* octets of a request */
	API_MESSAGE_MAX = 32 << 20,	/* of a ready message */
	API_EACH_MAX = 100,		/* messages made of one request */
	API_FIELDS_MAX = 40,		/* of one message */
	API_PARTS_MAX = 100,		/* attachments */
	API_POINTER_MAX = 200,
	API_KEY_MAX = 255,
	API_VALUES_MAX = 12 << 20,	/* octets of texts with values in them,
					 * of one message */
	/* Of a message, attachments apart: lists and names of values are no
	 * longer than the request, each. */
	API_READ_MEM = 2 * API_JSON_MAX + API_VALUES_MAX + (16 << 20),
};

struct api {
	struct vault *vault;
	char hostname[256];
	uint64_t max_message;
	uint32_t max_recipients, compress, hold_longest_s;
	bool hide_client;	/* no trace field says who it was */
};

/* What is wrong with a request, and with which of its members (a JSON pointer,
 * RFC 6901, as "/to/2"; empty: all of it). */
struct api_fault {
	char pointer[API_POINTER_MAX];
	char detail[300];
};

struct api_addresses {
	struct str *v;		/* "local@domain" */
	size_t n, max;
};

/* A message that is to be sent: envelope and content. */
struct api_message {
	struct str from;
	struct api_addresses rcpts;
	int64_t send_at;		/* 0: at once */
	struct build_field fields[API_FIELDS_MAX];
	size_t nfields;
	const struct build_part *body;	/* NULL: it is ready */
	struct str ready;
};

/* ---- read.c: from what was asked for to a message; pure */
enum { API_ALL = -1 };
/* One message to everybody, or (which is not API_ALL) the one to the recipient
 * /to/`which`, with their values put in: 0 first, which looks at what is the
 * same for all. All in the arena, of API_READ_MEM, or
 * in the request. False with *fault. */
must_check bool api_read(const json_t *request, int which, size_t max_rcpts,
    struct arena *a, struct api_message *m, struct api_fault *fault);
/* {"each": true}: to how many? 0: it is one message. */
must_check bool api_read_each(const json_t *request, size_t *n,
    struct api_fault *fault);
/* "from=...&to=...&to=...", and send_at: the envelope of a ready message. */
must_check bool api_read_query(struct str query, size_t max_rcpts,
    struct arena *a, struct api_message *m, struct api_fault *fault);

/* ---- later.c */
struct http_answer api_list_later(struct http_request *r);
struct http_answer api_cancel_later(struct http_request *r);
