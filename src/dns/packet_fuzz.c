/*
 * An answer to a question for example.test, of every type we know. What comes
 * out must fit the messages that carry it.
 */
#include "dns/name.h"
#include "dns/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct packet *p)
{
	struct rd r = rd_of(p->records);
	struct dns_record row;

	bug_if(p->records.n > PACKET_ROWS || p->canonical.n > DNS_NAME_MAX);
	bug_if((p->result == DNS_OK) != (p->records.n > 0) &&
	    p->rcode == 0);
	while (rd_left(&r) > 0)
		bug_if(!msg_take(&r, &dns_record_shape, &row));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_CNAME,
		DNS_MX, DNS_PTR, DNS_TLSA, DNS_TXT };
	struct arena *a = arena_new(PACKET_MEMORY);
	struct str octets = str_make((const char *)data,
	    size > 65535 ? 65535 : size);
	struct packet p;
	const char *why;

	for (size_t i = 0; i < NELEM(types); i++) {
		if (packet_parse(octets, STR("example.test"), types[i], &p, a,
		    &why))
			check(&p);
		arena_reset(a);
	}
	arena_free(a);
	return 0;
}
