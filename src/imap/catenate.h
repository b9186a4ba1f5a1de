/*
 * catenate.h - a message put together by the server.              RFC 4469
 */
#pragma once
#include "imap/imap_int.h"
#include "mail/deposit.h"

/* The octets of the literal that was announced to take, whose result is not
 * looked at; then the line behind it. 0 or E_* of the stream. */
int imap_receive(struct imap_session *s, uint64_t octets,
    int (*take)(void *arg, struct str octets), void *arg, struct buf *line);

/* The parts of a message, one behind another, into text. line: what is behind
 * "CATENATE (", and then what is behind its ")". ANSWER_NONE: all is there, or
 * the stream has failed; else the line that was not read to its end is left. */
struct answer imap_catenate(struct imap_session *s, struct buf *line,
    struct deposit *text);
