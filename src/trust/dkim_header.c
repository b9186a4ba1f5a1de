#include "trust/dkim_header.h"

#include "mime/address.h"
#include "mime/header.h"
#include "trust/dkim_relax.h"

/* RFC 6376 5.4.1, and what says how the body is to be read. `once` is for
 * those of which a message has one at most (RFC 5322 3.6): another would be
 * somebody else's. Trace fields and Return-Path change on the way. */
static const struct row {
	const char *name;
	bool once;
} rows[] = {
	{ "From", true },
	{ "Sender", false },
	{ "Reply-To", true },
	{ "To", true },
	{ "Cc", true },
	{ "Subject", true },
	{ "Date", true },
	{ "Message-ID", true },
	{ "In-Reply-To", false },
	{ "References", false },
	{ "MIME-Version", false },
	{ "Content-Type", true },
	{ "Content-Transfer-Encoding", false },
	{ "Content-Disposition", false },
	{ "Resent-Date", false },
	{ "Resent-From", false },
	{ "Resent-Sender", false },
	{ "Resent-To", false },
	{ "Resent-Cc", false },
	{ "Resent-Message-ID", false },
	{ "List-Id", false },
	{ "List-Help", false },
	{ "List-Unsubscribe", false },
	{ "List-Unsubscribe-Post", false },
	{ "List-Subscribe", false },
	{ "List-Post", false },
	{ "List-Owner", false },
	{ "List-Archive", false },
	{ "TLS-Report-Domain", false },	/* RFC 8460 5.3 */
	{ "TLS-Report-Submitter", false },
	{ "DKIM-Signature", false },	/* of what is sealed only */
};
enum { ROWS_SIGNED = NELEM(rows) - 1 };

/* One that is there and will be signed. */
struct chosen {
	size_t row;
	struct str value;
};

static size_t
row_of(struct str name)
{
	size_t i = 0;

	while (i < NELEM(rows) && !str_eqi(name, str_c(rows[i].name)))
		i++;
	return i;
}

/* All of them from top to bottom; false if they are too many. */
static bool
find_fields(struct str header, size_t nrows,
    struct chosen found[DKIM_FIELDS_MAX], size_t *n)
{
	struct header_field f;
	size_t row;

	*n = 0;
	while (header_next(&header, &f)) {
		row = row_of(f.name);
		if (row >= nrows)
			continue;
		if (*n == DKIM_FIELDS_MAX)
			return false;
		found[(*n)++] = (struct chosen){ row, f.value };
	}
	return true;
}

static void
put_name(struct buf *names, const char *name)
{
	if (names->n > 0)
		buf_chr(names, ':');
	buf_str(names, str_c(name));
}

static bool
choose(struct str header, size_t nrows, struct buf *names,
    struct buf *canonical)
{
	struct chosen found[DKIM_FIELDS_MAX];
	size_t n, from = 0;

	if (!find_fields(header, nrows, found, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		from += found[i].row == 0;
	if (from != 1)
		return false;
	for (size_t row = 0; row < nrows; row++) {
		for (size_t i = n; i-- > 0;) {
			if (found[i].row != row)
				continue;
			put_name(names, rows[row].name);
			dkim_relax(canonical, str_c(rows[row].name),
			    found[i].value);
		}
		if (rows[row].once)
			put_name(names, rows[row].name);
	}
	return !buf_failed(names) && !buf_failed(canonical) &&
	    names->n <= DKIM_NAMES_MAX && canonical->n <= DKIM_HEADER_MAX;
}

bool
dkim_header_choose(struct str header, struct buf *names,
    struct buf *canonical)
{
	return choose(header, ROWS_SIGNED, names, canonical);
}

bool
dkim_header_choose_sealed(struct str header, struct buf *names,
    struct buf *canonical)
{
	return choose(header, NELEM(rows), names, canonical);
}

/* The one From field's value; .p is NULL if it is not one. */
static struct str
only_from(struct str header)
{
	struct header_field f;
	struct str from = STR_NULL;

	while (header_next(&header, &f)) {
		if (!str_eqi(f.name, STR("From")))
			continue;
		if (from.p)
			return STR_NULL;
		from = f.value;
	}
	return from;
}

size_t
dkim_header_authors(struct arena *a, struct str header,
    struct str authors[DKIM_AUTHORS_MAX])
{
	struct address_list list = address_parse(a, only_from(header), 64);
	size_t n = 0;

	for (size_t i = 0; i < list.n && n < DKIM_AUTHORS_MAX; i++) {
		const struct address *m = &list.v[i];

		if (m->kind != ADDRESS_MAILBOX || m->host.n == 0 ||
		    m->mailbox.n + m->host.n > 318)
			continue;
		authors[n++] = arena_printf(a, "%.*s@%.*s",
		    STR_FMT(m->mailbox), STR_FMT(m->host));
	}
	return n;
}
