/*
 * test_dns.h - the resolver's client, as a table of records.
 */
#pragma once
#include "dns/client.h"

enum { RECORDS_MAX = 32 };

struct record {
	const char *name;
	enum dns_type type;
	uint32_t preference;
	const char *data;	/* a name, or an address */
	enum dns_result result;
};

struct dns {
	struct record record[RECORDS_MAX];
	size_t n;
	int lookups;
	bool is_signed;		/* all of it */
};

void dns_add(struct dns *d, const char *name, enum dns_type type,
    uint32_t preference, const char *data, enum dns_result result);
