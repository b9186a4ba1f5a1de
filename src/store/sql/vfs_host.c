#include "store/sql/vfs_host.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

int
vfs_full_pathname(sqlite3_vfs *base, const char *name, int n, char *out)
{
	(void)base;
	return snprintf(out, (size_t)n, "%s", name) < n ? SQLITE_OK
							: SQLITE_CANTOPEN;
}

int
vfs_randomness(sqlite3_vfs *base, int n, char *out)
{
	ssize_t got = getrandom(out, (size_t)n, 0);

	(void)base;
	return got < 0 ? 0 : (int)got;
}

int
vfs_sleep(sqlite3_vfs *base, int us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000L };

	(void)base;
	nanosleep(&ts, NULL);
	return us;
}

int
vfs_time(sqlite3_vfs *base, sqlite3_int64 *ms)
{
	struct timespec ts;

	(void)base;
	clock_gettime(CLOCK_REALTIME, &ts);
	*ms = 210866760000000LL + ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
	return SQLITE_OK;
}

int
vfs_last_error(sqlite3_vfs *base, int n, char *out)
{
	(void)base;
	(void)n;
	(void)out;
	return 0;
}
