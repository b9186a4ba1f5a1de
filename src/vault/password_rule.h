/*
 * password_rule.h - which passwords may be chosen. Pure.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { PASSWORD_LEAST = 8,	/* characters: NIST SP 800-63B 5.1.1.2 */
	PASSWORD_MOST = 1000 };	/* octets */

/* Is it long enough, and none of those that are tried first: the common ones,
 * and whose it is? E_INVALID says what is wrong. */
int password_check(struct str password, struct str address, struct err *err);
