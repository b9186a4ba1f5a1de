#include "rt/clock.h"

static int64_t
read_us(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
real_mono(struct clock *c)
{
	(void)c;
	return read_us(CLOCK_MONOTONIC);
}

static int64_t
real_wall(struct clock *c)
{
	(void)c;
	return read_us(CLOCK_REALTIME);
}

struct clock
clock_real(void)
{
	return (struct clock){ real_mono, real_wall, NULL };
}

static int64_t
fake_mono(struct clock *c)
{
	return ((struct fake_clock *)(void *)c)->mono;
}

static int64_t
fake_wall(struct clock *c)
{
	return ((struct fake_clock *)(void *)c)->wall;
}

static void
fake_advance(struct clock *c, int64_t mono_us)
{
	struct fake_clock *f = (struct fake_clock *)(void *)c;

	if (mono_us <= f->mono)
		return;
	f->wall += mono_us - f->mono;
	f->mono = mono_us;
}

struct fake_clock
clock_fake(int64_t wall_us)
{
	return (struct fake_clock){ { fake_mono, fake_wall, fake_advance },
		1000000, wall_us };
}
