/*
 * export.h - write out all mail of an account: as a Maildir with its folders,
 * as Dovecot has them (keywords and subscriptions in files of its own), or as
 * an mbox file for each mailbox (mboxrd).
 *
 * The command writes the files; here it is decided what is in them, and what
 * they are called. Ends of lines are LF in both.
 */
#pragma once
#include "carry/carrier.h"

int export_work(struct carrier *c);
