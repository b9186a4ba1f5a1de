/*
 * word.h - encoded words.                                      RFC 2047
 */
#pragma once
#include "base/buf.h"

/* Append `value` with its encoded words decoded to UTF-8 (words in
 * charsets that are not known stay as they are), the white space
 * between two of them dropped, and line ends removed. What is not UTF-8
 * afterwards becomes U+FFFD and control characters become spaces: the output
 * is always valid UTF-8 without controls. */
void word_decode(struct buf *out, struct str value);
