#include "trust/dmarc.h"

#include "base/domain.h"
#include "trust/tags.h"

enum {
	WALK_MAX = 8,		/* questions of a walk: RFC 9989 4.10 */
	RECORD_MAX = 8192,
};

struct str
dmarc_word(enum dmarc_verdict verdict)
{
	static const struct str words[] = { STR("none"), STR("pass"),
		STR("fail"), STR("temperror"), STR("permerror") };

	return words[verdict];
}

struct str
dmarc_policy_word(enum dmarc_policy policy)
{
	static const struct str words[] = { STR("none"), STR("quarantine"),
		STR("reject") };

	return words[policy];
}

/* ---- a record ----------------------------------------------------------- */

static bool
read_policy(struct str value, enum dmarc_policy *out)
{
	for (int p = DMARC_P_NONE; p <= (int)DMARC_P_REJECT; p++) {
		if (str_eqi(value, dmarc_policy_word((enum dmarc_policy)p))) {
			*out = (enum dmarc_policy)p;
			return true;
		}
	}
	return false;
}

/* RFC 7489 6.3, 6.6.3: a policy that makes no sense is "none" where reports
 * are asked for, and no record where they are not. */
bool
dmarc_parse(struct str text, struct dmarc_record *out)
{
	struct str psd;
	struct tags t;

	*out = (struct dmarc_record){ .psd = 'u' };
	if (text.n > RECORD_MAX ||
	    !tags_parse(text, TAGS_LENIENT, &t) ||
	    t.n == 0 || !str_eq(t.tag[0].name, STR("v")) ||
	    !str_eq(t.tag[0].value, STR("DMARC1")))
		return false;
	out->rua = tags_get(&t, STR("rua"));
	if (!read_policy(tags_get(&t, STR("p")), &out->p) &&
	    out->rua.n == 0)
		return false;
	out->sp = out->p;
	(void)read_policy(tags_get(&t, STR("sp")), &out->sp);
	out->np = out->sp;
	(void)read_policy(tags_get(&t, STR("np")), &out->np);
	out->strict_dkim = str_eqi(tags_get(&t, STR("adkim")), STR("s"));
	out->strict_spf = str_eqi(tags_get(&t, STR("aspf")), STR("s"));
	out->testing = str_eqi(tags_get(&t, STR("t")), STR("y")) ||
	    str_eq(tags_get(&t, STR("pct")), STR("0"));
	psd = tags_get(&t, STR("psd"));
	if (psd.n == 1 && (ascii_lower(psd.p[0]) == 'y' ||
	    ascii_lower(psd.p[0]) == 'n'))
		out->psd = ascii_lower(psd.p[0]);
	return true;
}

/* ---- the walk ----------------------------------------------------------- */

enum found { FOUND_NONE, FOUND_RECORD, FOUND_TEMPERROR };

/* The one record at "_dmarc." and this name; of several none counts. */
static enum found
record_at(const struct trust_dns *dns, struct str name, struct arena *a,
    struct dmarc_record *out)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer answer = { 0 };
	struct dns_record record;
	struct dmarc_record one;
	size_t n = 0;
	struct rd r;

	dns->lookup(dns->arg, arena_printf(a, "_dmarc.%.*s", STR_FMT(name)),
	    DNS_TXT, &answer, scratch);
	r = rd_of(answer.records);
	while (msg_take(&r, &dns_record_shape, &record)) {
		if (!dmarc_parse(record.data, &one))
			continue;
		n++;
		*out = one;
		out->rua = str_dup(a, one.rua);
	}
	arena_free(scratch);
	if (answer.result == DNS_FAILED)
		return FOUND_TEMPERROR;
	return n == 1 ? FOUND_RECORD : FOUND_NONE;
}

static size_t
labels_of(struct str name)
{
	size_t n = 1;

	for (size_t i = 0; i < name.n; i++)
		n += name.p[i] == '.';
	return n;
}

static struct str
parent_of(struct str name)
{
	return str_from(name, str_chr(name, '.') + 1);
}

/* What a walk up from a name has found. */
struct walk {
	struct str organization;	/* the name itself where no record is */
	bool has_own, has_top;
	struct dmarc_record own;	/* of the name */
	struct dmarc_record top;	/* of the organization, or above it */
	struct str top_name;
};

/* RFC 9989 4.10: at each name, from this one up; of a long one the last seven
 * labels after the first question. */
static enum found
walk_up(const struct trust_dns *dns, struct str from, struct arena *a,
    struct walk *w)
{
	struct str name = from, below = from;
	enum found found;

	*w = (struct walk){ .organization = from };
	for (size_t i = 0; i < WALK_MAX && name.n > 0; i++) {
		struct dmarc_record record;

		found = record_at(dns, name, a, &record);
		if (found == FOUND_TEMPERROR)
			return found;
		if (found == FOUND_RECORD) {
			if (i == 0) {
				w->has_own = true;
				w->own = record;
			}
			w->has_top = true;
			w->top = record;
			w->top_name = name;
			w->organization = record.psd == 'y' && i > 0 ? below
			    : name;
			if (record.psd == 'n' || (record.psd == 'y' && i > 0))
				break;
		}
		below = name;
		name = parent_of(name);
		while (labels_of(name) > WALK_MAX - 1) {
			below = name;
			name = parent_of(name);
		}
	}
	return w->has_top ? FOUND_RECORD : FOUND_NONE;
}

