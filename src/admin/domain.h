/*
 * domain.h - what commands share about domains.
 */
#pragma once
#include "admin/operator.h"

/* Is mail taken for it? */
int domain_known(struct operator *op, struct str name, bool *known,
    struct err *err);
/* The same, and what is known of it. */
int domain_row_of(struct operator *op, struct str name, bool *known,
    struct domain_row *row, struct err *err);
/* The addresses of one whose mail is passed on. words: those behind its name,
 * up to a NULL; do they make sense? */
bool domain_addresses_fits(char **words);
int domain_addresses(struct operator *op, struct str name, char **words,
    bool json, struct err *err);
/* Is it the address of its domain that others send reports to, and an
 * account's or an alias's own? What comes to it is mail then, and not read. */
int domain_own_reports(struct operator *op, struct str address, bool *own,
    struct err *err);
/* And if it is, who has just made it so is told. */
int domain_say_own_reports(struct operator *op, struct str address, bool json,
    struct err *err);
/* What is said of one of its keys: "in use since 2026-11-30". */
struct str domain_key_words(struct arena *a, const struct dkim_key_row *row);
/* The key in reserve signs from now on, of --algorithm or of both; refused, if
 * its record is not in DNS, unless --force. */
int domain_rotate(struct admin *a, struct operator *op,
    const struct options *o, struct str name, struct err *err);
/* The records to publish for it, on stdout; makes those of its keys that are
 * missing. */
int domain_dns(struct admin *a, struct operator *op, struct str name,
    bool json, struct err *err);
