/*
 * jmap_int.h - what the files of JMAP share.
 */
#pragma once
#include "base/list.h"
#include "base/map.h"
#include "rt/json.h"
#include "jmap/jmap.h"
#include "jmap/out.h"
#include "rt/loop.h"

/* What is announced.                                         RFC 8620 2 */
enum {
	MAX_SIZE_UPLOAD = 50000000,
	MAX_CONCURRENT_UPLOAD = 4,
	MAX_SIZE_REQUEST = 10000000,
	MAX_CONCURRENT_REQUESTS = 8,
	MAX_CALLS = 32,
	MAX_GET = 1000,
	MAX_SET = 1000,
};
enum {
	ID_MAX = 255,			/* octets: RFC 8620 1.2 */
	ANSWER_MAX = 64 << 20,		/* octets of one method's */
	KEPT_MAX = 64 << 20,		/* of those that later calls name */
	CALL_MEM = 1 << 30,		/* a hundred times MAX_SIZE_REQUEST */
};
#define CAP_CORE "urn:ietf:params:jmap:core"
#define CAP_MAIL "urn:ietf:params:jmap:mail"
#define CAP_QUOTA "urn:ietf:params:jmap:quota"
#define CAP_SUBMISSION "urn:ietf:params:jmap:submission"
#define CAP_VACATION "urn:ietf:params:jmap:vacationresponse"
#define CAP_WEBSOCKET "urn:ietf:params:jmap:websocket"

struct jmap {
	struct loop *loop;
	struct vault *vault;
	uint64_t max_message;
	uint32_t compress, max_recipients, hold_longest_s, highest_priority,
	    least_by_s;
	char hostname[256];
	struct map people;	/* by account: struct person */
	uint64_t uploaded;	/* octets of all uploads, those under way too */
};

/* An account, as long as anything here is of it. */
struct person {
	struct jmap *jmap;
	uint64_t account;
	char id[24];		/* of the account */
	uint32_t requests, uploading;
	size_t refs;		/* of requests */
	struct list uploads;	/* upload.c: the oldest first */
	size_t nuploads;
	uint64_t uploaded;
	struct timer expiry;
	struct list watching;	/* watching.h */
	uint32_t nwatching;	/* streams of events and WebSockets */
};

/* ---- node.c */
/* Whose request it is. */
struct person *person_of(const struct http_request *r);
/* The same before there is a visitor; the caller gives it back. */
struct person *person_ref(struct http_request *r);
void person_unref(struct person *p);
/* Free it if nothing here is of it any more. */
void person_settle(struct person *p);
struct jmap *jmap_of(const struct http_request *r);

/* ---- api.c: a request */

/* Where the answer goes. write comes after begin, which puts what stands before
 * the first member of the answer; it suspends. */
struct answer_to {
	void (*begin)(struct answer_to *to);
	void (*write)(struct answer_to *to, struct str octets);
};
/* Why there will be no answer: a request-level error (RFC 8620 3.6.1). */
struct request_error {
	uint16_t status;
	const char *type, *limit;	/* limit: NULL where it is none */
	char detail[201];
};
/* Carry out what r's person asks for; NULL: it was no JSON. False, before
 * anything has begun: *error says why. */
bool jmap_answer(struct http_request *r, const json_t *request,
    struct answer_to *to, struct request_error *error);
/* The members of the object that says so. */
void request_error_put(struct buf *b, const struct request_error *error);
/* One more request of theirs at once; false: they have as many as they may. */
bool person_begin_request(struct person *p, struct request_error *error);

/* ---- a method call ------------------------------------------------------ */

struct call {
	struct http_request *http;
	struct jmap *jmap;
	struct person *person;
	const struct account *account;
	const json_t *using;	/* of the request */
	json_t *args;		/* as the method's rules want them; what was
				 * null is not there */
	json_t *created;	/* creation id to id, of the request */
	json_t *then;		/* [name, args] of a call that follows by
				 * itself; NULL: none */
	json_t *sent;		/* submission.c: ids, and what was sent or
				 * taken back */
	struct buf out;		/* members of the answer's object */
	struct arena *mem;
	char why[200];		/* description of an error; may be empty */
};

enum arg_type {
	ARG_ACCOUNT = 1,	/* the id of an account: must be there */
	ARG_ID, ARG_STRING, ARG_BOOL, ARG_UINT, ARG_INT,
	ARG_IDS, ARG_STRINGS, ARG_ARRAY, ARG_OBJECT,
};
struct arg_rule {
	const char *name;
	enum arg_type type;
	bool needed;
};

/* One row is all there is to know of a method. run fills in c->out and returns
 * NULL, or the type of an error, and then changed nothing. */
struct method {
	const char *capability, *name;
	const char *(*run)(struct call *c);
	const struct arg_rule *rules;	/* up to one without a name */
};
/* methods.c; the last has no name. */
extern const struct method jmap_methods[];

/* ---- args.c */
/* Are the arguments those of the rules? NULL, or an error's type. */
const char *args_check(struct call *c, const struct arg_rule *rules);
/* An error with its description. */
const char *call_error(struct call *c, const char *type, const char *fmt, ...)
    printf_like(3, 4);
/* The one table from E_* to errors. Logs what it hides. */
const char *call_fail(struct call *c, const struct err *err);
/* 1 to 255 of A-Z a-z 0-9 - _                                RFC 8620 1.2 */
bool is_id(struct str s);
/* An id as it was given, or the one that this creation id stands for: "#x".
 * False: there is none. */
