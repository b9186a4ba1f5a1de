#include "base/vec.h"

#include "base/err.h"

enum { ROOM_FIRST = 16 };

/* Where the array is that had n members of size octets each and room for
 * *room, once there is room for `more` behind them. */
void *
vec_grow(void *p, size_t n, size_t more, size_t *room, size_t size)
{
	size_t want, octets;

	if (more <= *room - n)
		return p;
	bug_if(__builtin_add_overflow(n, more, &want));
	if (want < *room * 2)
		want = *room * 2;
	if (want < ROOM_FIRST)
		want = ROOM_FIRST;
	bug_if(__builtin_mul_overflow(want, size, &octets) ||
	    octets > VEC_OCTETS_MAX);
	p = realloc(p, octets);
	bug_if(!p);
	*room = want;
	return p;
}
