/*
 * thread_keys.h - what says which conversation a message belongs to.
 *                                                               RFC 8621 3
 */
#pragma once
#include "mime/facts.h"

/* Append at most THREAD_KEYS_MAX numbers (u64 each) as store/messages.h has
 * them, made of its own id and those it names, each with its base subject:
 * replies to one message have the same, another subject is another
 * conversation. A message without any id has none. */
void thread_keys(const struct facts *f, struct buf *out);
