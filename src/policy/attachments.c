#include "policy/attachments.h"

#include <stdlib.h>

#include "base/err.h"
#include "mime/transfer.h"

enum { PIECE = 8192 };

struct attachments {
	struct file_finds finds;
	struct file_look *file;
	struct transfer transfer;
	struct buf octets;	/* of a piece, decoded */
	bool over;		/* of this file no more is wanted */
};

struct attachments *
attachments_new(void)
{
	struct attachments *t = calloc(1, sizeof(*t));

	bug_if(!t);
	t->octets = BUF_INIT(2 * PIECE);
	return t;
}

static bool
begin_file(void *arg, const struct mime_watched *part)
{
	struct attachments *t = arg;
	bool read = str_eqi(part->type, STR("text")) &&
	    (str_eqi(part->subtype, STR("plain")) ||
	    str_eqi(part->subtype, STR("html")));

	if (read && part->name.n == 0)
		return false;
	t->file = file_look_new(&t->finds, part->name);
	t->transfer = transfer_of(part->encoding);
	t->over = false;
	return true;
}

static void
pass_octets(struct attachments *t)
{
	t->over = !file_look_octets(t->file, buf_get(&t->octets)) ||
	    t->over;
	buf_reset(&t->octets);
}

static void
file_octets(void *arg, struct str octets)
{
	struct attachments *t = arg;

	while (octets.n > 0 && !t->over) {
		transfer_more(&t->transfer, str_first(octets, PIECE),
		    &t->octets);
		octets = str_from(octets, PIECE);
		pass_octets(t);
	}
}

static void
end_file(void *arg)
{
	struct attachments *t = arg;

	if (!t->over) {
		transfer_end(&t->transfer, &t->octets);
		pass_octets(t);
	}
	file_look_end(t->file);
	t->file = NULL;
}

struct mime_watch
attachments_watch(struct attachments *t)
{
	return (struct mime_watch){ t, begin_file, file_octets, end_file };
}

const struct file_finds *
attachments_found(const struct attachments *t)
{
	return &t->finds;
}

void
attachments_free(struct attachments *t)
{
	if (!t)
		return;
	file_look_end(t->file);
	buf_free(&t->octets);
	free(t);
}
