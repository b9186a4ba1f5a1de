/*
 * dialogue_queue.c - MAIL, OPERATOR and RESTART: what happens in here.
 */
#include "dialogue.h"
#include "store/blob.h"

static uint32_t
notify_of(struct str value)
{
	static const char *const names[] = { "never", "success", "failure",
		"delay" };
	uint32_t bits = 0;
	struct str one;

	while (value.n > 0) {
		(void)str_cut(value, ',', &one, &value);
		for (size_t i = 0; i < NELEM(names); i++)
			if (str_eq(one, str_c(names[i])))
				bits |= 1u << i;
	}
	return bits;
}

/* The text of the block, or a short one. */
static void
put_text(struct blob_writer *b)
{
	if (D.from == D.to)
		(void)blob_write(b, STR("Subject: hello\r\n\r\nHello\r\n"),
		    &D.w.err);
	for (size_t i = D.from; i < D.to; i++) {
		(void)blob_write(b, block_line(i), &D.w.err);
		(void)blob_write(b, STR("\r\n"), &D.w.err);
	}
}

static void
put_handle(struct buf *handles, struct str address, uint32_t notify)
{
	const struct rcpt_ask r = { .address = address, .notify = notify };
	struct rcpt_answer answer;

	if (store_call(D.w.alice, STORE_rcpt, &r, &answer, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "rcpt: %s", D.w.err.text);
	buf_le64(handles, answer.handle);
}

static void
submit(struct submit_ask s, uint32_t notify, struct str rcpts)
{
	struct blob_writer *b = blob_writer_new(D.w.alice, 0);
	auto_buf handles = BUF_INIT(8 * 2000);
	struct submit_answer answer;
	struct blob_ref blob;

	while (rcpts.n > 0) {
		struct str word = word_of(&rcpts), local, domain, times;

		if (str_chr(word, '=') < word.n ||
		    str_chr(word, '@') == word.n)
			continue;
		(void)str_cut(word, '@', &local, &domain);
		if (!str_cut(local, '#', &local, &times)) {
			put_handle(&handles, word, notify);
			continue;
		}
		for (uint32_t i = 0; i < number_of(times); i++)
			put_handle(&handles, arena_printf(D.w.mem,
			    "%.*s%u@%.*s", STR_FMT(local), i,
			    STR_FMT(domain)), notify);
	}
	put_text(b);
	if (blob_finish(b, &blob, &D.w.err) < 0)
		fail_at(D.at, "blob: %s", D.w.err.text);
	s.change = store_change_id(D.w.alice);
	s.handles = buf_get(&handles);
	s.stage = blob.stage;
	s.octets = blob.octets;
	s.raw_size = blob.raw_size;
	if (store_call(D.w.alice, STORE_submit, &s, &answer, D.w.mem,
	    &D.w.err) < 0)
		fail_at(D.at, "submit: %s", D.w.err.text);
	blob_writer_free(b);
}

/* 2h;R, or -1h;NT */
static void
by_of(struct submit_ask *s, struct str value)
{
	struct str time, mode;
	int64_t left_s;

	(void)str_cut(value, ';', &time, &mode);
	left_s = time.p[0] == '-' ? -ms_of(str_from(time, 1)) / 1000 :
	    ms_of(time) / 1000;
	s->deliver_by = loop_wall(D.w.loop) + left_s;
	s->by_mode = str_starts(mode, STR("R")) ? BY_return : BY_notify;
	s->by_mode |= mode.n > 1 ? BY_trace : 0;
}

void
do_mail(struct str rcpts)
{
	struct submit_ask s = { .reverse_path = STR("alice@example.test"),
		.message_id = STR("<hello@example.test>") };
	uint32_t notify = 0, times = 1;
	struct str rest = rcpts, word, name, value;

	while (rest.n > 0) {
		word = word_of(&rest);
		if (str_eq(word, STR("signed")))
			s.signature = STR("DKIM-Signature: x\r\n");
		if (str_eq(word, STR("report")))
			s.reverse_path = STR_NULL;
		if (!str_cut(word, '=', &name, &value))
			continue;
		if (str_eq(name, STR("notify")))
			notify = notify_of(value);
		else if (str_eq(name, STR("ret")))
			s.ret = str_eq(value, STR("full")) ? RET_full :
			    RET_headers;
		else if (str_eq(name, STR("envid")))
			s.envid = value;
		else if (str_eq(name, STR("for")))
			s.hold_for = (uint32_t)(ms_of(value) / 1000);
		else if (str_eq(name, STR("until")))
			s.hold_until = loop_wall(D.w.loop) +
			    ms_of(value) / 1000;
		else if (str_eq(name, STR("tls")))
			s.require_tls = str_eq(value, STR("yes")) ?
			    REQUIRE_TLS_yes : REQUIRE_TLS_no;
		else if (str_eq(name, STR("priority")))
			s.priority = number_of(value);
		else if (str_eq(name, STR("by")))
			by_of(&s, value);
		else if (str_eq(name, STR("times")))
			times = number_of(value);
		else
			fail_at(D.at, "no such word of MAIL");
	}
	while (times-- > 0)
		submit(s, notify, rcpts);
}

void
do_operator(struct str rest)
{
	static const char *const names[] = { [QUEUE_RETRY] = "retry",
		[QUEUE_HOLD] = "hold", [QUEUE_RELEASE] = "release",
		[QUEUE_DROP] = "drop" };
	struct str action = word_of(&rest);
	struct queue_change_ask ask = { .domain = rest,
		.change = store_change_id(D.w.alice) };
	uint32_t message;

	if (str_u32(rest, &message)) {
		ask.message = message;
		ask.domain = STR_NULL;
	}
	struct queue_change_answer answer;

	for (uint32_t i = QUEUE_RETRY; i < NELEM(names); i++)
		if (str_eq(action, str_c(names[i])))
			ask.action = i;
	if (queue_world_operator(&D.w, STORE_queue_change, &ask, &answer) < 0)
		fail_at(D.at, "%s", D.w.err.text);
}

void
do_restart(struct str rest unused_arg)
{
	queue_world_restart_store(&D.w);
}
