#include "vault/opaque_string.h"

#include <stdlib.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* RFC 8264 9.9, 9.11, 9.12, 9.13: control characters, old Hangul jamo, what
 * cannot be seen, what is private or not assigned. */
static bool
is_allowed(uint32_t c)
{
	return !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc |
	    UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cs) &&
	    !(c >= 0x1100 && c <= 0x11ff) && !(c >= 0xa960 && c <= 0xa97c) &&
	    !(c >= 0xd7b0 && c <= 0xd7fb) &&
	    !uc_is_property_default_ignorable_code_point(c) &&
	    !uc_is_property_not_a_character(c);
}

static void
put_char(struct buf *b, uint32_t c)
{
	uint8_t octets[6];
	int n = u8_uctomb(octets, c, sizeof(octets));

	if (n > 0)
		buf_put(b, octets, (size_t)n);
}

static bool
in_form(uninorm_t form, struct str password, struct buf *out)
{
	auto_buf mapped = BUF_INIT(OPAQUE_FORM_MAX);
	struct str rest = password;
	uint8_t *made;
	uint32_t c;
	size_t n;

	if (password.n == 0 || password.n > OPAQUE_MAX ||
	    !str_is_utf8(password))
		return false;
	while (rest.n > 0) {
		rest = str_from(rest, str_utf8_char(rest, &c));
		if (!is_allowed(c))
			return false;
		/* RFC 8265 4.2.2, rule 2 */
		put_char(&mapped, uc_is_general_category(c, UC_SPACE_SEPARATOR)
		    ? ' ' : c);
	}
	made = u8_normalize(form, (const uint8_t *)mapped.p, mapped.n, NULL,
	    &n);
	explicit_bzero(mapped.p, mapped.n);
	if (!made)
		return false;
	buf_put(out, made, n);
	explicit_bzero(made, n);
	free(made);
	return !buf_failed(out);
}

bool
opaque_string(struct str password, struct buf *out)
{
	return in_form(UNINORM_NFC, password, out);
}

bool
opaque_string_kc(struct str password, struct buf *out)
{
	return in_form(UNINORM_NFKC, password, out);
}
