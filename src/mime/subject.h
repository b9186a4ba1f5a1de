/*
 * subject.h - the base subject, for threads and sorting.   RFC 5256 2.1
 *
 * Internal to mime/.
 */
#pragma once
#include "base/buf.h"

/* Append the base subject of a Subject: value, as UTF-8 and with its case as
 * it was. True if what was taken off says that it is a reply or forward. */
bool subject_base(struct buf *out, struct str value);
