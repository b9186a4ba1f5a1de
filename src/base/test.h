/*
 * test.h - what every unit test includes: cmocka, and slices for it.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Fails with both texts unless s is exactly the string `want`. */
#define assert_str(s, want) assert_str_at((s), str_c(want), __FILE__, __LINE__)
#define assert_strs(s, want) assert_str_at((s), (want), __FILE__, __LINE__)

static inline void
assert_str_at(struct str s, struct str want, const char *file, int line)
{
	if (str_eq(s, want))
		return;
	print_error("is   \"%.*s\"\nwant \"%.*s\"\n", STR_FMT(s),
	    STR_FMT(want));
	_fail(file, line);
}
