#include "ldap/person.h"

#include "dns/name.h"

enum { LOCAL_MAX = 64, VALUES_MAX = 2000 };

struct reading {
	const struct person_attributes *names;
	struct arena *a;
	struct person *out;
	struct str capital;	/* of "SMTP:", the first */
	struct buf aliases;
	unsigned naliases;
	const char *why;
};

/* An address as it is inside. Who looks at it closely is store. */
static bool
read_address(struct str text, struct arena *a, struct str *out)
{
	struct str s = str_trim(text), address;
	size_t at = str_rchr(s, '@');

	if (at == 0 || at > LOCAL_MAX || at + 1 >= s.n || !str_is_utf8(s) ||
	    s.n > PERSON_ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	if (!dns_address(s, a, &address) || address.n > PERSON_ADDRESS_MAX)
		return false;
	*out = str_lower(a, address);
	return true;
}

/* "smtp:c@d", "SMTP:a@b", "c@d"; "X500:/o=..." is something else. */
static void
read_alias(struct reading *r, struct str value)
{
	struct str word, rest, address;
	bool said = str_cut(value, ':', &word, &rest);

	if (said && !str_eqi(word, STR("smtp")))
		return;
	if (!read_address(said ? rest : value, r->a, &address))
		return;
	if (said && str_eq(word, STR("SMTP")) && r->capital.n == 0)
		r->capital = address;
	if (r->naliases < PERSON_ALIASES_N) {
		r->naliases++;
		buf_str(&r->aliases, address);
		buf_chr(&r->aliases, '\n');
	}
}

/* Octets, or with a unit: "2G". */
static bool
read_quota(struct str text, uint64_t *v)
{
	static const struct {
		char unit;
		int shift;
	} units[] = { { 'k', 10 }, { 'm', 20 }, { 'g', 30 }, { 't', 40 } };
	struct str s = str_trim(text);
	int shift = 0;
	uint64_t n;

	for (size_t i = 0; s.n > 0 && i < NELEM(units); i++)
		if (ascii_lower(s.p[s.n - 1]) == units[i].unit) {
			shift = units[i].shift;
			s.n--;
			break;
		}
	if (!str_u64(s, &n) || n > (uint64_t)INT64_MAX >> shift)
		return false;
	*v = n << shift;
	return true;
}

/* Active Directory's are 16 octets; entryUUID is text. */
static bool
read_id(struct str value, struct arena *a, struct str *out)
{
	auto_buf b = BUF_INIT(PERSON_ID_MAX + 1);

	if (value.n == 0 || value.n > PERSON_ID_MAX)
		return false;
	if (str_is_printable(value)) {
		*out = str_lower(a, value);
		return true;
	}
	buf_hex(&b, value);
	if (b.n > PERSON_ID_MAX || buf_failed(&b))
		return false;
	*out = str_dup(a, buf_get(&b));
	return true;
}

static void
read_value(struct reading *r, struct str name, struct str value)
{
	const struct person_attributes *n = r->names;
	struct person *p = r->out;

	if (str_eqi(name, n->id) && p->id.n == 0 &&
	    !read_id(value, r->a, &p->id))
		r->why = "its id cannot be one";
	if (str_eqi(name, n->mail) && p->address.n == 0 &&
	    !read_address(value, r->a, &p->address))
		r->why = "its address is none that can be here";
	if (n->quota.n > 0 && str_eqi(name, n->quota) && !p->with_quota) {
		p->with_quota = read_quota(value, &p->quota);
		if (!p->with_quota)
			r->why = "its quota is no size";
	}
	/* Names of attributes have no case.                 RFC 4512 2.5 */
	if (str_is_amongi(name, n->aliases, ' '))
		read_alias(r, value);
}

static bool
is_whole(struct reading *r)
{
	struct person *p = r->out;

	if (p->address.n == 0)
		p->address = r->capital;
	if (!r->why && p->dn.n == 0)
		r->why = "it has no name";
	else if (!r->why && p->address.n == 0)
		r->why = "it has no address";
	else if (!r->why && p->id.n == 0)
		r->why = "it has no id";
	if (buf_failed(&r->aliases) || r->aliases.n > PERSON_ALIASES_MAX)
		r->why = "it has too many aliases";
	return !r->why;
}

bool
person_read(const struct ldap_message *entry,
    const struct person_attributes *names, struct arena *a,
    struct person *out, const char **why)
{
	struct person p = { 0 };
	struct reading r = { .names = names, .a = a, .out = &p,
		.aliases = BUF_INIT(PERSON_ALIASES_MAX) };
	struct rd all = rd_of(entry->attributes), values;
	struct str name, value;
	unsigned n = 0;

	if (entry->dn.n <= PERSON_DN_MAX && str_is_utf8(entry->dn))
		p.dn = str_dup(a, entry->dn);
	while (ldap_attribute(&all, &name, &values)) {
		while (n < VALUES_MAX && ldap_value(&values, &value)) {
			read_value(&r, name, value);
			n++;
		}
		if (!rd_ok(&values))
			rd_fail(&all);
	}
	if (!rd_done(&all))
		r.why = "it cannot be read";
	if (is_whole(&r)) {
		p.aliases = str_dup(a, buf_get(&r.aliases));
		*out = p;
	}
	buf_free(&r.aliases);
	*why = r.why;
	return !r.why;
}

struct str
person_wanted(const struct person_attributes *n, struct arena *a)
{
	return arena_printf(a, "%.*s %.*s %.*s %.*s", STR_FMT(n->id),
	    STR_FMT(n->mail), STR_FMT(n->quota), STR_FMT(n->aliases));
}

struct str
person_nobody(struct str base, uint64_t number, struct arena *a)
{
	return arena_printf(a, "cn=nobody-%016llx%s%.*s",
	    (unsigned long long)number, base.n ? "," : "", STR_FMT(base));
}