bool call_id(const struct call *c, const json_t *v, struct str *id);
/* "m12" for ('m', ...); false: it is no id of that kind. */
bool id_number(struct str id, char kind, uint64_t *number);
/* Arguments, once they are checked. */
bool arg_bool(const struct call *c, const char *name, bool otherwise);
int64_t arg_int(const struct call *c, const char *name, int64_t otherwise);
struct str arg_str(const struct call *c, const char *name); /* p NULL: none */
struct str text_of(const json_t *string);

/* ---- get.c: what all /get have in common                    RFC 8620 5.1 */
struct property {
	const char *name;
	void (*put)(struct buf *b, const void *record);
};
/* Which of these rows (up to one without a name) are wanted, as bits; 0 and
 * *error: one is none of them. "id" is the first and always wanted. */
uint64_t get_properties(struct call *c, const struct property *rows,
    const char **error);
void get_put(struct buf *b, const struct property *rows, uint64_t wanted,
    const void *record);
/* The ids that are asked for, each once, as names of an object for the caller
 * to free; NULL: all there are. NULL, or an error: more than MAX_GET. */
const char *get_ids(struct call *c, json_t **ids);
/* The same of another argument. */
const char *ids_of(struct call *c, const char *name, json_t **ids);
/* The answer around the list: accountId, state, list: [ and then ], notFound.
 * What was found was removed from the ids, which are freed. */
void get_begin(struct call *c, const char *state);
void get_end(struct call *c, json_t *ids);
/* The numbers of those that are of this kind, in the call's memory. */
const uint64_t *ids_numbers(struct call *c, json_t *ids, char kind,
    size_t *n);
/* It is there: remove it from the ids, which may be NULL; false: it was none
 * of them. */
bool id_found(json_t *ids, char kind, uint64_t number);

/* ---- query.c: what all /query have in common                RFC 8620 5.5 */
enum { QUERY_MAX = 5000 };	/* ids of one answer */
/* Where in n results the answer begins, and how many there are of it; at: the
 * index of the anchor, n if it is not among them. NULL, or an error. */
struct window {
	size_t position, n;
	bool limited;		/* by us */
};
const char *query_window(struct call *c, size_t n, size_t anchor_at,
    struct window *w);
/* The answer up to the list of ids, and behind it. */
void query_begin(struct call *c, const char *state, const struct window *w);
void query_end(struct call *c, size_t total, const struct window *w);
/* What a filter's object is: an operator with conditions below it, or a
 * condition. NULL, or an error. */
enum filter_kind { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_CONDITION };
const char *filter_kind(struct call *c, const json_t *filter,
    enum filter_kind *kind);
/* Does it hold? condition says so of one member of a FilterCondition. *error,
 * which both may set, ends it. */
bool filter_holds(struct call *c, json_t *filter, bool (*condition)(void *arg,
    const char *name, const json_t *v), void *arg, const char **error);
/* Do the comparators of this call name properties of these (up to NULL) alone?
 * NULL, or an error; only: its words, as "by name only". */
const char *query_check_sort(struct call *c, const char *const *properties,
    const char *only);
/* The answer to all /queryChanges: none, or that we cannot say. */
const char *query_changes(struct call *c, const char *state);

/* ---- capabilities.c */
bool capability_known(struct str name);
/* The session object, but for its state, and that state. */
void session_put(struct buf *b, const struct http_request *r,
    const struct person *p);
void session_state(const struct http_request *r, const struct person *p,
    char state[9]);

/* ---- handlers of routes */
struct http_answer jmap_session(struct http_request *r);
struct http_answer jmap_api(struct http_request *r);
struct http_answer enter_upload(struct http_request *r);
void leave_upload(struct http_request *r);
struct http_answer jmap_upload(struct http_request *r);
struct http_answer jmap_download(struct http_request *r);
struct http_answer jmap_events(struct http_request *r);
struct http_answer jmap_websocket(struct http_request *r);
struct http_answer jmap_refuse(struct http_request *r, uint16_t status);
/* {"type": "urn:ietf:params:jmap:error:...", ...}          RFC 8620 3.6.1 */
struct http_answer jmap_problem(struct http_request *r, uint16_t status,
    const char *type, const char *limit, const char *detail);

/* What Email/query sorts by. */
void email_put_sorts(struct buf *b);

/* ---- methods */
const char *core_echo(struct call *c);
const char *mailbox_get(struct call *c);
const char *mailbox_changes(struct call *c);
const char *mailbox_query(struct call *c);
const char *mailbox_query_changes(struct call *c);
const char *mailbox_set(struct call *c);
const char *thread_get(struct call *c);
const char *thread_changes(struct call *c);
const char *email_get(struct call *c);
const char *email_changes(struct call *c);
const char *email_query(struct call *c);
const char *email_query_changes(struct call *c);
const char *email_set(struct call *c);
const char *email_import(struct call *c);
const char *email_parse(struct call *c);
const char *snippet_get(struct call *c);
const char *identity_get(struct call *c);
const char *identity_changes(struct call *c);
const char *identity_set(struct call *c);
const char *submission_get(struct call *c);
const char *submission_changes(struct call *c);
const char *submission_query(struct call *c);
const char *submission_query_changes(struct call *c);
const char *submission_set(struct call *c);
const char *quota_get(struct call *c);
const char *quota_changes(struct call *c);
const char *quota_query(struct call *c);
const char *quota_query_changes(struct call *c);
const char *vacation_get(struct call *c);
const char *vacation_set(struct call *c);
