/*
 * folder_name.h - what folders of elsewhere are called here.
 *
 * Every name gives a name that a mailbox may have (store/mailbox_name.h): what
 * cannot stand in one is '_', levels without a name are left out. Pure; names
 * lie in the arena, which has room for FOLDER_NAME_MEM a name.
 */
#pragma once
#include "base/arena.h"

enum { FOLDER_NAME_MEM = 256 * 1024 };

/* A folder of a Maildir by its way below it: ".Work.2024" (Maildir++) and
 * "Work/2024" (other programs) both are Work/2024, and "" is INBOX. Levels are
 * in modified UTF-7 (RFC 3501 5.1.3), or in UTF-8. */
struct str folder_of_maildir(struct str path, struct arena *a);
/* A file of messages: "Work.sbd/2024" (Thunderbird), "Work/2024.mbox" and
 * "Work/2024.mbox/mbox" (Apple Mail) are Work/2024. */
struct str folder_of_file(struct str path, struct arena *a);
/* What stands in a list of subscriptions, with this between its levels. */
struct str folder_of_list(struct str name, char separator, struct arena *a);
/* The same below another mailbox, which may be empty: then as it is. */
struct str folder_below(struct str into, struct str name, struct arena *a);

/* What it is for, by what mail programs call such a folder: SPECIAL_* of
 * store/messages.h, or 0. */
uint32_t folder_use(struct str name);
