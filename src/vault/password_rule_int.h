/*
 * password_rule_int.h - the words that everybody tries first.
 */
#pragma once
#include "base/attr.h"

#include <stddef.h>

/* Rows of words in the order of strcmp(), each with a space behind it. */
extern const char *const common_passwords[];
extern const size_t common_npasswords;
