/*
 * attr.h - attributes with names of ours.
 */
#pragma once

#define must_check __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
#define no_return __attribute__((noreturn))
#define unused_arg __attribute__((unused))

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* The struct that holds member m at address p. */
#define container_of(p, type, m) \
	((type *)(void *)((char *)(p) - __builtin_offsetof(type, m)))

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifndef HAVE_ASAN
#define HAVE_ASAN 0
#endif
