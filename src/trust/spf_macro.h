/*
 * spf_macro.h - %{...} in SPF records and explanations.         RFC 7208 7
 *
 * Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

/* Is it a macro-string? of_text: an explain-string, which may have spaces and
 * the macros c, r and t too. */
bool spf_macros_ok(struct str s, bool of_text);
/* Is it a domain-spec? */
bool spf_domain_spec_ok(struct str s);
/* Does it need the validated name of the address, %{p}? */
bool spf_macros_want_name(struct str s);

/* What the macro letters stand for. */
struct spf_values {
	struct str sender;	/* s: with its "@" */
	struct str local;	/* l */
	struct str sender_domain; /* o */
	struct str domain;	/* d */
	struct str dotted;	/* i: of IPv6, each nibble with its dot */
	struct str name;	/* p */
	struct str family;	/* v: "in-addr" or "ip6" */
	struct str helo;	/* h */
	struct str readable;	/* c */
	struct str receiver;	/* r */
	struct str time;	/* t */
};
/* Append the expansion of s, which was found to be right. A value that is too
 * much for out makes it fail. */
void spf_expand(struct str s, const struct spf_values *v, struct buf *out);
