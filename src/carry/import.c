#include "carry/import.h"

#include <errno.h>
#include <unistd.h>

#include "carry/folder_name.h"
#include "carry/import_int.h"
#include "carry/reindex.h"
#include "rt/tls.h"

enum { ITEM_MEM = 512 * 1024, SMALL_FILE = 1 << 20, SUBSCRIPTIONS_MAX = 4000,
	ROOTS_MAX = 4 << 20, UIDLIST_MAX = 256 << 20 };

static struct tls_lib *tls_lib;

int
import_prepare(struct err *err)
{
	tls_lib = tls_lib_new(err);
	return tls_lib ? 0 : err->code;
}

struct tls_lib *
import_tls_lib(void)
{
	return tls_lib;
}

ssize_t
import_read(void *arg, uint64_t at, void *p, size_t n, struct err *err)
{
	const int *fd = arg;
	ssize_t got;

	do
		got = pread(*fd, p, n, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_sys(err, E_DAMAGED, "read") : got;
}

int
import_whole(int fd, struct text_out out, struct err *err)
{
	static char octets[64 * 1024];
	uint64_t at = 0;
	ssize_t n;

	while ((n = import_read(&fd, at, octets, sizeof(octets), err)) > 0) {
		out.put(out.arg, str_make(octets, (size_t)n));
		at += (uint64_t)n;
	}
	return (int)n;
}

void
import_crlf(void *arg, struct str octets)
{
	text_crlf_put(arg, octets);
}

static void
keep_octets(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, str_first(octets, b->cap - b->n));
}

/* The beginning of a small file. */
static int
read_small(int fd, struct buf *b, struct err *err)
{
	return import_whole(fd, (struct text_out){ keep_octets, b }, err);
}

/* What a person would call it: "folder/name". */
struct str
import_label(const struct carrier_next_answer *item, struct arena *a)
{
	return item->folder.n ? arena_printf(a, "%.*s/%.*s",
	    STR_FMT(item->folder), STR_FMT(item->name)) :
	    str_dup(a, item->name);
}

/* ---- what says something about folders ---------------------------------- */

static int
begin_folder(struct import *im, const struct carrier_next_answer *item,
    struct err *err)
{
	im->keywords = (struct maildir_keywords){ 0 };
	import_forget_uids(im);
	im->folder = str_dup(im->mem, folder_of_maildir(item->folder,
	    im->item_mem));
	return intake_mailbox(im->in, im->folder, 0, &im->here, err);
}

static int
take_keywords(struct import *im, int fd, struct err *err)
{
	auto_buf b = BUF_INIT(SMALL_FILE);
	int rc = read_small(fd, &b, err);

	if (rc == 0)
		maildir_keywords_read(buf_get(&b), &im->keywords);
	return rc;
}

void
import_forget_uids(struct import *im)
{
	uidlist_free(im->uids);
	im->uids = NULL;
	buf_free(&im->uids_text);
}

/* POP3 sees INBOX and nothing else. */
static int
take_uids(struct import *im, int fd, struct err *err)
{
	int rc;

	import_forget_uids(im);
	if (!str_eq(im->here, STR("INBOX")))
		return 0;
	im->uids_text = BUF_INIT(UIDLIST_MAX);
	rc = read_small(fd, &im->uids_text, err);
	if (rc == 0)
		im->uids = uidlist_read(buf_get(&im->uids_text));
	return rc;
}

/* Dovecot: a name a line, "." between levels; its second version begins with
 * "V", TAB, "2" and has a TAB between them. Courier: "INBOX.Name". */
static int
take_subscriptions(struct import *im, int fd, struct err *err)
{
	auto_buf b = BUF_INIT(SMALL_FILE);
	struct arena *a = arena_new(FOLDER_NAME_MEM);
	struct str line, rest;
	char separator = '.';
	int rc = read_small(fd, &b, err);
	size_t n = 0;

	for (rest = buf_get(&b); rc == 0 && rest.n > 0 &&
	    n < SUBSCRIPTIONS_MAX; n++) {
		(void)str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (n == 0 && str_eq(line, STR("V\t2"))) {
			separator = '\t';
			continue;
		}
		if (str_startsi(line, STR("INBOX.")))
			line = str_from(line, 6);
		arena_reset(a);
		if (line.n > 0 && line.n < CARRIER_NAME_MAX)
			rc = intake_subscribe(im->in, folder_of_list(line,
			    separator, a), err);
	}
	arena_free(a);
	return rc;
}

/* ---- files ------------------------------------------------------------- */

/* Where a file that was named goes: "INBOX" and whoever it is for are INBOX,
 * as in /var/mail. */
static struct str
folder_of(struct import *im, const struct carrier_next_answer *item,
    bool mbox)
{
	struct str address = im->c->todo.address;
	struct str local = str_first(address, str_rchr(address, '@'));

	if (mbox && item->typed && (str_eqi(item->name, local) ||
	    str_eqi(item->name, STR("mbox"))))
		return STR("INBOX");
	return folder_of_file(mbox ? import_label(item, im->item_mem) :
	    item->folder, im->item_mem);
}

