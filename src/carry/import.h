/*
 * import.h - bring in what the command hands over: Maildirs, mbox files,
 * messages in files of their own, and what is at another IMAP server.
 *
 * What names a message, so that it comes once (store/messages_carry.h): in a
 * Maildir its folder, the base of its name and its size, which stay the same
 * whatever becomes of its flags; elsewhere its octets, with the From_ line of
 * an mbox. So nothing has to be read again but mbox files.
 */
#pragma once
#include "carry/carrier.h"

/* Once, before the walls close: makes OpenSSL ready. */
int import_prepare(struct err *err);
int import_work(struct carrier *c);
