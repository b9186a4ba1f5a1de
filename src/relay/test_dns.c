#include "relay/test_dns.h"

#include "base/test.h"

void
dns_add(struct dns *d, const char *name, enum dns_type type,
    uint32_t preference, const char *data, enum dns_result result)
{
	assert_true(d->n < RECORDS_MAX);
	d->record[d->n++] = (struct record){ name, type, preference, data,
		result };
}

/* "192.0.2.1" */
static void
put_address(struct buf *b, struct str text)
{
	struct str part;
	uint32_t v;

	do {
		bool more = str_cut(text, '.', &part, &text);

		assert_true(str_u32(part, &v));
		buf_chr(b, (char)v);
		if (!more)
			return;
	} while (true);
}

static void
put_record(struct buf *out, const struct record *r)
{
	auto_buf data = BUF_INIT(300);
	struct dns_record rr = { .preference = r->preference };

	if (r->type == DNS_A)
		put_address(&data, str_c(r->data));
	else
		buf_str(&data, str_c(r->data));
	rr.data = buf_get(&data);
	msg_put(out, &dns_record_shape, &rr);
}

int
dns_lookup(struct dns *d, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a, int64_t until unused_arg,
    struct err *err unused_arg)
{
	auto_buf records = BUF_INIT(65000);
	uint32_t other = DNS_NXDOMAIN;

	d->lookups++;
	*answer = (struct lookup_answer){ .name = str_dup(a, name),
		.canonical = str_dup(a, name),
		.security = d->is_signed ? DNS_SECURE : DNS_INSECURE };
	for (size_t i = 0; i < d->n; i++) {
		const struct record *r = &d->record[i];

		if (!str_eqi(str_c(r->name), name))
			continue;
		other = r->result == DNS_OK ? DNS_NODATA : (uint32_t)r->result;
		if (r->type == type && r->result == DNS_OK)
			put_record(&records, r);
	}
	answer->result = records.n > 0 ? DNS_OK : other;
	answer->records = str_dup(a, buf_get(&records));
	return 0;
}
