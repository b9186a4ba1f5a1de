#include "mail/thread_keys.h"

#include "base/fnv.h"
#include "mime/fold.h"
#include "store/messages.h"

enum { SUBJECT_OCTETS = 2048 };

/* What programs of other languages write for "Re" and "Fwd", which RFC 5256
 * does not know; folded. */
static struct str
without_answers(struct str subject)
{
	static const char *const t[] = { "re:", "fw:", "fwd:", "aw:", "antw:",
		"wg:", "sv:", "vs:", "vb:", "tr:", "rif:", "res:", "enc:",
		"odp:", "rv:", " " };
	size_t i = 0;

	while (i < NELEM(t)) {
		if (str_starts(subject, str_c(t[i]))) {
			subject = str_from(subject, strlen(t[i]));
			i = 0;
		} else {
			i++;
		}
	}
	return subject;
}

static void
put_key(uint64_t subject, struct str id, struct buf *out)
{
	if (id.n && out->n < 8 * THREAD_KEYS_MAX)
		buf_le64(out, fnv_1a(subject, id));
}

void
thread_keys(const struct facts *f, struct buf *out)
{
	auto_buf subject = BUF_INIT(8 * SUBJECT_OCTETS);
	struct str ids, id, last[THREAD_KEYS_MAX];
	uint64_t start;
	size_t n = 0, i;

	fold_text(&subject, str_first(f->base_subject, SUBJECT_OCTETS));
	/* Who finds two texts that meet has put his message into a
	 * conversation that he could have named. */
	start = fnv_1a(FNV_1A, without_answers(buf_get(&subject)));
	put_key(start, f->message_id, out);
	for (ids = f->in_reply_to; facts_next_text(&ids, &id);)
		put_key(start, id, out);
	/* The nearest are the last. */
	for (ids = f->references; facts_next_text(&ids, &id); n++)
		last[n % THREAD_KEYS_MAX] = id;
	for (i = 0; i < n && i < THREAD_KEYS_MAX; i++)
		put_key(start, last[(n - 1 - i) % THREAD_KEYS_MAX], out);
}
