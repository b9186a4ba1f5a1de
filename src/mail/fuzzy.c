#include "mail/fuzzy.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "mime/words.h"

struct wanted {
	char octets[WORD_OCTETS];
	uint8_t n;
	unsigned best;		/* so far */
};

struct fuzzy {
	struct wanted words[FUZZY_WORDS_MAX];
	size_t n;
	struct words splitting;	/* of the text that comes */
	unsigned worth;
};

/* ---- two words -------------------------------------------------------- */

struct letters {
	uint32_t p[WORD_OCTETS];
	size_t n;
};

/* What is no character is a letter for each octet. */
static struct letters
letters_of(struct str s)
{
	struct letters l = { .n = 0 };

	while (s.n > 0 && l.n < WORD_OCTETS) {
		size_t n = str_utf8_char(s, &l.p[l.n]);

		if (n == 0)
			l.p[l.n] = (unsigned char)s.p[0];
		l.n++;
		s = str_from(s, n ? n : 1);
	}
	return l;
}

/* What is between that which both begin and end with is a letter at most, or
 * two neighbours. */
static bool
is_near(struct str wanted, struct str word)
{
	struct letters a, b;
	size_t i = 0;

	if (word.n > wanted.n + 4 || wanted.n > word.n + 4)
		return false;
	a = letters_of(wanted);
	b = letters_of(word);
	if (a.n < FUZZY_TYPO_LETTERS || a.n > b.n + 1 || b.n > a.n + 1)
		return false;
	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	while (a.n > i && b.n > i && a.p[a.n - 1] == b.p[b.n - 1]) {
		a.n--;
		b.n--;
	}
	a.n -= i;
	b.n -= i;
	return (a.n <= 1 && b.n <= 1) || (a.n == 2 && b.n == 2 &&
	    a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i]);
}

unsigned
fuzzy_likeness(struct str wanted, struct str word)
{
	if (str_starts(word, wanted))
		return word.n == wanted.n ? FUZZY_SAME : FUZZY_BEGINS;
	return is_near(wanted, word) ? FUZZY_NEAR : 0;
}

/* Two neighbours the other way round may stand in the middle: then, but for
 * the letter there, one half is as it was. */
void
fuzzy_ends(struct str wanted, struct str *head, struct str *tail)
{
	size_t letters = letters_of(wanted).n, at = 0, n;
	uint32_t c;

	*head = wanted;
	*tail = STR_NULL;
	if (letters < FUZZY_TYPO_LETTERS)
		return;
	for (size_t i = 0; i < letters / 2; i++) {
		n = str_utf8_char(str_from(wanted, at), &c);
		at += n ? n : 1;
	}
	*head = str_first(wanted, at);
	n = str_utf8_char(str_from(wanted, at), &c);
	*tail = str_from(wanted, at + (n ? n : 1));
}

/* ---- a text ------------------------------------------------------------ */

static void
add_wanted(void *arg, struct str word)
{
	struct fuzzy *f = arg;
	struct wanted *w;

	if (f->n == FUZZY_WORDS_MAX)
		return;
	w = &f->words[f->n++];
	memcpy(w->octets, word.p, word.n);
	w->n = (uint8_t)word.n;
}

struct fuzzy *
fuzzy_new(struct str text)
{
	struct fuzzy *f = calloc(1, sizeof(*f));

	bug_if(!f);
	words_more(&f->splitting, text, add_wanted, f);
	words_end(&f->splitting, add_wanted, f);
	if (f->n > 0)
		return f;
	free(f);
	return NULL;
}

void
fuzzy_free(struct fuzzy *f)
{
	free(f);
}

void
fuzzy_begin(struct fuzzy *f)
{
	f->splitting = (struct words){ 0 };
	for (size_t i = 0; i < f->n; i++)
		f->words[i].best = 0;
}

size_t
fuzzy_words(const struct fuzzy *f)
{
	return f->n;
}

struct str
fuzzy_word(const struct fuzzy *f, size_t i)
{
	return str_make(f->words[i].octets, f->words[i].n);
}

static void
look_at_word(void *arg, struct str word)
{
	struct fuzzy *f = arg;

	for (size_t i = 0; i < f->n; i++) {
		unsigned likeness;

		if (f->words[i].best >= f->worth)
			continue;
		likeness = fuzzy_likeness(fuzzy_word(f, i), word) * f->worth /
		    100;
		if (likeness > f->words[i].best)
			f->words[i].best = likeness;
	}
}

void
fuzzy_text(struct fuzzy *f, struct str text, unsigned worth)
{
	f->worth = worth;
	words_more(&f->splitting, text, look_at_word, f);
}

void
fuzzy_text_end(struct fuzzy *f, unsigned worth)
{
	f->worth = worth;
	words_end(&f->splitting, look_at_word, f);
}

unsigned
fuzzy_score(const struct fuzzy *f)
{
	unsigned sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->words[i].best == 0)
			return 0;
		sum += f->words[i].best;
	}
	return sum / (unsigned)f->n;
}
