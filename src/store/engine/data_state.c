#include "store/engine/data_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/str.h"

enum { LINE = 64 };	/* octets, whatever it says: one sector */

#define STATE "postern.state"

static bool
is_there(struct files *fs, const char *name)
{
	struct file *f;
	uint64_t size = 0;

	if (fs->ops->open(fs, name, 0, &f) < 0)
		return false;
	(void)fs->ops->size(f, &size);
	file_close(f);
	return size > 0;
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

/* "running 12" or "stopped 12", and spaces up to the newline. */
static void
read_state(struct files *fs, struct data_state *s)
{
	struct str line, word;
	char text[LINE];
	struct file *f;

	*s = (struct data_state){ 0 };
	if (fs->ops->open(fs, STATE, 0, &f) < 0)
		return;
	if (file_read_all(f, text, sizeof(text), 0) == 0) {
		line = str_trim(str_make(text, sizeof(text)));
		word = str_first(line, str_chr(line, ' '));
		s->running = str_eq(word, STR("running"));
		s->known = (s->running || str_eq(word, STR("stopped"))) &&
		    str_u64(str_trim(str_from(line, word.n)), &s->fence);
	}
	file_close(f);
}

int
data_state_check(struct files *fs, struct data_state *s, struct err *err)
{
	read_state(fs, s);
	if (!is_there(fs, "postern.db") && (s->known || holds_mail(fs)))
		return err_set(err, E_INVALID, "postern.db is missing or "
		    "empty, and this folder holds mail: restore it and "
		    "postern.db-wal, or begin with an empty folder");
	if (s->known && s->running && !is_there(fs, "postern.db-wal"))
		return err_set(err, E_INVALID, "postern.db-wal is missing or "
		    "empty, and the server had not ended in good order: "
		    "restore it, or remove postern.state to go on without "
		    "the last changes");
	return 0;
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

int
data_state_put(struct files *fs, bool running, uint64_t fence,
    struct err *err)
{
	bool is_new = fs->ops->exists(fs, STATE) < 0;
	char text[LINE + 1];
	struct file *f;
	int rc = fs->ops->open(fs, STATE, FILE_CREATE, &f);

	if (rc < 0)
		return err_set(err, rc == -ENOSPC ? E_FULL : E_IO, "%s: %s",
		    STATE, strerrordesc_np(-rc));
	(void)snprintf(text, sizeof(text), "%s %-*" PRIu64 "\n",
	    running ? "running" : "stopped", LINE - 9, fence);
	rc = fs->ops->write(f, text, LINE, 0);
	if (rc == 0)
		rc = fs->ops->sync(f);
	file_close(f);
	if (rc == 0 && is_new)
		rc = fs->ops->sync_dir(fs, ".");
	return rc < 0 ? err_set(err, rc == -ENOSPC ? E_FULL : E_IO, "%s: %s",
	    STATE, strerrordesc_np(-rc)) : 0;
}
