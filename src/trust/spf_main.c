/*
 * spf-check - SPF over records given on standard input, for the tests.
 *
 * Lines, all words but the first in hex:
 *
 *   R name type preference data    a record; data as dns/messages.h has it
 *   F name type                    asking for it fails
 *   Z                              no records any more
 *   C ip domain sender helo        check; says "result explanation why"
 */
#include "base/rd.h"
#include "trust/spf.h"

enum { RECORDS_MAX = 2000, LINE_MAX_ = 140000 };

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

static void
check(struct str line, struct arena *a)
{
	struct trust_dns dns = { look_up, NULL };
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

int
main(void)
{
	static char text[LINE_MAX_];
	struct arena *a = arena_new(8 << 20);

	zone = arena_new(64 << 20);
	while (fgets(text, sizeof(text), stdin)) {
		struct str line = str_c(text);
		struct fake_record f = { 0 };

		arena_reset(a);
		line = str_from(line, 2);
		if (text[0] == 'Z')
			nrecords = 0;
		if (text[0] == 'C')
			check(line, a);
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
