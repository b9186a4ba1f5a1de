/*
 * feedback_file.h - the file of a report, in a message, as its text streams by.
 */
#pragma once
#include "base/buf.h"
#include "mime/facts.h"

struct feedback_file;

struct feedback_file *feedback_file_new(void);
/* For mime_scan_watch(); good as long as the file is. */
struct mime_watch feedback_file_watch(struct feedback_file *f);
/* When the scan has ended: the first that looks like a report, whatever it is
 * called, or empty. Of one that is too long too much. */
struct str feedback_file_octets(const struct feedback_file *f);
void feedback_file_free(struct feedback_file *f);	/* NULL is fine */
