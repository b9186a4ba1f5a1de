/*
 * banned.h - functions this program does without, as compile errors.
 *
 * Included ahead of every file by the build, after the headers that declare
 * what it bans. str.h, buf.h and the str_u32() family are the replacements.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* With fortified headers clang sees some of them as macros. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strncpy strcat strncat stpcpy strtok strtok_r
#pragma GCC poison sprintf vsprintf gets sscanf
#pragma GCC poison atoi atol atoll atof strtol strtoul strtoll strtoull
#pragma GCC poison localtime gmtime ctime asctime mktime
