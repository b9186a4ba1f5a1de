/*
 * grammar.h - the head of a request: its line, its fields, and what they say
 * of the octets behind them.           RFC 9112 2 to 7, RFC 9110 5, RFC 9113 8
 *
 * Pure. Where another program could read other borders of a message than we
 * do, nothing is read at all (RFC 9112 11.2): no bare CR or LF, no folded line,
 * no space before a colon, one length said once.
 */
#pragma once
#include "base/arena.h"

enum {
	HTTP_LINE_MAX = 8192,		/* RFC 9112 3 wants 8000 */
	HTTP_HEAD_MAX = 32768,		/* all of a head */
	HTTP_FIELDS_MAX = 100,
	HTTP_SEGMENTS_MAX = 8,		/* of a path */
	HTTP_HOST_MAX = 255,		/* no name is longer */
};

/* In the order of their names in grammar.c. */
enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PUT = 1 << 3,
	HTTP_PATCH = 1 << 4,
	HTTP_DELETE = 1 << 5,
	HTTP_OPTIONS = 1 << 6,
};
/* "GET" */
const char *http_method_name(enum http_method m);

struct http_field {
	struct str name, value;		/* value without spaces around it */
};

struct http_head {
	enum http_method method;
	uint32_t minor;			/* of HTTP/1.x: 0 or 1; of 2: 1 */
	struct str host;		/* with its port; empty: not said */
	struct str path;		/* as it came; "*" for the server */
	struct str query;		/* behind "?"; may be empty */
	struct str segment[HTTP_SEGMENTS_MAX];	/* of path, decoded */
	size_t nsegments;
	struct http_field field[HTTP_FIELDS_MAX];
	size_t nfields;

	/* http_head_end() says these. */
	bool close;			/* nothing comes behind it */
	bool chunked;
	bool has_length;
	uint64_t length;
	bool expects;			/* 100-continue */
};

/* All of these return 0, or the status of the refusal. What is kept points into
 * the line, or into the arena. */
must_check uint16_t http_head_begin(struct http_head *h, struct str line,
    struct arena *a);
must_check uint16_t http_head_field(struct http_head *h, struct str line);
/* The empty line has come: what follows? */
must_check uint16_t http_head_end(struct http_head *h);

/* The same of HTTP/2, whose heads come as pairs, ":path" among them, and have
 * no line. What they say of the connection is refused; whether a body follows
 * the frame has said. What is given lives as long as the head.  RFC 9113 8 */
must_check uint16_t http_head_pair(struct http_head *h, struct str name,
    struct str value);
must_check uint16_t http_head_pairs_end(struct http_head *h, bool body,
    struct arena *a);

/* The value of a field that was said once; false, and an empty one: not, or
 * more than once. */
bool http_field_of(const struct http_head *h, struct str name,
    struct str *value);

/* Has a list, in any of the fields of the name, this member?
 *                                                            RFC 9110 5.6.1 */
bool http_list_has(const struct http_head *h, struct str name,
    struct str member);

/* What the query says of a name, decoded, in the arena: "name=value" between
 * "&". False: nothing, or nothing that can be decoded. */
must_check bool http_query(const struct http_head *h, struct str name,
    struct arena *a, struct str *value);

/* Is it a field line that may stand here? RFC 9112 5; for trailers. */
must_check bool http_is_field(struct str line);

/* media-type without its parameters: is it this one?         RFC 9110 8.3.1 */
must_check bool http_is_type(struct str value, struct str type);
/* The cookie of this name; false: there is none, or more than one.
 *                                                            RFC 6265 4.2.1 */
must_check bool http_cookie(struct str value, struct str name,
    struct str *out);
/* uri-host [ ":" port ]: its two parts, or false.             RFC 9110 7.2 */
must_check bool http_host(struct str value, struct str *name,
    struct str *port);
