/*
 * judge_scan.c - ClamAV and rspamd are shown a message, by errand.
 *
 * mx may dial nobody: the text goes to a file in memory, which errand is given.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "errand/messages.h"
#include "smtp/judge_int.h"

enum {
	SHOWN_MAX = 256 << 20,	/* of all messages of this process */
};

/* ---- the text ------------------------------------------------------------ */

static bool
is_asked(const struct smtp_judge *judge)
{
	return judge->scan && (judge->scans.clamav || judge->scans.rspamd);
}

void
judge_show_begin(struct judging *j)
{
	j->shown.fd = -1;
	if (!is_asked(j->judge))
		return;
	j->shown.fd = memfd_create("message", MFD_CLOEXEC);
	if (j->shown.fd < 0)
		j->shown.why = "no file for it";
}

static void
give_back(struct judging *j)
{
	if (j->shown.fd < 0)
		return;
	(void)close(j->shown.fd);
	*j->judge->shown -= j->shown.size;
	j->shown.fd = -1;
	j->shown.size = 0;
}

static void
show_no_more(struct judging *j, const char *why)
{
	give_back(j);
	j->shown.why = why;
}

void
judge_show(struct judging *j, struct str octets)
{
	struct shown *s = &j->shown;

	if (s->fd < 0)
		return;
	if (s->size + octets.n > j->judge->scans.most) {
		show_no_more(j, "too long");
		s->too_long = true;
		return;
	}
	if (*j->judge->shown + octets.n > SHOWN_MAX) {
		show_no_more(j, "too many at once");
		return;
	}
	while (octets.n > 0) {
		ssize_t n = write(s->fd, octets.p, octets.n);

		if (n <= 0) {
			show_no_more(j, "no memory for it");
			return;
		}
		s->size += (uint64_t)n;
		*j->judge->shown += (uint64_t)n;
		octets = str_from(octets, (size_t)n);
	}
}

void
judge_show_end(struct judging *j)
{
	give_back(j);
}

/* ---- what they say ------------------------------------------------------- */

/* False: it has not looked, which is in the findings. */
static bool
ask_one(struct evidence *e, enum scan_kind kind, const char *away,
    struct scan_answer *answer)
{
	const struct smtp_judge *judge = e->j->judge;
	const struct judge_ask *from = &e->j->ask;
	struct scan_ask ask = { .kind = kind, .size = e->j->shown.size,
		.peer = str_first(from->peer, 64),
		.helo = str_first(from->helo, 255),
		.reverse_path = str_first(from->reverse_path, 512),
		.rcpts = str_first(from->rcpts, SCAN_RCPTS) };
	struct err err = { 0 };
	int64_t until_ms = loop_now_ms(judge->loop) +
	    ((int64_t)judge->scans.time_s + 5) * 1000;

	if (judge->scan(judge->errand, &ask, e->j->shown.fd, answer, e->a,
	    until_ms, &err) < 0)
		*answer = (struct scan_answer){ .result = SCAN_AWAY,
			.why = STR("errand does not answer") };
	if (answer->result != SCAN_AWAY)
		return true;
	log_event(loop_log(judge->loop), LOG_WARN, "scanner_away",
	    F_STR("which", kind == SCAN_CLAMAV ? STR("clamav") :
	    STR("rspamd")), F_STR("error", answer->why));
	findings_add(&e->findings, away, 0, answer->why);
	e->scanned.wait |= judge->scans.wait;
	return false;
}

static void
ask_clamav(struct evidence *e)
{
	struct scan_answer answer;

	if (!ask_one(e, SCAN_CLAMAV, "clamav-away", &answer) ||
	    answer.result != SCAN_FOUND)
		return;
	e->scanned.virus = answer.why;
	e->scanned.then = e->j->judge->scans.virus;
	findings_add(&e->findings, "virus", 0, answer.why);
}

static void
ask_rspamd(struct evidence *e)
{
	struct scan_answer answer;
	enum attached_then then;

	if (!ask_one(e, SCAN_RSPAMD, "rspamd-away", &answer))
		return;
	then = answer.wish == SCAN_REFUSE ? ATTACHED_REFUSE :
	    answer.wish == SCAN_JUNK ? ATTACHED_JUNK : ATTACHED_MARK;
	if (then > e->scanned.then)
		e->scanned.then = then;
	findings_add(&e->findings, "rspamd", (int)answer.tenths, answer.why);
}

/* Not where somebody's word decides whatever they say. */
void
judge_scan(struct evidence *e)
{
	const struct judging *j = e->j;

	if (!is_asked(j->judge) || e->policy.act == POLICY_ALLOW ||
	    e->policy.act == POLICY_REFUSE)
		return;
	if (j->shown.fd < 0) {
		findings_add(&e->findings, "not-scanned", 0,
		    str_c(j->shown.why));
		e->scanned.wait = j->judge->scans.wait && !j->shown.too_long;
		return;
	}
	if (j->judge->scans.clamav)
		ask_clamav(e);
	if (j->judge->scans.rspamd && e->scanned.virus.n == 0)
		ask_rspamd(e);
	judge_show_end(e->j);
}
