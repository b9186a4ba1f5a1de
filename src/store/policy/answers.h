/*
 * answers.h - who answers what an account sent: by the ids of its messages,
 * which nobody knows but those who got them. RFC 5322 3.6.4
 */
#pragma once
#include "store/engine/engine_int.h"

/* Nobody can guess it: in front of the @ are at least fourteen letters and
 * digits, and small letters, capitals and digits give way to each other five
 * times, three of them digits to letters or letters to digits. A date, a count,
 * or words around them are none of these. */
bool answers_can_tell(struct str id);

/* The account has sent this to somebody elsewhere; the writer's. Without < >.
 * One that could be guessed is not remembered. */
int answers_sent(struct engine *e, uint64_t account, struct str id,
    struct err *err);
/* 1: it is one of these (LF between) that it sent, at *at_s. */
int answers_find(struct sql *q, struct arena *a, uint64_t account,
    struct str ids, int64_t now_s, int64_t *at_s, struct err *err);
/* Who has answered a message of the account: known by this from now on. */
struct str answers_author(struct arena *a, struct str domain,
    struct str local);
