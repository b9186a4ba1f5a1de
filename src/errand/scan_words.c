#include "errand/scan_words.h"

#include "rt/json.h"

enum { SYMBOLS = 4, SYMBOL_MAX = 40 };

void
scan_is_away(struct scan_answer *out, struct str why, struct arena *a)
{
	*out = (struct scan_answer){ .result = SCAN_AWAY,
		.why = str_printable(a, why, SCAN_WHY) };
}

/* ---- clamd --------------------------------------------------------------- */

void
scan_read_clamav(struct str said, struct arena *a, struct scan_answer *out)
{
	const struct str stream = STR("stream: "), found = STR(" FOUND");
	struct str what;

	*out = (struct scan_answer){ .result = SCAN_CLEAN };
	if (!str_starts(said, stream)) {
		scan_is_away(out, said.n ? said : STR("no answer"), a);
		return;
	}
	what = str_from(said, stream.n);
	if (str_eq(what, STR("OK")))
		return;
	if (what.n <= found.n || !str_endsi(what, found)) {
		scan_is_away(out, said, a);
		return;
	}
	out->result = SCAN_FOUND;
	out->why = str_printable(a, str_first(what, what.n - found.n),
	    SCAN_WHY);
}

/* ---- rspamd -------------------------------------------------------------- */

struct symbol {
	struct str name;
	double score;
};

/* Those with the most points, the highest first. */
static size_t
highest_symbols(json_t *symbols, struct symbol top[SYMBOLS])
{
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach(symbols, name, value) {
		struct symbol s = { str_c(name),
			json_number_value(json_object_get(value, "score")) };
		size_t at = n;

		if (!(s.score > 0) || s.name.n > SYMBOL_MAX)
			continue;
		while (at > 0 && top[at - 1].score < s.score)
			at--;
		if (at == SYMBOLS)
			continue;
		n += n < SYMBOLS;
		for (size_t i = n - 1; i > at; i--)
			top[i] = top[i - 1];
		top[at] = s;
	}
	return n;
}

static struct str
symbols_of(json_t *answer, struct arena *a)
{
	auto_buf b = BUF_INIT(SYMBOLS * (SYMBOL_MAX + 1));
	struct symbol top[SYMBOLS];
	size_t n = highest_symbols(json_object_get(answer, "symbols"), top);

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", STR_FMT(top[i].name));
	return str_printable(a, buf_get(&b), SCAN_WHY);
}

/* Its score, whatever number it is. */
static int64_t
tenths_of(double points)
{
	if (!(points > -SCAN_TENTHS_MAX / 10))	/* nor is it NaN */
		return -SCAN_TENTHS_MAX;
	if (points > SCAN_TENTHS_MAX / 10)
		return SCAN_TENTHS_MAX;
	return (int64_t)(points * 10);
}

/* "soft reject" and "greylist" want it to come again: who has to wait is
 * known here (policy/policy.h). */
static enum scan_wish
wish_of(struct str action)
{
	if (str_eq(action, STR("reject")))
		return SCAN_REFUSE;
	return str_eq(action, STR("add header")) ||
	    str_eq(action, STR("rewrite subject")) ||
	    str_eq(action, STR("quarantine")) ? SCAN_JUNK : SCAN_TAKE;
}

void
scan_read_rspamd(struct str said, struct arena *a, struct scan_answer *out)
{
	json_t *answer = json_take(said);
	struct str action;

	*out = (struct scan_answer){ .result = SCAN_FOUND };
	if (!json_is_object(answer) ||
	    !json_text_of(answer, "action", &action) ||
	    !json_is_number(json_object_get(answer, "score"))) {
		scan_is_away(out, STR("its answer makes no sense"), a);
	} else {
		out->wish = wish_of(action);
		out->tenths = tenths_of(json_number_value(
		    json_object_get(answer, "score")));
		out->why = symbols_of(answer, a);
	}
	json_decref(answer);
}

struct field_list {
	const char **fields;
	size_t n;
	struct arena *a;
};

static void
add_field(struct field_list *l, const char *name, struct str value)
{
	if (value.n > 0 && str_is_printable(value) && l->n < SCAN_FIELDS)
		l->fields[l->n++] = str_dupz(l->a, arena_printf(l->a,
		    "%s: %.*s", name, STR_FMT(value)));
}

size_t
scan_fields(const struct scan_ask *ask, struct arena *a,
    const char *fields[SCAN_FIELDS])
{
	struct field_list l = { fields, 0, a };
	struct str rest = ask->rcpts;

	add_field(&l, "IP", ask->peer);
	add_field(&l, "Helo", ask->helo);
	add_field(&l, "From", ask->reverse_path);
	while (rest.n > 0) {
		struct str rcpt = str_first(rest, str_chr(rest, '\n'));

		add_field(&l, "Rcpt", rcpt);
		rest = str_from(rest, rcpt.n + 1);
	}
	return l.n;
}
