#include "trust/arc_chain.h"

#include "mime/lex.h"

struct str
arc_word(enum arc_status status)
{
	static const struct str words[] = { STR("none"), STR("pass"),
		STR("fail") };

	return words[status];
}

/* position = 1*2DIGIT ; 1 - 50                             RFC 8617 3.9 */
static size_t
read_position(struct str digits)
{
	uint32_t n = 0;

	if (digits.n > 2 || !str_u32(digits, &n) || n > ARC_SETS_MAX)
		return 0;
	return n;
}

/* arc-info = instance [CFWS] ";" authres-payload
 * instance = [CFWS] "i" [CFWS] "=" [CFWS] position       RFC 8617 3.9, 4.1.1 */
static size_t
read_results(struct str value, struct str *found)
{
	struct rd r = rd_of(value);
	struct str digits;

	(void)lex_cfws(&r, NULL);
	(void)rd_need(&r, 'i');
	(void)lex_cfws(&r, NULL);
	(void)rd_need(&r, '=');
	(void)lex_cfws(&r, NULL);
	digits = rd_some(&r, ascii_is_digit);
	(void)lex_cfws(&r, NULL);
	(void)rd_need(&r, ';');
	*found = rd_rest(&r);
	return rd_ok(&r) ? read_position(digits) : 0;
}

/* tags_parse() takes what people write for DKIM. */
static bool
has_empty_tag(struct str value)
{
	struct str one;

	while (str_cut(value, ';', &one, &value))
		if (str_trim(one).n == 0)
			return true;
	return false;
}

/* The tags of one of the other two, and its number. */
static size_t
read_tags(struct str value, struct tags *t)
{
	return tags_parse(value, TAGS_STRICT, t) && !has_empty_tag(value) ?
	    read_position(tags_get(t, STR("i"))) : 0;
}

/* h= must not name seals, nor other fields of ARC; of those many old chains
 * and the suite of vectors have some. Without c= both are relaxed: so the suite
 * and everybody else has it, whatever DKIM's default is.   RFC 8617 4.1.2 */
static const char *
read_message(const struct tags *t, struct str value, struct dkim_signature *s)
{
	const char *wrong = dkim_signature_tags(t, value, s);

	if (!wrong)
		wrong = dkim_signature_body_tags(t, s);
	if (!tags_get(t, STR("c")).p)
		s->simple_header = s->simple_body = false;
	if (!wrong && tags_has_word(s->fields, STR("ARC-Seal")))
		wrong = "it signs a seal";
	if (!wrong && s->algorithm == DKIM_RSA_SHA1)
		wrong = "SHA-1 proves nothing";
	return wrong;
}

/* RFC 8617 4.1.3 */
static const char *
read_seal(const struct tags *t, struct str value, struct arc_set *set)
{
	const char *wrong = dkim_signature_tags(t, value, &set->seals);
	struct str cv = tags_get(t, STR("cv"));

	for (set->status = ARC_NONE; set->status <= ARC_FAIL; set->status++)
		if (str_eqi(cv, arc_word(set->status)))
			break;
	if (set->status > ARC_FAIL) {
		set->status = ARC_NONE;
		return "it says nothing of the chain";
	}
	if (!wrong && tags_get(t, STR("h")).p)
		wrong = "a seal names no fields";
	if (!wrong && set->seals.algorithm == DKIM_RSA_SHA1)
		wrong = "SHA-1 proves nothing";
	return wrong;
}

/* One of its fields goes to its place. */
static void
place(struct arc_chain *c, const struct header_field *f)
{
	bool results = str_eqi(f->name, STR("ARC-Authentication-Results"));
	bool seal = str_eqi(f->name, STR("ARC-Seal"));
	struct header_field *to;
	struct arc_set *set;
	struct str found;
	struct tags t;
	size_t i = results ? read_results(f->value, &found) :
	    read_tags(f->value, &t);

	if (i == 0) {
		c->wrong = "a field has no number from 1 to 50";
		return;
	}
	set = &c->set[i - 1];
	to = results ? &set->results : seal ? &set->seal : &set->message;
	if (to->whole.n > 0) {
		c->wrong = "a field is there twice";
		return;
	}
	*to = *f;
	c->n = i > c->n ? i : c->n;
	if (results)
		set->found = found;
	else if (seal)
		set->seal_wrong = read_seal(&t, f->value, set);
	else
		set->message_wrong = read_message(&t, f->value, &set->signs);
}

/* Each set has all three; the first seal has seen no chain, the others one
 * that was good.                                        RFC 8617 5.2, 3 */
static const char *
look_at_set(const struct arc_chain *c, size_t i)
{
	const struct arc_set *set = &c->set[i];

	if (set->results.whole.n == 0 || set->message.whole.n == 0 ||
	    set->seal.whole.n == 0)
		return "a set is not whole";
	if (set->seal_wrong)
		return set->seal_wrong;
	if (set->status != (i == 0 ? ARC_NONE : ARC_PASS))
		return "a seal contradicts its place";
	return NULL;
}

bool
arc_chain_read(struct str header, struct arc_chain *out)
{
	struct header_field f;
	bool any = false;

	memset(out, 0, sizeof(*out));
	while (header_next(&header, &f)) {
		if (!str_eqi(f.name, STR("ARC-Authentication-Results")) &&
		    !str_eqi(f.name, STR("ARC-Message-Signature")) &&
		    !str_eqi(f.name, STR("ARC-Seal")))
			continue;
		place(out, &f);
		any = true;
	}
	for (size_t i = 0; i < out->n && !out->wrong; i++)
		out->wrong = look_at_set(out, i);
	if (out->n > 0 && out->set[out->n - 1].status == ARC_FAIL) {
		out->over = true;
		out->wrong = "its last seal says that it was broken";
	}
	return any;
}
