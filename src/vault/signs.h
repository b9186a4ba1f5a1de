/*
 * signs.h - the 32 signs of which passwords and codes are made here. Pure.
 *
 * None of them is taken for another; 0 is typed for o.
 */
#pragma once
#include "base/str.h"

/* One of each random octet. */
void signs_of(const uint8_t *random, char *signs, size_t n);
/* As people type them: any case, with or without "-" and spaces. False if they
 * are not n. */
must_check bool signs_read(struct str typed, char *signs, size_t n);
