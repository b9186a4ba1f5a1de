#include "carry/maildir_name.h"

#include "store/messages.h"

bool
is_keyword(struct str s)
{
	if (s.n == 0 || s.n > MAILDIR_KEYWORD_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    memchr("(){%*\"\\]", s.p[i], 8))
			return false;
	return true;
}

/* Where ":2," begins, or the end. */
static size_t
info_at(struct str file)
{
	for (size_t i = file.n; i-- > 0;)
		if ((file.p[i] == ':' || file.p[i] == ';' ||
		    file.p[i] == '!') &&
		    str_starts(str_from(file, i + 1), STR("2,")))
			return i;
	return file.n;
}

static uint32_t
flag_of(char letter)
{
	switch (letter) {
	case 'D': return FLAG_draft;
	case 'F': return FLAG_flagged;
	case 'R': return FLAG_answered;
	case 'S': return FLAG_seen;
	case 'T': return FLAG_deleted;
	}
	return 0;
}

struct maildir_name
maildir_name_read(struct str file, const struct maildir_keywords *k,
    struct arena *a)
{
	size_t info = info_at(file);
	struct maildir_name m = { .base = str_first(file, info) };
	auto_buf words = BUF_INIT(8192);
	uint64_t at;

	for (size_t i = info + 3; i < file.n; i++) {
		char c = file.p[i];
		const char *word = c == 'P' ? "$Forwarded" :
		    c >= 'a' && c <= 'z' ? k->name[c - 'a'] : "";

		m.flags |= flag_of(c);
		if (*word && words.n)
			buf_chr(&words, ' ');
		buf_str(&words, str_c(word));
	}
	m.keywords = str_dup(a, buf_get(&words));
	if (str_u64(str_first(m.base, str_chr(m.base, '.')), &at) &&
	    at > 0 && at < (uint64_t)1 << 34)
		m.at = (int64_t)at;
	return m;
}

void
maildir_keywords_read(struct str text, struct maildir_keywords *k)
{
	struct str line, number, word;
	uint32_t n;

	*k = (struct maildir_keywords){ 0 };
	while (text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		if (!str_cut(str_trim(line), ' ', &number, &word) ||
		    !str_u32(number, &n) || n >= MAILDIR_KEYWORDS ||
		    !is_keyword(word))
			continue;
		memcpy(k->name[n], word.p, word.n);
		k->name[n][word.n] = '\0';
	}
}
