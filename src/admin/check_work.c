/*
 * check_work.c - the process of checking.h: mx's judge, without an mx.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "admin/checking.h"
#include "dns/client.h"
#include "dns/public_suffix.h"
#include "mail/traits.h"
#include "mime/charset.h"
#include "rt/config.h"
#include "rt/sandbox.h"
#include "smtp/judge.h"
#include "store/client.h"

enum { NOBODY = 65534, WORK_MEM = 64 << 20, ASK_MS = 60000,
	TEXT_MAX = 512 << 20 };

struct check_work {
	struct loop *loop;
	struct ipc *command;
	struct arena *a;
	struct check_begin_answer todo;
	struct config config;
	struct smtp_judge judge;
	struct judging *judging;
	struct mime_scan *scan;	/* for what it brings */
	int text;
	char last;		/* octet of the text; 0: none yet */
	struct check_finish_ask out;
	struct err err;
};

static int
ask(struct check_work *w, enum check_call which, const void *what,
    void *answer, int *fd)
{
	return ipc_call(w->command, &check_calls[which], what, -1, answer,
	    w->a, fd, loop_now_ms(w->loop) + ASK_MS, &w->err);
}

static int
get_descriptor(struct check_work *w, enum check_descriptor which, int *fd)
{
	struct check_descriptor_ask what = { which };
	struct check_done done;
	int rc = ask(w, CHECK_descriptor, &what, &done, fd);

	return rc == 0 && *fd < 0 ? err_set(&w->err, E_PROTO,
	    "no descriptor came") : rc;
}

static int
get_all(struct check_work *w)
{
	struct check_begin_ask begin = { 0 };
	int store, dns, rc = ask(w, CHECK_begin, &begin, &w->todo, NULL);

	if (rc == 0 && !msg_whole(w->todo.config, &config_shape, &w->config))
		rc = err_set(&w->err, E_PROTO, "no configuration");
	if (rc == 0)
		rc = get_descriptor(w, CHECK_STORE, &store);
	if (rc < 0)
		return rc;
	w->judge.store = store_new(w->loop, store, NULL, NULL);
	rc = get_descriptor(w, CHECK_DNS, &dns);
	if (rc < 0)
		return rc;
	w->judge.dns = dns_new(w->loop, dns);
	return get_descriptor(w, CHECK_TEXT, &w->text);
}

static void
feed_octets(struct check_work *w, struct str octets)
{
	w->judge.feed(w->judging, octets);
	mime_scan_feed(w->scan, octets);
}

/* With CRLF, as it would come by SMTP. */
static void
feed_lines(struct check_work *w, struct str octets)
{
	while (octets.n > 0) {
		size_t n = str_chr(octets, '\n');

		if (n > 0) {
			feed_octets(w, str_first(octets, n));
			w->last = octets.p[n - 1];
		}
		if (n == octets.n)
			return;
		feed_octets(w, w->last == '\r' ? STR("\n") : STR("\r\n"));
		w->last = '\n';
		octets = str_from(octets, n + 1);
	}
}

static int
feed_text(struct check_work *w)
{
	static char piece[64 << 10];
	uint64_t left = TEXT_MAX;
	ssize_t n;

	while (left > 0) {
		n = read(w->text, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(&w->err, E_IO, "read the message");
		if (n == 0)
			return 0;
		left -= (uint64_t)n < left ? (uint64_t)n : left;
		feed_lines(w, str_make(piece, (size_t)n));
	}
	return err_set(&w->err, E_LIMIT, "that is longer than any message");
}

static void
ask_filter(struct check_work *w, const struct verdict *v)
{
	struct spam_score_ask what = { .traits = v->traits,
		.rcpt = str_first(w->todo.rcpts, str_chr(w->todo.rcpts,
		    '\n')) };
	struct spam_score_answer answer;

	if (v->traits.n == 0 || v->lesson == LESSON_good ||
	    store_call(w->judge.store, STORE_spam_score, &what, &answer, w->a,
		&w->err) < 0)
		return;
	w->out.weighed = true;
	w->out.spam = answer.spam;
	w->out.thousandths = answer.thousandths;
}

static int
judge_it(struct check_work *w)
{
	const struct judge_ask who = { w->todo.peer, w->todo.helo,
		w->todo.from, w->todo.rcpts };
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct mime_watch watch;
	struct verdict v;
	int rc;

	w->judge.loop = w->loop;
	smtp_judge_configure(&w->judge, &w->config);
	w->judge.hostname = w->config.hostname;
	w->judge.unjudged = STR("");
	w->judge.dry = true;
	w->judging = w->judge.begin(&w->judge, &who);
	if (!w->judging)
		return err_set(&w->err, E_INVALID, "no address");
	watch = w->judge.watch(w->judging);
	w->scan = mime_scan_new(w->a, NULL);
	mime_scan_watch(w->scan, &watch);
	rc = feed_text(w);
	if (rc < 0)
		return rc;
	mime_scan_finish(w->scan, &record);
	w->judge.finish(w->judging, w->a, &v);
	w->out = (struct check_finish_ask){ .code = (uint32_t)v.refusal.code,
		.junk = v.junk, .hold = v.hold, .words = v.words,
		.fields = v.fields };
	if (v.refusal.code)
		w->out.reply = str_first(arena_printf(w->a, "%s%s%.*s",
		    v.refusal.enhanced ? v.refusal.enhanced : "",
		    v.refusal.enhanced ? " " : "", STR_FMT(v.refusal.text)),
		    500);
	ask_filter(w, &v);
	return 0;
}

static void
work_fiber(void *arg)
{
	struct check_work *w = arg;
	struct check_done done;
	int rc = get_all(w);

	if (rc == 0)
		rc = judge_it(w);
	if (rc < 0)
		w->out = (struct check_finish_ask){
			.failed = str_first(str_c(w->err.text), 256) };
	_exit(ask(w, CHECK_finish, &w->out, &done, NULL) < 0);
}

static void
command_gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
	_exit(1);	/* nobody is there to tell */
}

no_return void
check_work(int fd)
{
	static const struct ipc_service service = { .gone = command_gone };
	static struct check_work w;
	struct ipc_options o = { .service = &service };
	struct buf missing = BUF_INIT(200);
	struct sandbox walls = { 0 };
	struct clock clock = clock_real();

	charset_prepare();
	public_suffix_prepare();
	if (sandbox_enter(&walls, geteuid() == 0 ? NOBODY : 0, "", &missing,
	    &w.err) < 0) {
		fprintf(stderr, "postern: %s\n", w.err.text);
		_exit(1);
	}
	w.judge = smtp_judge_mx;
	w.a = arena_new(WORK_MEM);
	w.loop = loop_new(&clock, NULL);
	w.command = ipc_open(w.loop, fd, &o, &w.err);
	if (w.command) {
		(void)fiber_spawn(w.loop, "check", work_fiber, &w);
		loop_run(w.loop);
	}
	_exit(1);
}
