/*
 * recover.c - what SQL names and what lies in the folder, held together at
 * the start.
 *
 * A file that nobody names is most often what a crash left behind; it is also
 * all that is left of people's mail where the database was lost or is an old
 * one. So it is never removed here, but put aside under a name that says so. A
 * file that is named and not there, or too short, is told as well: the others
 * are served.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"
#include "store/disk/pack_int.h"
#include "store/disk/salvage.h"

enum known_kind { KNOWN_PACK = 1, KNOWN_BLOB };

static void
tell_missing(struct log *log, const char *name, const char *what)
{
	if (log)
		log_event(log, LOG_ERROR, "file_missing",
		    F_STR("file", str_c(name)), F_STR("what", str_c(what)));
}

void
packs_keep_all(struct packs *p)
{
	p->keep_all = true;
}

struct packs_top
packs_top(const struct packs *p)
{
	return p->top;
}

/* Records that follow each other in a file, from an offset on: whether one was
 * written by a later database shows in its numbers. What cannot be read here is
 * looked at by those who salvage. */
static void
look_for_top(struct packs *p, const char *name, uint64_t at)
{
	struct salvage *s = NULL;
	struct place there;
	uint64_t account;

	if (salvage_open(p, name, &s, NULL) < 0)
		return;
	while (at < salvage_size(s) && salvage_next(s, &at, RECORD_ALIGN,
	    &there, &account, NULL) > 0) {
		if (there.blob > p->top.blob)
			p->top.blob = there.blob;
		if (account > p->top.account)
			p->top.account = account;
		at += place_octets(&there);
	}
	salvage_close(s);
}

static int
look_at_strays(struct packs *p, struct err *err)
{
	char name[SALVAGE_NAME], after[SALVAGE_NAME] = "";
	int rc;

	while ((rc = salvage_next_stray(p, str_c(after), name, err)) > 0) {
		look_for_top(p, name, 0);
		memcpy(after, name, sizeof(after));
	}
	return rc;
}

/* A commit begins its records when the one before it is on the disk. */
int
packs_unknown(struct packs *p, uint64_t pack, uint64_t written,
    struct err *err)
{
	char name[40], header[RECORD_HEADER];
	struct place at = { .at = written };
	struct file *f;
	struct record r;
	size_t got;
	int rc, n = 0;

	pack_name(name, sizeof(name), pack);
	rc = p->fs->ops->open(p->fs, name, 0, &f);
	if (rc < 0)
		return rc == -ENOENT ? 0 : pack_failed(err, rc, "open pack",
		    pack);
	while (n < 2) {
		rc = p->fs->ops->read(f, header, sizeof(header), at.at, &got);
		if (rc < 0 || got < sizeof(header) || !record_parse(header,
		    &r))
			break;
		n += r.first;
		at.length = r.length;
		at.facts = r.rest;
		at.at += place_octets(&at);
	}
	file_close(f);
	return n;
}

enum packs_whose
packs_whose(struct packs *p, const struct place *at)
{
	char name[40], header[RECORD_HEADER];
	struct record r;
	struct file *f;
	size_t got;
	int rc;

	if (at->pack)
		pack_name(name, sizeof(name), at->pack);
	else
		large_name(name, sizeof(name), at->blob);
	if (p->fs->ops->open(p->fs, name, 0, &f) < 0)
		return PACKS_NOBODYS;
	rc = p->fs->ops->read(f, header, sizeof(header), at->at, &got);
	file_close(f);
	if (rc < 0 || got < sizeof(header) || !record_parse(header, &r))
		return PACKS_NOBODYS;
	return r.blob == at->blob && r.crc == at->crc ? PACKS_ITS :
	    PACKS_ANOTHERS;
}

int
packs_known(struct packs *p, uint64_t pack, uint64_t written, uint64_t live,
    struct log *log, struct err *err)
{
	uint64_t size = 0;
	char name[40];
	struct file *f;
	int rc;

