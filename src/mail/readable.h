/*
 * readable.h - a whole message, for readers that know ASCII only in a header.
 *                                                                  RFC 6858
 */
#pragma once
#include "mail/section.h"

/* Give the first len octets of a message to out, piece by piece, and say of
 * each whether it is of the message's own header; suspends. What out returns
 * other than 0 ends the reading and is returned. ascii: headers, of parts too,
 * become what mime/surrogate.h makes of them, so it is another number of octets
 * then (a header beyond MESSAGE_HEADER_MAX stays). Errors as of
 * message_read(). */
int message_read_text(const struct mail_message *m, const struct facts *f,
    uint64_t len, bool ascii,
    int (*out)(void *arg, struct str octets, bool in_header),
    void *arg, struct err *err);
