/*
 * room.c - how full the disk is: what is said of it, and the reserve.
 *
 * The reserve is a file of nothing. A full disk can still be left through it:
 * whatever makes room (EFFECT_frees, and gc) and finds none gives it up and is
 * done again in its place. From then on everything else is refused, until the
 * reserve is whole again.
 */
#include "store/engine/engine_int.h"

#define RESERVE "reserve"

enum { LOOK_EVERY_S = 5, PIECE = 1 << 20 };
#define LOW_LEAST ((uint64_t)256 << 20)
#define LOW_MOST ((uint64_t)2 << 30)

/* For the loop: is it of use to take a message in? */
static void
say_refused(struct engine *e)
{
	__atomic_store_n(&e->room.refuses, e->refusal.code ? e->refusal.code :
	    e->room.full ? E_FULL : 0, __ATOMIC_RELAXED);
}

int
engine_refuses(const struct engine *e)
{
	return __atomic_load_n(&e->room.refuses, __ATOMIC_RELAXED);
}

/* Some file systems cannot allocate: then it is written. */
static int
fill_reserve(struct engine *e, struct file *f)
{
	const struct files_ops *ops = e->o.files->ops;
	uint64_t size, n = e->o.reserve_octets;
	static const char zeros[PIECE];
	int rc = ops->allocate(f, n);

	if (rc == 0)
		rc = ops->size(f, &size);
	for (; rc == 0 && size < n; size += PIECE)
		rc = ops->write(f, zeros, n - size < PIECE ?
		    (size_t)(n - size) : PIECE, size);
	return rc;
}

void
room_was_full(struct engine *e, const struct err *why)
{
	if (e->room.full)
		return;
	e->room.full = true;
	e->room.full_since_s = e->now_s;
	say_refused(e);
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "disk_full", F_ERR(why));
}

static int
make_reserve(struct engine *e)
{
	struct file *f;
	int rc = e->o.files->ops->open(e->o.files, RESERVE, FILE_CREATE, &f);

	if (rc < 0)
		return rc;
	rc = fill_reserve(e, f);
	/* A part of it would be missing to those who want little. */
	if (rc < 0)
		(void)e->o.files->ops->truncate(f, 0);
	file_close(f);
	return rc;
}

bool
room_regain(struct engine *e)
{
	struct err why;
	int rc = e->room.whole ? 0 : make_reserve(e);

	e->room.whole = rc == 0;
	if (rc < 0) {
		(void)err_set(&why, E_FULL, "%s: %s", RESERVE,
		    strerrordesc_np(-rc));
		room_was_full(e, &why);
	}
	return e->room.whole;
}

bool
room_give_up(struct engine *e)
{
	uint64_t size = 0;
	struct file *f;

	if (e->o.files->ops->open(e->o.files, RESERVE, 0, &f) < 0)
		return false;
	if (e->o.files->ops->size(f, &size) < 0 ||
	    e->o.files->ops->truncate(f, 0) < 0)
		size = 0;
	file_close(f);
	e->room.whole = false;
	return size > 0;
}

/* The next pack, and a little: asked of the file system itself, which may
 * know of quotas. */
static bool
takes_a_pack(struct engine *e)
{
	const struct files_ops *ops = e->o.files->ops;
	struct file *f;
	bool ok;

	if (!room_regain(e) ||
	    ops->open(e->o.files, RESERVE, 0, &f) < 0)
		return false;
	ok = ops->allocate(f, e->o.reserve_octets + e->o.pack_octets +
	    PIECE) == 0;
	if (ops->truncate(f, e->o.reserve_octets) < 0)
		ok = false;
	file_close(f);
	return ok;
}

static void
look_how_low(struct engine *e)
{
	uint64_t total, unused, low;

	if (e->o.files->ops->room(e->o.files, &total, &unused) < 0)
		return;
	low = total / 20 < LOW_LEAST ? LOW_LEAST : total / 20;
	low = low > LOW_MOST ? LOW_MOST : low;
	if (unused < low && !e->room.low && e->o.log)
		log_event(e->o.log, LOG_WARN, "disk_low",
		    F_INT("mb", unused >> 20), F_INT("of", total >> 20));
	/* Once, though it may go up and down a little. */
	e->room.low = unused < low || (e->room.low && unused < low / 4 * 5);
}

void
room_look(struct engine *e)
{
	if (e->now_s >= e->room.looked_s &&
	    e->now_s - e->room.looked_s < LOOK_EVERY_S)
		return;
	e->room.looked_s = e->now_s;
	look_how_low(e);
	if (!e->room.full || e->refusal.code || !takes_a_pack(e))
		return;
	e->room.full = false;
	say_refused(e);
	if (e->o.log)
		log_event(e->o.log, LOG_INFO, "disk_has_room",
		    F_INT("seconds", e->now_s - e->room.full_since_s));
}

void
room_refuse(struct engine *e, const struct err *why)
{
	e->refusal = *why;
	say_refused(e);
}
