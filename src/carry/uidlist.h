/*
 * uidlist.h - what POP3 calls the messages of a Maildir, as Dovecot keeps it in
 * dovecot-uidlist.
 *
 *   version 3   3 V1275660208 N25022 ...
 *               25006 P0123abc W1394 :1276528487.M364837P9451.host
 *   version 1   1 1275660208 25022
 *               25006 1276528487.M364837P9451.host
 *
 * Behind P is a unique-id that came from yet another server. A message without
 * has that of pop3_uidl_format, which is "%08Xu%08Xv" where nobody changed it:
 * its UID and the UIDVALIDITY. Pure.
 */
#pragma once
#include "base/str.h"
#include "store/messages.h"

struct uidlist;

/* All of the file, which has to stay; NULL: it is none. */
struct uidlist *uidlist_read(struct str text);
void uidlist_free(struct uidlist *l);	/* NULL is fine */
/* By the base of a message's name (maildir_name.h); empty: none is known. It
 * lies in the text or in room. */
struct str uidlist_find(const struct uidlist *l, struct str base,
    char room[UIDL_MAX + 1]);
