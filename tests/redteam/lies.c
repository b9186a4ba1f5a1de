/*
 * lies.c - answers that relay gets from a hostile store or resolver. Whatever
 * they say, relay lives: the test looks whether it died.
 */
#include "asks.h"

enum { LIES_MAX_MS = 25000, LIES_WANTED = 40, TEXT_MAX = 150000 };

/* Frames that do not fit are frames.c's; these fit, and make no sense. */

static struct str
garbage(struct attack *a, size_t n)
{
	char *p = arena_alloc(a->memory, n);

	loop_random(a->role->loop, p, n);
	return str_make(p, n);
}

static struct str
repeat(struct attack *a, char c, size_t n)
{
	char *p = arena_alloc(a->memory, n);

	memset(p, c, n);
	return str_make(p, n);
}

/* resolver ---------------------------------------------------------------- */

static void
put_record(struct buf *b, uint32_t preference, struct str data)
{
	msg_put(b, &dns_record_shape,
	    &(struct dns_record){ preference, data });
}

static void
lying_records(struct attack *a, unsigned n, struct buf *b)
{
	static const char *const names[] = { "\0\0\0", "a\r\nRCPT TO:<x>",
		"[127.0.0.1]", "-", ".", "..", "a.", "\xff\xfe", "127.0.0.1" };

	switch (n % 8) {
	case 0:
		buf_str(b, garbage(a, 65000));
		break;
	case 1:
		put_record(b, 0, repeat(a, 'a', 64900));
		break;
	case 2: /* cut off */
		put_record(b, 0, repeat(a, 'a', 300));
		b->n = 9;
		break;
	case 3: /* addresses that are too short, too long, nobody's */
		for (size_t i = 0; i < 40; i++)
			put_record(b, 0, repeat(a, (char)i, i));
		break;
	case 4:
		for (size_t i = 0; i < NELEM(names); i++)
			put_record(b, UINT32_MAX - (uint32_t)i,
			    str_make(names[i], i ? strlen(names[i]) : 3));
		break;
	case 5:
		while (b->n < 64000)
			put_record(b, (uint32_t)b->n, STR("mx.lies.test"));
		break;
	case 6:
		put_record(b, 0, STR(""));
		put_record(b, 1, STR("mx.lies.test"));
		break;
	default:
		put_record(b, 0, STR("\x7f\0\0\1"));
		put_record(b, 0, repeat(a, '\0', 16));
	}
}

static void
lie_dns(void *owner, struct ipc_req *req)
{
	struct attack *a = owner;
	unsigned n = a->lies++;
	auto_buf records = BUF_INIT(65000);
	struct lookup_answer answer = { .result = DNS_OK };

	if (n % 5 < 4)
		lying_records(a, n / 2, &records);
	answer.records = buf_get(&records);
	answer.result = n % 7 == 6 ? n : n % 11 == 10 ? UINT32_MAX : DNS_OK;
	answer.security = n % 3 == 2 ? 99 : DNS_SECURE;
	answer.ttl = UINT32_MAX;
	answer.name = n % 2 ? repeat(a, '\xff', 255) : STR("");
	answer.canonical = n % 3 ? repeat(a, '.', 255) : STR("a\r\nb");
	answer.why = repeat(a, n % 2 ? '\x1b' : '\xff', 300);
	ipc_reply(req, &answer, -1);
}

/* store ------------------------------------------------------------------- */

static struct queue_item
lying_item(struct attack *a, unsigned n, struct buf *rcpts)
{
	struct queue_rcpt rcpt = { .n = n, .address = STR("x@lies.test"),
		.outcome = n % 9, .code = UINT32_MAX, .last = INT64_MIN,
		.status = repeat(a, '9', 12), .text = repeat(a, '\xff', 999),
		.host = repeat(a, '\n', 255), .notify = UINT32_MAX,
		.orcpt = STR("rfc822;+"), .attempts = UINT32_MAX };

	if (n % 4 == 0)
		buf_str(rcpts, garbage(a, 150000));
	else if (n % 4 == 1)
		rcpt.address = repeat(a, '\r', 320);
	while (n % 4 == 2 && rcpts->n < 149000) {
		struct queue_rcpt same = { .address = STR("x@lies.test") };

		msg_put(rcpts, &queue_rcpt_shape, &same);
	}
	if (n % 4 & 1)
		msg_put(rcpts, &queue_rcpt_shape, &rcpt);
	return (struct queue_item){ .lease = n % 3, .message = UINT64_MAX,
		.reverse_path = n % 5 ? STR("alice@example.test") :
		    repeat(a, '\n', 320),
		.size = n % 2 ? UINT64_MAX : n, .queued = INT64_MIN,
		.expires = INT64_MAX, .ret = n, .smtputf8 = n % 2 ? 99 : 0,
		.envid = repeat(a, '+', 100),
		.signature = n % 2 ? repeat(a, '\0', 8192) : STR(""),
		.rcpts = buf_get(rcpts) };
}

