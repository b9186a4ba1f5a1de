/*
 * capabilities.c - what is announced, and the session object.    RFC 8620 2
 */
#include "base/crc32c.h"
#include "jmap/header.h"
#include "jmap/jmap_int.h"
#include "store/mailbox_name.h"

enum { SESSION_MAX = 16384, DAY_S = 86400 };

static void
put_core(struct buf *b, const struct http_request *r unused_arg)
{
	out_put_u64(b, "maxSizeUpload", MAX_SIZE_UPLOAD);
	out_put_u64(b, "maxConcurrentUpload", MAX_CONCURRENT_UPLOAD);
	out_put_u64(b, "maxSizeRequest", MAX_SIZE_REQUEST);
	out_put_u64(b, "maxConcurrentRequests", MAX_CONCURRENT_REQUESTS);
	out_put_u64(b, "maxCallsInRequest", MAX_CALLS);
	out_put_u64(b, "maxObjectsInGet", MAX_GET);
	out_put_u64(b, "maxObjectsInSet", MAX_SET);
	out_name(b, "collationAlgorithms");
	out_open(b, '[');
	out_str(b, STR("i;unicode-casemap"));
	out_close(b, ']');
}

static void
put_nothing(struct buf *b unused_arg, const struct http_request *r unused_arg)
{
}

/* RFC 8621 1.3.1 */
static void
put_mail(struct buf *b, const struct http_request *r unused_arg)
{
	out_put_u64(b, "maxMailboxesPerEmail", 1);
	out_put_u64(b, "maxMailboxDepth", MAILBOX_LEVELS_MAX);
	out_put_u64(b, "maxSizeMailboxName", MAILBOX_NAME_MAX);
	out_put_u64(b, "maxSizeAttachmentsPerEmail", MAX_SIZE_UPLOAD);
	out_name(b, "emailQuerySortOptions");
	email_put_sorts(b);
	out_put_bool(b, "mayCreateTopLevelMailbox", true);
}

/* RFC 8621 1.3.2, and the words of EHLO (RFC 4865 4, RFC 2852 2). The date is
 * as seen from the last midnight, so that the session is not another one each
 * second. */
static void
put_submission(struct buf *b, const struct http_request *r)
{
	static const char *const plain[] = { "REQUIRETLS", "MT-PRIORITY" };
	const struct jmap *j = jmap_of(r);
	auto_buf s = BUF_INIT(64);
	int64_t now = loop_wall(j->loop);

	out_put_u64(b, "maxDelayedSend", j->hold_longest_s);
	out_name(b, "submissionExtensions");
	out_open(b, '{');
	if (j->hold_longest_s > 0) {
		out_name(b, "FUTURERELEASE");
		out_open(b, '[');
		buf_printf(&s, "%u", j->hold_longest_s);
		out_str(b, buf_get(&s));
		header_put_utc(b, now - now % DAY_S + j->hold_longest_s);
		out_close(b, ']');
	}
	for (size_t i = 0; i < NELEM(plain); i++) {
		out_name(b, plain[i]);
		out_open(b, '[');
		out_close(b, ']');
	}
	out_name(b, "DELIVERBY");
	out_open(b, '[');
	buf_reset(&s);
	buf_printf(&s, "%u", j->least_by_s);
	if (j->least_by_s > 0)
		out_str(b, buf_get(&s));
	out_close(b, ']');
	out_close(b, '}');
}

/* Where they came is where they find the rest. */
static void
put_url(struct buf *b, const char *name, const struct http_request *r,
    const char *scheme, const char *path)
{
	auto_buf url = BUF_INIT(1024);

	buf_printf(&url, "%s%s://%.*s%s", scheme, http_is_tls(r) ? "s" : "",
	    STR_FMT(r->head.host), path);
	out_put_str(b, name, buf_get(&url));
}