/* Does it begin with a field, as a message does? */
static bool
begins_as_message(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != ':')
		i++;
	return i > 0 && i < s.n && s.p[i] == ':' &&
	    str_chr(s, '\n') < s.n;
}

/* A message in a file of its own. */
static int
take_message(struct import *im, const struct carrier_next_answer *item,
    int fd, struct err *err)
{
	struct incoming m = { .received = item->modified,
		.label = import_label(item, im->item_mem), .flags = FLAG_seen };
	struct import_hash hash;
	struct str folder = folder_of(im, item, false);
	bool known;
	int rc = intake_mailbox(im->in, folder, 0, &m.mailbox, err);

	import_hash_begin(&hash, folder, STR(""));
	if (rc == 0)
		rc = import_whole(fd, (struct text_out){ import_hash_put,
		    &hash }, err);
	import_hash_end(&hash, m.source);
	if (rc == 0)
		rc = intake_known(im->in, m.source, 1, &known, err);
	if (rc < 0 || known)
		return rc;
	rc = import_whole(fd, (struct text_out){ import_crlf,
	    intake_text(im->in) }, err);
	return rc < 0 ? rc : intake_add(im->in, &m, err);
}

static int
take_mbox(struct import *im, const struct carrier_next_answer *item, int fd,
    struct err *err)
{
	int rc;

	im->folder = folder_of(im, item, true);
	rc = intake_mailbox(im->in, im->folder, 0, &im->here, err);
	return rc < 0 ? rc : import_mbox(im, item, fd, err);
}

static int
take_file(struct import *im, const struct carrier_next_answer *item, int fd,
    struct err *err)
{
	char beginning[1000];
	ssize_t n = import_read(&fd, 0, beginning, sizeof(beginning), err);
	struct str s = str_make(beginning, n > 0 ? (size_t)n : 0);

	if (n < 0)
		return (int)n;
	if (is_mbox(s))
		return take_mbox(im, item, fd, err);
	if (begins_as_message(s))
		return take_message(im, item, fd, err);
	if (item->typed && item->size > 0)
		carrier_problem(im->c, item->name,
		    STR("it is neither a message nor an mbox"));
	else
		im->c->done.passed += item->size > 0;
	return 0;
}

static int
take_item(struct import *im, const struct carrier_next_answer *item, int fd,
    struct err *err)
{
	int rc = item->item == ITEM_MAILDIR ? 0 : import_maildir_flush(im, err);

	if (rc < 0)
		return rc;
	switch ((enum carrier_item)item->item) {
	case ITEM_FOLDER:
		return begin_folder(im, item, err);
	case ITEM_KEYWORDS:
		return take_keywords(im, fd, err);
	case ITEM_UIDLIST:
		return take_uids(im, fd, err);
	case ITEM_MAILDIR:
		return import_maildir_add(im, item, fd, err);
	case ITEM_FILE:
		return take_file(im, item, fd, err);
	case ITEM_SUBSCRIPTIONS:
		return take_subscriptions(im, fd, err);
	case ITEM_TRUST:
		im->roots = BUF_INIT(ROOTS_MAX);
		return read_small(fd, &im->roots, err);
	case ITEM_SERVER:
		return import_server(im, item, fd, err);
	case ITEM_END:
		break;
	}
	return 0;
}

/* What is wrong with one file ends nothing. */
static int
import_item(struct import *im, const struct carrier_next_answer *item, int *fd)
{
	struct err *err = &im->c->err;
	int rc;

	if (*fd < 0 && item->item != ITEM_FOLDER)
		return err_set(err, E_PROTO, "a file that is none");
	im->fd = fd;
	rc = take_item(im, item, *fd, err);
	if (rc == E_DAMAGED) {
		carrier_problem(im->c, import_label(item, im->item_mem),
		    str_c(err->text));
		intake_forget(im->in);
		rc = 0;
	}
	if (*fd >= 0)
		(void)close(*fd);
	return rc;
}

int
import_work(struct carrier *c)
{
	struct import *im = arena_new_of(c->mem, struct import);
	struct carrier_next_answer item = { 0 };
	int fd, rc;

	im->c = c;
	im->mem = c->mem;
	im->item_mem = arena_new(ITEM_MEM);
	im->in = intake_new(c);
	do {
		arena_reset(im->item_mem);
		rc = carrier_next(c, &item, &fd, im->item_mem, &c->err);
		if (rc == 0 && item.item != ITEM_END)
			rc = import_item(im, &item, &fd);
	} while (rc == 0 && item.item != ITEM_END);
	if (rc == 0)
		rc = import_maildir_flush(im, &c->err);
	if (rc == 0)
		rc = intake_end(im->in, &c->err);
	if (rc == 0 && !c->todo.dry_run && c->done.taken > 0)
		rc = index_new(c);
	intake_free(im->in);
	import_forget_uids(im);
	buf_free(&im->roots);
	arena_free(im->item_mem);
	return rc;
}