static void
lie_take(struct attack *a, struct ipc_req *req)
{
	unsigned n = a->lies++;
	auto_buf items = BUF_INIT(MSG_CHUNK), rcpts = BUF_INIT(TEXT_MAX);
	struct queue_item item = lying_item(a, n, &rcpts);
	struct take_answer answer = { .again = 1 };

	if (n % 6 == 5)
		buf_str(&items, garbage(a, 190000));
	else
		msg_put(&items, &queue_item_shape, &item);
	for (size_t i = 0; n % 6 == 4 && i < 20; i++)
		msg_put(&items, &queue_item_shape, &(struct queue_item){ 0 });
	answer.kind = n % 3 == 2 ? TAKE_REPORT : n % 13 == 12 ? 99 :
	    TAKE_DELIVER;
	answer.destination = n % 7 == 6 ? repeat(a, '\xff', 255) :
	    n % 7 == 5 ? STR("") : STR("lies.test");
	answer.items = buf_get(&items);
	ipc_reply(req, &answer, -1);
}

/* A text that never ends, ends too soon, is too long, unpacks to too much. */
static void
lie_content(struct attack *a, struct ipc_req *req)
{
	static const char chunk[] = "\0\0\0\0\xff\xff\xff\xff\2\0\0\0\r\n",
	    packed[] = "\1\0\0\0\0\0\2\0\4\0\0\0\x28\xb5\x2f\xfd";
	unsigned n = a->texts++;
	struct queue_content_answer answer = { STR(""), UINT64_MAX };

	if (n % 5 == 0)
		answer.octets = garbage(a, MSG_CHUNK);
	else if (n % 5 == 1)
		answer.octets = str_make(chunk, sizeof(chunk) - 1);
	else if (n % 5 == 2)
		answer.octets = str_make(packed, sizeof(packed) - 1);
	else if (n % 5 == 3)
		answer.total = 3;
	ipc_reply(req, &answer, -1);
}

static void
lie_store(void *owner, struct ipc_req *req)
{
	struct attack *a = owner;

	if (req->call->index == STORE_take)
		lie_take(a, req);
	else if (req->call->index == STORE_queue_content)
		lie_content(a, req);
	else if (!req->call->answer)
		ipc_drop(req);
	else
		ipc_fail(req, -1 - (int)(a->refusals++ % 20),
		    "\x1b[31mlies\r\n");
}

static void
gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
}

static const struct ipc_service to_all = { .gone = gone };
static const struct ipc_service to_relay[] = {
	{ store_calls, STORE_NCALLS, lie_store, gone },
	{ dns_calls, DNS_NCALLS, lie_dns, gone },
};

void
lies_options(struct attack *a, enum role_kind kind, struct ipc_options *o)
{
	bool store = a->real->kind == ROLE_STORE;

	*o = (struct ipc_options){ .service = &to_all, .owner = a };
	if (kind != ROLE_RELAY || a->real->kind == ROLE_ERRAND)
		return;
	o->service = &to_relay[!store];
	o->authority = store ? AUTH_RELAY : DNS_AUTH_ROLE;
}

void
lies_wait(struct attack *a, const char *what)
{
	int64_t until = loop_now_ms(a->role->loop) + LIES_MAX_MS;
	char how[64];

	log_event(a->role->log, LOG_INFO, "lies");
	while (a->lies < LIES_WANTED && loop_now_ms(a->role->loop) < until)
		(void)fiber_sleep(a->role->loop,
		    loop_now_ms(a->role->loop) + 20);
	(void)snprintf(how, sizeof(how), "%u lies, %u texts", a->lies,
	    a->texts);
	attempt(a, what, a->lies >= LIES_WANTED, how);
}
