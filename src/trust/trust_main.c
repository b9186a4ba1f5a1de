/*
 * trust-check - the checks of this folder over records given on standard
 * input, for the tests.
 *
 * Lines, all words but the first in hex:
 *
 *   R name type preference data    a record; data as dns/messages.h has it
 *   F name type                    asking for it fails
 *   Z                              no records any more
 *   S ip domain sender helo        SPF: "result", explanation and why
 *   D time text                    DKIM: "n", then for each of n signatures
 *                                  verdict, domain, selector and why
 *   A time text trusted author     ARC: status, highest number, oldest pass,
 *                                  why, and who vouched for the author
 *   P names text                   what is sealed of it, relaxed: the highest
 *                                  number; in hex fields, body hash, sets
 *   I ip                           iprev: verdict and name
 *   M from spf dkim...             DMARC, of what passed: verdict, policy,
 *                                  domain and why
 *
 * Answers have a tab between two words.
 */
#include "trust/arc_check.h"
#include "trust/dkim_signed.h"
#include "trust/dmarc.h"
#include "trust/iprev.h"
#include "trust/spf.h"

enum { RECORDS_MAX = 2000, LINE_OCTETS_MAX = 4 << 20, PIECE = 777,
	PROOFS_MAX = 8 };

static struct fake_record {
	struct str name, data;
	uint32_t type, preference;
	bool fails;
} records[RECORDS_MAX];
static size_t nrecords;
static struct arena *zone;

static void
look_up(void *arg unused_arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	auto_buf b = BUF_INIT(60000);
	bool exists = false;

	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	for (size_t i = 0; i < nrecords; i++) {
		const struct fake_record *f = &records[i];
		struct dns_record row = { f->preference, f->data };

		if (!str_eqi(f->name, name))
			continue;
		exists = true;
		if (f->type != (uint32_t)type)
			continue;
		if (f->fails) {
			answer->result = DNS_FAILED;
			return;
		}
		msg_put(&b, &dns_record_shape, &row);
	}
	answer->result = b.n ? DNS_OK : exists ? DNS_NODATA : DNS_NXDOMAIN;
	answer->records = str_dup(a, buf_get(&b));
}

static struct str
unhex(struct str hex, struct arena *a)
{
	char *p = arena_alloc(a, hex.n / 2 + 1);

	for (size_t i = 0; i + 1 < hex.n; i += 2)
		p[i / 2] = (char)(ascii_hex(hex.p[i]) << 4 |
		    ascii_hex(hex.p[i + 1]));
	return str_make(p, hex.n / 2);
}

static struct str
word(struct str *line, struct arena *a)
{
	struct str hex;

	(void)str_cut(*line, ' ', &hex, line);
	return unhex(str_trim(hex), a);
}

static uint32_t
number(struct str *line, struct arena *a)
{
	uint32_t n = 0;

	(void)!str_u32(word(line, a), &n);
	return n;
}

static const struct trust_dns dns = { look_up, NULL };

static void
check_spf(struct str line, struct arena *a)
{
	struct spf_ask ask = { .dns = &dns, .receiver = STR("unknown"),
		.now = 1 };
	struct spf_answer answer;

	if (!ip_parse(word(&line, a), &ask.ip)) {
		puts("no address");
		return;
	}
	ask.domain = word(&line, a);
	ask.sender = word(&line, a);
	ask.helo = word(&line, a);
	spf_check(&ask, a, &answer);
	printf("%.*s\t%.*s\t%.*s\n", STR_FMT(spf_word(answer.result)),
	    STR_FMT(answer.explanation), STR_FMT(answer.why));
}

static void
check_dkim(struct str line, struct arena *a)
{
	struct dkim_check *c = dkim_check_new(NULL);
	struct dkim_result r[DKIM_SIGNATURES_MAX];
	uint32_t now = number(&line, a);
	struct str text = word(&line, a);
	size_t n;

	for (size_t i = 0; i < text.n; i += PIECE)
		dkim_check_feed(c, str_first(str_from(text, i), PIECE));
	n = dkim_check_finish(c, &dns, now, a, r);
	printf("%zu\n", n);
	for (size_t i = 0; i < n; i++)
		printf("%.*s\t%.*s\t%.*s\t%.*s\n",
		    STR_FMT(dkim_word(r[i].verdict)), STR_FMT(r[i].domain),
		    STR_FMT(r[i].selector), STR_FMT(r[i].why));
	dkim_check_free(c);
}

