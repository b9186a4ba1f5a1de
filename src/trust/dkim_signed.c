#include "trust/dkim_signed.h"

#include "trust/dkim_relax.h"
#include "trust/dkim_text.h"

enum { NAMES_MAX = 200 };	/* of h= */

static void
put_field(struct buf *out, const struct header_field *f, bool simple)
{
	if (!simple) {
		dkim_relax(out, f->name, f->value);
		return;
	}
	buf_str(out, f->whole);
	if (!str_endsi(f->whole, STR("\r\n")))
		buf_lit(out, "\r\n");
}

void
dkim_signed_own(struct buf *out, struct str name,
    const struct dkim_signature *s)
{
	struct str value = s->value, before, behind;
	size_t at = (size_t)(s->signature.p - value.p);
	auto_buf bare = BUF_INIT(DKIM_TEXT_HEADER_MAX);

	before = str_first(value, at);
	while (before.n > 0 && before.p[before.n - 1] != '=')
		before.n--;
	behind = str_from(value, at);
	behind = str_from(behind, str_chr(behind, ';'));
	buf_str(&bare, before);
	buf_str(&bare, behind);
	if (s->simple_header) {
		buf_str(out, name);
		buf_chr(out, ':');
		buf_str(out, buf_get(&bare));
		return;
	}
	dkim_relax(out, name, buf_get(&bare));
	if (!buf_failed(out))
		out->n -= 2;
}

/* Of each name the last one first, and nothing where there is no other.
 *                                                          RFC 6376 5.4.2 */
const char *
dkim_signed_fields(struct buf *out, struct str names, bool simple,
    const struct header_field *field, size_t nfields, struct arena *a)
{
	struct str *name = arena_array(a, NAMES_MAX, sizeof(*name));
	struct str rest = names;
	bool more = true;
	size_t n = 0;

	while (more) {
		size_t skip = 0, i = nfields;

		if (n == NAMES_MAX)
			return "it names too many fields";
		more = str_cut(rest, ':', &name[n], &rest);
		name[n] = str_trim(name[n]);
		for (size_t k = 0; k < n; k++)
			skip += str_eqi(name[k], name[n]);
		for (; i > 0; i--)
			if (str_eqi(field[i - 1].name, name[n]) && skip-- == 0)
				break;
		if (i > 0)
			put_field(out, &field[i - 1], simple);
		n++;
	}
	return NULL;
}

const char *
dkim_signed_put(struct buf *out, struct str own, const struct dkim_signature *s,
    const struct header_field *field, size_t nfields, struct arena *a)
{
	const char *wrong = dkim_signed_fields(out, s->fields,
	    s->simple_header, field, nfields, a);

	if (wrong)
		return wrong;
	dkim_signed_own(out, own, s);
	return buf_failed(out) ? "what it signs is too long" : NULL;
}
