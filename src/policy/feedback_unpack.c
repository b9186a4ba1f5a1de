#include "policy/feedback_int.h"
#include "policy/zip_walk.h"
#include "rt/gzip.h"

/*
 * What a report comes in: gzip as the RFCs say (7489 7.2.1.1, 8460 5.1), ZIP
 * as many do, or nothing. The text is one file; a bomb is longer than one may
 * be.
 */

struct zipped {
	struct buf *room;
	bool encrypted, found, full;
};

/* The first file; those of the directory have no octets. */
static bool
begin_file(void *arg, const struct zip_entry *e)
{
	struct zipped *z = arg;

	z->encrypted |= e->encrypted;
	if (e->central || e->encrypted || z->found)
		return false;
	z->found = true;
	return true;
}

static bool
file_octets(void *arg, struct str octets)
{
	struct zipped *z = arg;

	if (octets.n > z->room->cap - z->room->n) {
		z->full = true;
		return false;
	}
	buf_str(z->room, octets);
	return true;
}

static void
end_file(void *arg unused_arg)
{
}

static int
unzip(struct str file, struct buf *room, struct err *err)
{
	struct zipped z = { .room = room };
	const struct zip_hearer h = { &z, begin_file, file_octets, end_file };
	struct zip_walk *w = zip_walk_new(&h);

	zip_walk_feed(w, file);
	zip_walk_end(w);
	if (z.full)
		return err_set(err, E_LIMIT, "it has more than %zu octets",
		    room->cap);
	if (!z.found)
		return err_set(err, E_INVALID, z.encrypted ?
		    "its archive is encrypted" : "its archive has no file");
	return 0;
}

int
feedback_unpack(struct str file, struct buf *room, struct str *text,
    struct err *err)
{
	int rc = 0;

	*text = file;
	if (str_starts(file, STR("\x1f\x8b")))
		rc = gzip_unpack(file, room, err);
	else if (str_starts(file, STR("PK\3\4")))
		rc = unzip(file, room, err);
	else
		return 0;
	*text = buf_get(room);
	return rc;
}