/* RFC 8887 3 */
static void
put_websocket(struct buf *b, const struct http_request *r)
{
	put_url(b, "url", r, "ws", "/jmap/ws/");
	out_put_bool(b, "supportsPush", true);
}

/* In the server's capabilities, and in those of an account (NULL: it is none
 * that accounts have). */
static const struct {
	const char *name;
	void (*server)(struct buf *b, const struct http_request *r);
	void (*account)(struct buf *b, const struct http_request *r);
} capabilities[] = {
	{ CAP_CORE, put_core, NULL },
	{ CAP_MAIL, put_nothing, put_mail },
	{ CAP_SUBMISSION, put_nothing, put_submission },
	{ CAP_QUOTA, put_nothing, put_nothing },
	{ CAP_VACATION, put_nothing, put_nothing },
	{ CAP_WEBSOCKET, put_websocket, NULL },
};

bool
capability_known(struct str name)
{
	for (size_t i = 0; i < NELEM(capabilities); i++)
		if (str_eq(name, str_c(capabilities[i].name)))
			return true;
	return false;
}

static void
put_capabilities(struct buf *b, const struct http_request *r, bool of_account)
{
	out_open(b, '{');
	for (size_t i = 0; i < NELEM(capabilities); i++) {
		void (*put)(struct buf *, const struct http_request *) =
		    of_account ? capabilities[i].account :
		    capabilities[i].server;

		if (!put)
			continue;
		out_name(b, capabilities[i].name);
		out_open(b, '{');
		put(b, r);
		out_close(b, '}');
	}
	out_close(b, '}');
}

static void
put_account(struct buf *b, const struct http_request *r)
{
	out_open(b, '{');
	out_put_str(b, "name", str_c(r->account->address));
	out_put_bool(b, "isPersonal", true);
	out_put_bool(b, "isReadOnly", false);
	out_name(b, "accountCapabilities");
	put_capabilities(b, r, true);
	out_close(b, '}');
}

void
session_put(struct buf *b, const struct http_request *r,
    const struct person *p)
{
	out_name(b, "capabilities");
	put_capabilities(b, r, false);
	out_name(b, "accounts");
	out_open(b, '{');
	out_name(b, p->id);
	put_account(b, r);
	out_close(b, '}');
	out_name(b, "primaryAccounts");
	out_open(b, '{');
	for (size_t i = 0; i < NELEM(capabilities); i++)
		if (capabilities[i].account)
			out_put_str(b, capabilities[i].name, str_c(p->id));
	out_close(b, '}');
	out_put_str(b, "username", str_c(r->account->address));
	put_url(b, "apiUrl", r, "http", "/jmap/api/");
	put_url(b, "downloadUrl", r, "http",
	    "/jmap/download/{accountId}/{blobId}/{name}?accept={type}");
	put_url(b, "uploadUrl", r, "http", "/jmap/upload/{accountId}/");
	put_url(b, "eventSourceUrl", r, "http",
	    "/jmap/eventsource/?types={types}&closeafter={closeafter}"
	    "&ping={ping}");
}

static void
state_of(struct str text, char state[9])
{
	(void)snprintf(state, 9, "%08x", crc32c(0, text.p, text.n));
}

void
session_state(const struct http_request *r, const struct person *p,
    char state[9])
{
	auto_buf b = BUF_INIT(SESSION_MAX);

	session_put(&b, r, p);
	state_of(buf_get(&b), state);
}

/* GET /.well-known/jmap                                    RFC 8620 2, 2.2 */
struct http_answer
jmap_session(struct http_request *r)
{
	auto_buf b = BUF_INIT(SESSION_MAX);
	const struct person *p = person_of(r);
	char state[9];

	session_state(r, p, state);
	out_open(&b, '{');
	session_put(&b, r, p);
	out_put_str(&b, "state", str_c(state));
	out_close(&b, '}');
	bug_if(buf_failed(&b));
	return (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(&b)) };
}
