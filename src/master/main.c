#include "master/master.h"

enum { ORDER_OCTETS = 1 << 20 };

int
main(void)
{
	struct arena *a = arena_new(ORDER_OCTETS);
	struct err err = { 0 };
	struct serve s;
	int code;

	if (serve_take(a, &s, &err) < 0) {
		fputs("postern-master is started by postern; try: postern "
		      "help\n", stderr);
		return 64;
	}
	code = master_run(&s);
	arena_free(a);
	return code;
}
