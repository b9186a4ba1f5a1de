/*
 * attachments.h - the files that a message brings, looked at as its text
 * streams by: what they are, whatever they are called.
 *
 * Text without a name that is there to be read is none. Octets are decoded as
 * far as they are needed: of most files that is their beginning.
 */
#pragma once
#include "mime/facts.h"
#include "policy/file_look.h"

struct attachments;

struct attachments *attachments_new(void);
/* For mime_scan_watch(); good as long as the attachments are. */
struct mime_watch attachments_watch(struct attachments *t);
/* When the scan has ended. */
const struct file_finds *attachments_found(const struct attachments *t);
void attachments_free(struct attachments *t);	/* NULL is fine */
