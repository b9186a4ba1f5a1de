#include "store/policy/answers.h"

#include "store/policy/memory.h"

enum { TELLING_OCTETS = 14, TELLING_TURNS = 5, TELLING_DIGITS = 3 };

enum letter { NO_LETTER, DIGIT, SMALL, CAPITAL };

static enum letter
letter_of(char c)
{
	if (ascii_is_digit(c))
		return DIGIT;
	if (!ascii_is_alnum(c))
		return NO_LETTER;
	return c >= 'a' ? SMALL : CAPITAL;
}

bool
answers_can_tell(struct str id)
{
	enum letter last = NO_LETTER, now;
	size_t n = 0, turns = 0, digits = 0;

	for (size_t i = 0; i < id.n && id.p[i] != '@'; i++) {
		now = letter_of(id.p[i]);
		if (now == NO_LETTER)
			continue;
		n++;
		turns += last != NO_LETTER && now != last;
		digits += last != NO_LETTER && now != last &&
		    (now == DIGIT || last == DIGIT);
		last = now;
	}
	return n >= TELLING_OCTETS && turns >= TELLING_TURNS &&
	    digits >= TELLING_DIGITS;
}

static struct str
sent(struct arena *a, struct str id)
{
	return memory_key(a, STR("sent"), id, STR_NULL);
}

int
answers_sent(struct engine *e, uint64_t account, struct str id,
    struct err *err)
{
	if (id.n > ANSWERS_ID_MAX || !answers_can_tell(id))
		return 0;
	return memory_keep(e, MEMORY_sent, account, sent(e->arena, id), err);
}

int
answers_find(struct sql *q, struct arena *a, uint64_t account,
    struct str ids, int64_t now_s, int64_t *at_s, struct err *err)
{
	struct str id;
	int rc = 0;

	for (size_t n = 0; n < ANSWERS_IDS && ids.n > 0 && rc == 0; n++) {
		(void)str_cut(ids, '\n', &id, &ids);
		if (answers_can_tell(id))
			rc = memory_find(q, MEMORY_sent, account, sent(a, id),
			    now_s, at_s, err);
	}
	return rc;
}

struct str
answers_author(struct arena *a, struct str domain, struct str local)
{
	return memory_key(a, STR("answered"), local, domain);
}
