/*
 * lookalike.h - names that somebody takes for one of ours: xn--exmple-cua.org,
 * examp1e.org, exarnple.org, example.org.evil.test. Pure.
 *
 * Names are A-labels, as dns_name() makes them. What is compared is whose they
 * are (dns/public_suffix.h). The data of letters are those of UTS #39; the rest
 * is in dns/looks.h.
 */
#pragma once
#include "base/arena.h"

/* Which of these (spaces between) does it look like, without being it or below
 * it? Empty: none. Takes 16 KB of the arena for each of them. */
struct str lookalike_of(struct str name, struct str ours, struct arena *a);

/* Letters become what they look like; what looks like nothing stays. In the
 * arena. */
struct str lookalike_form(struct str name, struct arena *a);

/* Has a label letters of two scripts that look alike (Latin, Cyrillic, Greek,
 * Armenian, Cherokee), or letters of another one, all of which look like Latin
 * ones? No language writes so. */
bool lookalike_mixed(struct str name, struct arena *a);
