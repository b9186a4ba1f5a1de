#include "store/engine/data_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/str.h"
#include "store/sql/wal.h"

enum { LINE = 64 };	/* octets, whatever it says: one sector */

#define STATE "postern.state"

/* Is it there, with so many octets? 1 or 0. E_INVALID: who can say? That is not
 * "missing", which would have somebody begin anew. */
static int
look_for(struct files *fs, const char *name, uint64_t least, struct err *err)
{
	uint64_t size = 0;
	struct file *f;
	int rc = fs->ops->open(fs, name, 0, &f);

	if (rc == -ENOENT)
		return 0;
	if (rc == 0) {
		rc = fs->ops->size(f, &size);
		file_close(f);
	}
	return rc == 0 ? size >= least : err_set(err, E_INVALID, "%s is there "
	    "and cannot be opened: %s%s", name, strerrordesc_np(-rc),
	    rc == -EACCES ? ". It has to belong to the user that the folder "
	    "store/ belongs to" : "");
}

static void
note_file(void *arg, const char *name unused_arg)
{
	bool *any = arg;

	*any = true;
}

static bool
holds_mail(struct files *fs)
{
	bool any = false;

	(void)fs->ops->list(fs, "packs", note_file, &any);
	(void)fs->ops->list(fs, "blobs", note_file, &any);
	return any;
}

static struct str
next_word(struct str *line)
{
	struct str word;

	*line = str_trim(*line);
	word = str_first(*line, str_chr(*line, ' '));
	*line = str_from(*line, word.n);
	return word;
}

static int
read_line(struct files *fs, char text[LINE])
{
	struct file *f;
	size_t got;
	int rc = fs->ops->open(fs, STATE, 0, &f);

	if (rc < 0)
		return rc;
	memset(text, ' ', LINE);
	rc = fs->ops->read(f, text, LINE, 0, &got);
	file_close(f);
	return rc;
}

/* "running 12" or "stopped 12", or "starting 13 running", and spaces up to the
 * newline. What the line of an opening that came to nothing says is what was
 * before it. Or "lost", by the operator's hand; or, by postern restore's,
 * "restoring" and at its end "restored 12". */
static void
read_state(struct files *fs, struct data_state *s, bool *restoring)
{
	struct str line, word;
	char text[LINE];
	bool starting;

	*s = (struct data_state){ 0 };
	*restoring = false;
	if (read_line(fs, text) < 0)
		return;
	line = str_make(text, sizeof(text));
	word = next_word(&line);
	*restoring = str_eq(str_trim(word), STR("restoring"));
	s->lost = str_eq(str_trim(word), STR("lost"));
	starting = str_eq(word, STR("starting"));
	s->known = str_u64(next_word(&line), &s->fence);
	if (starting) {
		word = next_word(&line);
		s->fence--;
	}
	s->running = str_eq(word, STR("running"));
	s->restored = str_eq(word, STR("restored"));
	s->known = s->known && (s->running || s->restored ||
	    str_eq(word, STR("stopped")));
}

int
data_state_check(struct files *fs, struct data_state *s, struct err *err)
{
	bool restoring;
	int rc;

	read_state(fs, s, &restoring);
	if (restoring)
		return err_set(err, E_INVALID, "postern restore into this "
		    "folder has not come to its end: run it again");
	if (s->lost)
		return 0;
	if ((rc = look_for(fs, "postern.db", 1, err)) < 0)
		return rc;
	if (rc == 0 && (s->known || holds_mail(fs)))
		return err_set(err, E_INVALID, "postern.db is missing or "
		    "empty, and this folder holds mail: restore it and "
		    "postern.db-wal. If they are gone for good, write "
		    "the word lost into postern.state");
	if (!s->known || !s->running)
		return 0;
	/* One commit is in it: invariant 1. */
	rc = look_for(fs, "postern.db-wal", WAL_HEADER + WAL_FRAME, err);
	return rc != 0 ? rc < 0 ? rc : 0 : err_set(err, E_INVALID,
	    "postern.db-wal is missing or empty, and the server had not ended "
	    "in good order: restore it, or remove postern.state to go on "
	    "without the last changes");
}

int
data_state_check_fence(const struct data_state *s, uint64_t fence,
    struct err *err)
{
	if (!s->known || fence >= s->fence)
		return 0;
	return err_set(err, E_INVALID, "postern.db is older than this folder "
	    "(start %" PRIu64 ", the last was %" PRIu64 "): restore all of "
	    "it from one backup, or remove postern.state to go on with what "
	    "it knows", fence, s->fence);
}

static int
write_line(struct files *fs, const char *words, struct err *err)
{
	bool is_new = fs->ops->exists(fs, STATE) < 0;
	char text[LINE + 1];
	struct file *f;
	int rc = fs->ops->open(fs, STATE, FILE_CREATE, &f);

	if (rc < 0)
		return err_set(err, rc == -ENOSPC ? E_FULL : E_IO, "%s: %s",
		    STATE, strerrordesc_np(-rc));
	(void)snprintf(text, sizeof(text), "%-*s\n", LINE - 1, words);
	rc = fs->ops->write(f, text, LINE, 0);
	if (rc == 0)
		rc = fs->ops->sync(f);
	file_close(f);
	if (rc == 0 && is_new)
		rc = fs->ops->sync_dir(fs, ".");
	return rc < 0 ? err_set(err, rc == -ENOSPC ? E_FULL : E_IO, "%s: %s",
	    STATE, strerrordesc_np(-rc)) : 0;
}

int
data_state_claim(struct files *fs, const struct data_state *before,
    uint64_t fence, struct err *err)
{
	char words[LINE];

	(void)snprintf(words, sizeof(words), "starting %" PRIu64 " %s", fence,
	    !before->known ? "new" : before->restored ? "restored" :
	    before->running ? "running" : "stopped");
	return write_line(fs, words, err);
}

int
data_state_put(struct files *fs, bool running, uint64_t fence,
    struct err *err)
{
	char words[LINE];

	(void)snprintf(words, sizeof(words), "%s %" PRIu64,
	    running ? "running" : "stopped", fence);
	return write_line(fs, words, err);
}

/* The file that has the name now: somebody may have put another one there. */
static bool
hold_state(struct files *fs, struct file **held)
{
	if (*held && fs->ops->is_named(*held, STATE) == 0)
		return true;
	file_close(*held);
	if (fs->ops->open(fs, STATE, 0, held) == 0)
		return true;
	*held = NULL;
	return false;
}

int
data_state_is_last(struct files *fs, struct file **held, uint64_t fence,
    struct err *err)
{
	char text[LINE];
	struct str line = str_make(text, sizeof(text));
	uint64_t last = 0;

	if (hold_state(fs, held) && file_read_all(*held, text, LINE, 0) == 0) {
		(void)next_word(&line);
		if (!str_u64(next_word(&line), &last))
			last = 0;
	}
	return last == fence ? 0 : err_set(err, E_STALE, "another store has "
	    "begun in this folder (start %" PRIu64 ", ours was %" PRIu64 ")",
	    last, fence);
}