	/* Else what is in it belongs to another database. */
	if (written > 0 || !p->keep_all)
		map_put_number(&p->known, KNOWN_PACK, pack, 0, 1);
	pack_name(name, sizeof(name), pack);
	rc = p->fs->ops->open(p->fs, name, 0, &f);
	if (pack > p->last && (written > 0 ||
	    (rc != -ENOENT && !p->keep_all)))
		p->last = pack;
	if (rc == -ENOENT) {
		if (live > 0) /* else on its way in, or out */
			tell_missing(log, name, "the file is gone");
		return 0;
	}
	if (rc == 0)
		rc = p->fs->ops->size(f, &size);
	if (rc < 0)
		return pack_failed(err, rc, "open pack", pack);
	if (size < written) {
		tell_missing(log, name, "the file is shorter than it was");
		file_close(f);
		return 0;
	}
	if (p->keep_all) {
		file_close(f);
		look_for_top(p, name, written);
		return 0;
	}
	file_close(p->f);
	p->f = f;
	p->pack = pack;
	p->end = p->pos = p->ahead = written;
	return 0;
}

int
packs_known_file(struct packs *p, uint64_t blob, struct log *log,
    struct err *err)
{
	char name[40];
	int rc;

	large_name(name, sizeof(name), blob);
	map_put_number(&p->known, KNOWN_BLOB, blob, 0, 1);
	rc = p->fs->ops->exists(p->fs, name);
	if (rc == -ENOENT)
		tell_missing(log, name, "the file is gone");
	else if (rc < 0)
		return pack_failed(err, rc, "open blob", blob);
	return 0;
}

/* ---- strays -------------------------------------------------------------- */

struct strays {
	struct packs *p;
	uint64_t kind;
	struct VEC(uint64_t) ids;
};

static bool
hex_id(const char *name, uint64_t *id)
{
	return strlen(name) == 16 && str_hex64(str_c(name), id);
}

static void
note_stray(void *arg, const char *name)
{
	struct strays *s = arg;
	uint64_t id;

	if (!hex_id(name, &id) ||
	    map_get_number(&s->p->known, s->kind, id, 0) != 0)
		return;
	vec_push(&s->ids, id);
}

/* A name that nobody has. In the same folder: Landlock lets nothing move to
 * another. */
static void
name_aside(struct packs *p, const char *dir, uint64_t id, char *out, size_t n)
{
	unsigned copy = 0;

	do
		(void)snprintf(out, n, "%s/stray-%016llx.%u", dir,
		    (unsigned long long)id, copy++);
	while (p->fs->ops->exists(p->fs, out) == 0);
}

static int
put_strays_aside(struct packs *p, const char *dir, enum known_kind kind,
    struct log *log, struct err *err)
{
	struct strays s = { .p = p, .kind = kind };
	char name[40], aside[64];
	int rc = p->fs->ops->list(p->fs, dir, note_stray, &s);

	for (size_t i = 0; rc == 0 && i < s.ids.n; i++) {
		if (kind == KNOWN_PACK)
			pack_name(name, sizeof(name), s.ids.p[i]);
		else
			large_name(name, sizeof(name), s.ids.p[i]);
		name_aside(p, dir, s.ids.p[i], aside, sizeof(aside));
		rc = p->fs->ops->rename(p->fs, name, aside);
		if (rc == 0 && log)
			log_event(log, LOG_WARN, "stray_file",
			    F_STR("file", str_c(name)),
			    F_STR("now", str_c(aside)));
	}
	vec_free(&s.ids);
	return rc < 0 ? pack_failed(err, rc, "put aside", kind) : 0;
}

/* At each start, as long as they take room. */
static int
tell_strays(struct packs *p, struct log *log, struct err *err)
{
	uint64_t files, octets;
	int rc = salvage_strays(p, &files, &octets, err);

	if (rc == 0 && files > 0 && log)
		log_event(log, LOG_WARN, "strays_kept", F_INT("files", files),
		    F_INT("octets", octets));
	return rc;
}

int
packs_recovered(struct packs *p, struct log *log, struct err *err)
{
	int rc = put_strays_aside(p, "packs", KNOWN_PACK, log, err);

	if (rc == 0)
		rc = put_strays_aside(p, "blobs", KNOWN_BLOB, log, err);
	if (rc == 0)
		rc = tell_strays(p, log, err);
	if (rc == 0 && p->keep_all)
		rc = look_at_strays(p, err);
	map_free(&p->known);
	if (rc < 0 || !p->f)
		return rc;
	/* The torn tail: only what lies beyond what SQL names. */
	rc = p->fs->ops->truncate(p->f, p->end);
	if (rc == 0)
		rc = p->fs->ops->allocate(p->f, p->size);
	if (rc == -ENOSPC)
		rc = 0;
	return rc < 0 ? pack_failed(err, rc, "cut pack", p->pack) : 0;
}
