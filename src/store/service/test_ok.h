/*
 * test_ok.h - a call that has to succeed, in a test whose p has a fixture d.
 */
#pragma once
#include "base/test.h"

#define OK(call)                                                      \
	do {                                                          \
		int ok_rc = (call);                                   \
		if (ok_rc < 0)                                        \
			fail_msg("%s: %d %s", #call, ok_rc,           \
			    p->d.err.text);                           \
	} while (0)
