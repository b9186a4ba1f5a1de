#include "store/engine/keywords.h"

#include "store/engine/engine_int.h"

/* atom-char of RFC 3501 9, and what is above ASCII for imports. */
static bool
is_word(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    memchr("(){%*\"\\]", s.p[i], 8))
			return false;
	return s.n > 0;
}

/* Take the next word off *rest; false at its end. */
static bool
next_word(struct str *rest, struct str *word)
{
	while (rest->n > 0) {
		(void)str_cut(*rest, ' ', word, rest);
		if (word->n > 0)
			return true;
	}
	return false;
}

static bool
has(struct str set, struct str word)
{
	struct str w;

	while (next_word(&set, &w))
		if (str_eqi(w, word))
			return true;
	return false;
}

static int
add_new(struct buf *b, struct str words, struct str not_in, struct err *err)
{
	struct str w;

	while (next_word(&words, &w)) {
		if (!is_word(w))
			return err_set(err, E_INVALID, "no keyword: %.*s",
			    STR_FMT(str_first(w, 40)));
		if (has(buf_get(b), w) || has(not_in, w))
			continue;
		if (b->n)
			buf_chr(b, ' ');
		buf_str(b, w);
	}
	if (buf_failed(b))
		return err_set(err, E_LIMIT, "too many keywords");
	return 0;
}

int
keywords_union(struct str set, struct str more, struct arena *a,
    struct str *out, struct err *err)
{
	auto_buf b = BUF_INIT(KEYWORDS_MAX);
	int rc;

	if (more.n == 0) {
		*out = set;
		return 0;
	}
	rc = add_new(&b, set, STR_NULL, err);
	if (rc == 0)
		rc = add_new(&b, more, STR_NULL, err);
	if (rc == 0)
		*out = str_dup(a, buf_get(&b));
	return rc;
}

int
keywords_without(struct str set, struct str less, struct arena *a,
    struct str *out, struct err *err)
{
	auto_buf b = BUF_INIT(KEYWORDS_MAX);
	int rc;

	if (set.n == 0 || less.n == 0) {
		*out = set;
		return 0;
	}
	rc = add_new(&b, set, less, err);
	if (rc == 0)
		*out = str_dup(a, buf_get(&b));
	return rc;
}
