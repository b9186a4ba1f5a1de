/*
 * reply_facts.h - ENVELOPE and BODYSTRUCTURE from the facts of a message.
 *
 * Facts are of whoever handed the message in (mime/facts.h): what is in them
 * comes out quoted or counted as a literal here, so that the answer is well
 * formed whatever they hold.
 */
#pragma once
#include "mime/facts.h"

/* What a record of facts can become, at most: it holds fewer octets than
 * MIME_RECORD_MAX, From may stand there three times. */
enum { FACTS_REPLY_MAX = 16 * MIME_RECORD_MAX };

/* envelope                            RFC 3501 7.4.2, RFC 9051 7.5.2 */
void reply_envelope(struct buf *b, const struct facts_envelope *e);

/* body, with its extension data (BODYSTRUCTURE) or without (BODY). The arena
 * holds what is open while it is written: less than MIME_RECORD_MAX. */
void reply_structure(struct buf *b, struct arena *a, const struct facts *f,
    bool extended);
