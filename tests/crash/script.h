/*
 * script.h - what the crash harness has the store do, and what of it can be
 * seen.
 */
#pragma once
#include "base/buf.h"
#include "store/service/test_fixture.h"

struct step {
	const char *name;
	/* May be done again: it then asks with the same change ids. */
	int (*run)(struct fixture *d);
	bool several;	/* requests: one may find room and another not */
};

extern const struct step script[];
extern const size_t script_steps;

/* Step i from the start. 0, or the E_* of what failed (d->dead: the process
 * ended). */
enum script_clock { CLOCK_GOES, CLOCK_BACK, CLOCK_JUMPS, CLOCKS };
extern enum script_clock script_clock;
int script_run(struct fixture *d, size_t i);
/* Everything a person, the operator or the relay could see, as text. */
int script_dump(struct fixture *d, struct buf *out);
/* A message that cannot be read for damage is a line that says so, instead of
 * the end of it. */
extern bool script_lenient;
/* Is a line of such a dump what it was, but for that? Facts may be missing. */
bool script_same_line(struct str now, struct str was);
