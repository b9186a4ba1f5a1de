/*
 * solicitation.h - the classes that a message says it is of, as its field
 * Solicitation and the parameter SOLICIT have them.               RFC 3865 2.2
 *
 *   Solicitation-keywords = word 0*("," word)
 *   word = ALPHA 0*(wordchar)
 *   wordchar = ("." / "-" / "_" / ":" / ALPHA / DIGIT)
 *
 * Pure. A domain stands in such a word, backwards, so case tells none apart.
 */
#pragma once
#include "base/str.h"

enum { SOLICITATION_MAX = 1000 };

bool solicitation_is_word(struct str s);
/* A whole list, of no more octets than the RFC allows. */
bool solicitation_is(struct str s);
/* The first of what is said that is among the wanted ones (a list as above);
 * false: none is. White space around a word is let pass, and what is no word
 * passed over: people write such fields. */
must_check bool solicitation_find(struct str said, struct str wanted,
    struct str *word);