static void
check_arc(struct str line, struct arena *a)
{
	struct dkim_check *c = dkim_check_new(NULL);
	struct dkim_result ignored[DKIM_SIGNATURES_MAX];
	struct arc_result r;
	uint32_t now = number(&line, a);
	struct str text = word(&line, a), trusted = word(&line, a), who;

	for (size_t i = 0; i < text.n; i += PIECE)
		dkim_check_feed(c, str_first(str_from(text, i), PIECE));
	(void)dkim_check_finish(c, &dns, now, a, ignored);
	arc_check(c, &dns, now, a, &r);
	who = arc_vouched(&r, trusted, word(&line, a), a);
	printf("%.*s\t%zu\t%zu\t%.*s\t%.*s\n", STR_FMT(arc_word(r.status)),
	    r.chain ? r.chain->n : 0, r.oldest_pass, STR_FMT(r.why),
	    STR_FMT(who));
	dkim_check_free(c);
}

static void
put_hex(struct str s, char end)
{
	for (size_t i = 0; i < s.n; i++)
		printf("%02x", (unsigned char)s.p[i]);
	putchar(end);
}

/* The fields that the line names, as a signature of them would be made. */
static void
prepare_seal(struct str line, struct arena *a)
{
	struct dkim_check *c = dkim_check_new(NULL);
	struct dkim_result ignored[DKIM_SIGNATURES_MAX];
	struct header_field *field = arena_array(a, 200, sizeof(*field));
	struct arc_result r;
	struct arc_sealable what = { 0 };
	struct str names = word(&line, a), text = word(&line, a), header;
	auto_buf fields = BUF_INIT(65536);
	size_t n = 0;
	bool may;

	dkim_check_relaxed(c);
	dkim_check_feed(c, text);
	(void)dkim_check_finish(c, &dns, 1, a, ignored);
	arc_check(c, &dns, 1, a, &r);
	may = arc_sealable(c, &r, a, &what);
	header = dkim_check_header(c);
	while (n < 200 && header_next(&header, &field[n]))
		n++;
	(void)dkim_signed_fields(&fields, names, false, field, n, a);
	printf("%u\t", may ? what.instance : 0);
	put_hex(buf_get(&fields), '\t');
	put_hex(what.body_hash, '\t');
	put_hex(what.chain, '\n');
	dkim_check_free(c);
}

static void
check_iprev(struct str line, struct arena *a)
{
	struct iprev_answer answer;
	struct ip ip;

	if (!ip_parse(word(&line, a), &ip)) {
		puts("no address");
		return;
	}
	iprev_check(&dns, &ip, a, &answer);
	printf("%.*s\t%.*s\n", STR_FMT(iprev_word(answer.verdict)),
	    STR_FMT(answer.name));
}

static void
check_dmarc(struct str line, struct arena *a)
{
	struct dmarc_ask ask = { .dns = &dns };
	struct str proof[PROOFS_MAX];
	struct dmarc_answer answer;

	ask.from = word(&line, a);
	ask.spf = word(&line, a);
	ask.dkim = proof;
	while (line.n > 0 && ask.ndkim < PROOFS_MAX) {
		proof[ask.ndkim] = word(&line, a);
		ask.ndkim += proof[ask.ndkim].n > 0;
	}
	dmarc_check(&ask, a, &answer);
	printf("%.*s\t%.*s\t%.*s\t%.*s\n",
	    STR_FMT(dmarc_word(answer.verdict)),
	    STR_FMT(dmarc_policy_word(answer.policy)), STR_FMT(answer.domain),
	    STR_FMT(answer.why));
}

int
main(void)
{
	static char text[LINE_OCTETS_MAX];
	struct arena *a = arena_new(32 << 20);

	zone = arena_new(64 << 20);
	while (fgets(text, sizeof(text), stdin)) {
		struct str line = str_c(text);
		struct fake_record f = { 0 };

		arena_reset(a);
		line = str_from(line, 2);
		if (text[0] == 'Z')
			nrecords = 0;
		if (text[0] == 'S')
			check_spf(line, a);
		if (text[0] == 'D')
			check_dkim(line, a);
		if (text[0] == 'A')
			check_arc(line, a);
		if (text[0] == 'P')
			prepare_seal(line, a);
		if (text[0] == 'I')
			check_iprev(line, a);
		if (text[0] == 'M')
			check_dmarc(line, a);
		if (text[0] != 'R' && text[0] != 'F')
			continue;
		f.fails = text[0] == 'F';
		f.name = word(&line, zone);
		f.type = number(&line, a);
		f.preference = number(&line, a);
		f.data = word(&line, zone);
		if (nrecords < RECORDS_MAX)
			records[nrecords++] = f;
	}
	arena_free(a);
	arena_free(zone);
	return 0;
}
