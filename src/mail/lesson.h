/*
 * lesson.h - what people say of messages by where they put them, on its way to
 * store, which learns from it.
 */
#pragma once
#include "mail/account.h"

/* These messages (pairs of u32 UIDs) in this mailbox are spam, or good: of many
 * as many as one ask holds, which is some tens. Suspends. Nobody has to hear
 * that it cannot be told: it says nothing of the mail. */
void lesson_give(const struct account *a, uint64_t mailbox, struct str uids,
    enum lesson lesson);
