#include "base/err.h"
#include "ldap/ber.h"
#include "ldap/person.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What store is asked to believe: an address, on one line each. */
static void
check_lines(struct str lines)
{
	struct str one;

	while (lines.n > 0) {
		bug_if(!str_cut(lines, '\n', &one, &lines));
		bug_if(one.n == 0 || one.n > PERSON_ADDRESS_MAX);
		bug_if(str_chr(one, '@') == one.n);
	}
}

static void
check_entry(const struct ldap_message *m)
{
	static const struct person_attributes names = {
		.id = STR("entryUUID"), .mail = STR("mail"),
		.quota = STR("quota"), .aliases = STR("proxyAddresses a") };
	struct arena *a = arena_new(64 << 20);
	struct person p;
	const char *why = NULL;

	if (person_read(m, &names, a, &p, &why)) {
		bug_if(why || p.id.n == 0 || p.id.n > PERSON_ID_MAX);
		bug_if(p.dn.n == 0 || p.dn.n > PERSON_DN_MAX);
		bug_if(p.address.n == 0 || p.address.n > PERSON_ADDRESS_MAX);
		bug_if(str_chr(p.address, '\n') < p.address.n);
		bug_if(p.aliases.n > PERSON_ALIASES_MAX);
		check_lines(p.aliases);
	} else {
		bug_if(!why);
	}
	arena_free(a);
}

/* Whatever a server sends: messages one behind the other, as connect.c cuts
 * them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str left = str_make((const char *)data, size);
	struct ldap_message m;
	size_t total;

	while (ber_measure(left, 1 << 16, &total) && total > 0 &&
	    total <= left.n) {
		if (ldap_read(str_first(left, total), &m)) {
			bug_if(m.words.n > LDAP_WORDS_MAX);
			bug_if(m.cookie.n > LDAP_COOKIE_MAX);
			if (m.op == LDAP_ENTRY)
				check_entry(&m);
		}
		left = str_from(left, total);
	}
	return 0;
}
