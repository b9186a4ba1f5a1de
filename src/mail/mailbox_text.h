/*
 * mailbox_text.h - the name of a mailbox as a person wrote it.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"

/* The name that is meant: INBOX in any case, also as the first level, is
 * INBOX, and text is composed (NFC), so that one name is written in one way
 * only (RFC 9051 5.1, RFC 5198 3). It lies in the arena, or is `text` itself.
 * p is NULL if it is not UTF-8. Whether a mailbox may have that name is for
 * store/mailbox_name.h to say. Pure. */
struct str mailbox_text_name(struct str text, struct arena *a);
