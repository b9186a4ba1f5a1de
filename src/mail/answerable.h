/*
 * answerable.h - may a program answer this message, and what does it need for
 * that?                                    RFC 3834 2, RFC 5230 4.5, 4.6; pure
 */
#pragma once
#include "base/buf.h"
#include "mime/facts.h"
#include "store/messages.h"

enum { ANSWERABLE_HEADER_MAX = 64 << 10 };

/* Is this somebody who would read an answer, by the address alone? */
bool answerable_sender(struct str reverse_path);

/* The subject in one line, for people: decoded, cut to ANSWER_SUBJECT_MAX
 * octets, in the arena. */
struct str answerable_subject(const struct facts *f, struct arena *a);

/* header: the beginning of the message, with the whole header; f: its facts.
 * Strs lie in the arena. All of them are empty if it is mail of a list or a
 * program, or the header is longer than ANSWERABLE_HEADER_MAX. */
void answerable_read(struct str header, const struct facts *f,
    struct arena *a, struct answerable *out);