bool
dmarc_organization(const struct trust_dns *dns, struct str name,
    struct arena *a, struct str *out)
{
	struct walk w;

	if (walk_up(dns, name, a, &w) == FOUND_TEMPERROR)
		return false;
	*out = w.organization;
	return true;
}

/* ---- the check ---------------------------------------------------------- */

/* Is what was proven the domain in From, or (relaxed) of its organization?
 *                                                            RFC 9989 4.10.2 */
static enum found
aligned(const struct dmarc_ask *ask, struct str proven, bool strict,
    const struct walk *from, struct arena *a)
{
	struct str org = from->organization;
	struct walk w;

	if (str_eqi(proven, ask->from))
		return FOUND_RECORD;
	if (strict || !domain_is_within(proven, org))
		return FOUND_NONE;
	if (walk_up(ask->dns, proven, a, &w) == FOUND_TEMPERROR)
		return FOUND_TEMPERROR;
	return str_eqi(w.organization, org) ? FOUND_RECORD : FOUND_NONE;
}

/* Neither mail nor hosts are there.                       RFC 9989 3.2.13 */
static bool
does_not_exist(const struct trust_dns *dns, struct str name)
{
	static const enum dns_type types[] = { DNS_MX, DNS_A, DNS_AAAA };
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	bool exists = false;

	for (size_t i = 0; i < NELEM(types) && !exists; i++) {
		struct lookup_answer answer = { 0 };

		arena_reset(scratch);
		dns->lookup(dns->arg, name, types[i], &answer, scratch);
		exists = answer.result == DNS_OK ||
		    answer.result == DNS_FAILED;
	}
	arena_free(scratch);
	return !exists;
}

/* RFC 9989 4.10.1, 5.3.7: whose policy it is, and which of the three. */
static enum dmarc_policy
policy_of(const struct dmarc_ask *ask, const struct walk *w,
    const struct dmarc_record *record)
{
	enum dmarc_policy p;

	if (w->has_own)
		p = record->p;
	else if (record->np != record->sp &&
	    does_not_exist(ask->dns, ask->from))
		p = record->np;
	else
		p = record->sp;
	if (record->testing && p != DMARC_P_NONE)
		p = (enum dmarc_policy)((int)p - 1);
	return p;
}

static void
say(struct dmarc_answer *answer, enum dmarc_verdict verdict, struct str why)
{
	answer->verdict = verdict;
	answer->why = why;
}

void
dmarc_check(const struct dmarc_ask *ask, struct arena *a,
    struct dmarc_answer *answer)
{
	const struct dmarc_record *record;
	enum found spf = FOUND_NONE, one;
	struct str by = STR_NULL;
	bool unsure = false;
	struct walk w;

	*answer = (struct dmarc_answer){ 0 };
	switch (walk_up(ask->dns, ask->from, a, &w)) {
	case FOUND_TEMPERROR:
		say(answer, DMARC_TEMPERROR, STR("DNS failed for its policy"));
		return;
	case FOUND_NONE:
		say(answer, DMARC_NONE, STR("the domain says nothing"));
		return;
	case FOUND_RECORD:
		break;
	}
	record = w.has_own ? &w.own : &w.top;
	answer->domain = w.has_own ? ask->from : str_dup(a, w.top_name);
	answer->record = *record;
	for (size_t i = 0; i < ask->ndkim && by.n == 0; i++) {
		one = aligned(ask, ask->dkim[i], record->strict_dkim, &w, a);
		unsure = unsure || one == FOUND_TEMPERROR;
		if (one == FOUND_RECORD)
			by = ask->dkim[i];
	}
	if (ask->spf.n > 0 && (by.n == 0 || record->rua.n > 0))
		spf = aligned(ask, ask->spf, record->strict_spf, &w, a);
	answer->dkim_aligned = by.n > 0;
	answer->spf_aligned = spf == FOUND_RECORD;
	if (by.n > 0) {
		say(answer, DMARC_PASS, arena_printf(a, "by DKIM of %.*s",
		    STR_FMT(by)));
		return;
	}
	if (spf == FOUND_RECORD) {
		say(answer, DMARC_PASS, arena_printf(a, "by SPF of %.*s",
		    STR_FMT(ask->spf)));
		return;
	}
	if (unsure || spf == FOUND_TEMPERROR) {
		say(answer, DMARC_TEMPERROR,
		    STR("DNS failed for the domain of a proof"));
		return;
	}
	answer->policy = policy_of(ask, &w, record);
	say(answer, DMARC_FAIL,
	    STR("no proof of SPF or DKIM is of its domain"));
}
