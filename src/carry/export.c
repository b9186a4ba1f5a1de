#include "carry/export.h"

#include "carry/export_text.h"
#include "carry/intake.h"
#include "imap/grammar/utf7.h"
#include "mail/mailboxes.h"
#include "mail/rows.h"
#include "mail/section.h"

enum { OPEN_MEM = 65536, NAME_MAX_OCTETS = 240, LIST_MAX = 4 << 20,
	ID_DIGITS = 16 };

struct export {
	struct carrier *c;
	const struct mailbox_row *box;
	struct mailbox_view view;
	uint32_t uidvalidity;
	struct buf folder, name;	/* the way to it, and the file's */
	struct maildir_keywords keywords;
	bool some_left;			/* keywords that got no letter */
	char id[ID_DIGITS + 1];		/* of the account */
	struct carrier_write_ask file;	/* the one at work */
	struct buf octets;		/* that are still to be written */
	uint64_t writes;
	int rc;				/* of what was written */
	struct err *err;
	struct export_text text;
};

/* ---- files ------------------------------------------------------------- */

/* What was gathered leaves. */
static void
write_out(struct export *x, bool end)
{
	if (x->rc < 0)
		return;
	x->file.octets = buf_get(&x->octets);
	x->file.end = end;
	x->rc = carrier_write(x->c, &x->file, x->err);
	x->file.begin = 0;
	x->writes++;
	buf_reset(&x->octets);
}

static void
gather(void *arg, struct str octets)
{
	struct export *x = arg;

	if (octets.n > x->octets.cap - x->octets.n)
		write_out(x, false);
	buf_str(&x->octets, octets);
}

static void
file_begin(struct export *x, enum carrier_write what, struct str folder,
    struct str name, int64_t modified)
{
	x->file = (struct carrier_write_ask){ .what = what, .begin = 1,
		.folder = folder, .name = name, .modified = modified };
}

/* A small file, whole. */
static int
write_small(struct export *x, struct str folder, struct str name,
    struct str octets)
{
	file_begin(x, WRITE_FILE, folder, name, 0);
	for (struct str piece; octets.n > 0; octets = str_from(octets,
	    piece.n)) {
		piece = str_first(octets, 4096);
		gather(x, piece);
	}
	write_out(x, true);
	return x->rc;
}

/* ---- a message --------------------------------------------------------- */

static int
text_out(void *arg, struct str octets)
{
	struct export *x = arg;

	export_text_put(&x->text, octets);
	return x->rc;
}

static void
say_problem(struct export *x, const struct fetch_row *row, const char *why)
{
	auto_buf b = BUF_INIT(2000);

	buf_str(&b, x->box->name);
	if (row)
		buf_printf(&b, ", UID %u", row->uid);
	carrier_problem(x->c, buf_get(&b), str_c(why));
}

static int
write_text(struct export *x, const struct fetch_row *row, struct str fields)
{
	struct mail_message m = message_of(&x->c->account,
	    x->view.at.mailbox, row);
	int rc;

	export_text_begin(&x->text, (struct text_out){ gather, x },
	    x->c->todo.mbox, fields);
	rc = message_read(&m, (struct octet_range){ 0, m.size }, text_out,
	    x, x->err);
	if (rc < 0)
		return rc;
	export_text_end(&x->text);
	return x->rc;
}

static int
write_maildir(struct export *x, const struct fetch_row *row)
{
	int rc;

	buf_reset(&x->name);
	buf_printf(&x->name, "%lld.V%uU%u.%s:2,", (long long)(row->received >
	    0 ? row->received : 0), x->uidvalidity, row->uid, x->id);
	x->some_left |= !export_letters(&x->name, row->flags, row->keywords,
	    &x->keywords);
	file_begin(x, WRITE_MESSAGE, buf_get(&x->folder), buf_get(&x->name),
	    row->received);
	rc = write_text(x, row, STR_NULL);
	if (rc == 0)
		write_out(x, true);
	return rc < 0 ? rc : x->rc;
}

static int
write_mbox(struct export *x, const struct fetch_row *row)
{
	auto_buf from = BUF_INIT(200), fields = BUF_INIT(20000);

	export_from_line(&from, row->received);
	export_status(&fields, row->flags, row->keywords);
	gather(x, buf_get(&from));
	return write_text(x, row, buf_get(&fields));
}

/* It could not be read to its end: what there is of it goes, or in an mbox of
 * which it has left already, is a message. */
static void
forget_message(struct export *x, size_t before, uint64_t writes)
{
	if (!x->c->todo.mbox)
		buf_reset(&x->octets);
	else if (x->writes == writes)
		x->octets.n = before;
	else
		export_text_end(&x->text);
}

/* Damage and what goes meanwhile costs one message. */
static int
write_message(struct export *x, const struct fetch_row *row)
{
	size_t before = x->octets.n;
	uint64_t writes = x->writes;
	int rc = x->c->todo.mbox ? write_mbox(x, row) : write_maildir(x, row);

	if (rc == 0) {
		x->c->done.taken++;
		x->c->done.octets += row->size;
	}
	if (x->rc == 0 && (rc == E_DAMAGED || rc == E_NOTFOUND)) {
		say_problem(x, row, x->err->text);
		forget_message(x, before, writes);
		rc = x->rc;
	}
	if (x->c->done.taken % 64 == 0)
		carrier_progress(x->c, x->box->name);
	return rc;
}

/* ---- a mailbox --------------------------------------------------------- */

/* What a Maildir has beside its messages. */
static int
write_keywords(struct export *x)
{
	auto_buf b = BUF_INIT(8192);

	for (size_t i = 0; i < MAILDIR_KEYWORDS && x->keywords.name[i][0]; i++)
		buf_printf(&b, "%zu %s\n", i, x->keywords.name[i]);
	if (x->some_left)
		say_problem(x, NULL, "a Maildir has room for 26 keywords; "
		    "others were left out");
	return b.n == 0 ? 0 : write_small(x, buf_get(&x->folder),
	    STR("dovecot-keywords"), buf_get(&b));
}

static int
write_messages(struct export *x)
{
	auto_buf all = BUF_INIT(64);
	struct rows_ask ask = { .want = WANT_HEAD };
	struct fetch_row row;
	struct rows *rows;
	bool flagged;
	int rc;

	selection_add(&all, 1, UINT32_MAX);
	ask.messages = (struct selection){ buf_get(&all), true };
	rows = rows_open(&x->view, &ask);
	while ((rc = rows_next(rows, &row, &flagged, x->err)) > 0) {
		rc = write_message(x, &row);
		if (rc < 0)
			break;
	}
	rows_close(rows);
	return rc;
}

/* The way to it, and the mbox's name; false: a file cannot have it. */
static bool
name_mailbox(struct export *x)
{
	struct str way, level;
	size_t slash;
	bool more = true;

	buf_reset(&x->folder);
	buf_reset(&x->name);
	if (!x->c->todo.mbox) {
		export_maildir_folder(&x->folder, x->box->name);
		return x->folder.n <= NAME_MAX_OCTETS;
	}
	export_mbox_file(&x->folder, x->box->name);
	way = buf_get(&x->folder);
	slash = str_rchr(way, '/');
	buf_str(&x->name, slash < way.n ? str_from(way, slash + 1) : way);
	x->folder.n = slash < way.n ? slash : 0;
	while (more) {
		more = str_cut(way, '/', &level, &way);
		if (level.n > NAME_MAX_OCTETS)
			return false;
	}
	return true;
}

static int
begin_mailbox(struct export *x)
{
	x->keywords = (struct maildir_keywords){ 0 };
	x->some_left = false;
	file_begin(x, WRITE_FOLDER, buf_get(&x->folder), STR("-"), 0);
	write_out(x, true);
	return x->rc;
}

/* "a" is a.mbox, and so is the folder of "a.mbox/b"; ".a" is called as "_a":
 * the one that comes second has to be called otherwise first. */
static int
write_whole_mbox(struct export *x)
{
	struct carrier_finish_ask before = x->c->done;
	int rc;

	file_begin(x, WRITE_FILE, buf_get(&x->folder), buf_get(&x->name), 0);
	rc = write_messages(x);
	if (rc == 0) {
		write_out(x, true);
		rc = x->rc;
	}
	if (x->rc == E_EXISTS) {
		x->c->done = before;
		x->rc = 0;
		buf_reset(&x->octets);
		say_problem(x, NULL, "a file of that name is there already, "
		    "of another folder; rename one of them");
		return 0;
	}
	x->c->done.folders += rc == 0;
	return rc;
}

static int
write_mailbox(struct export *x)
{
	struct arena *mem = arena_new(OPEN_MEM);
	struct open_answer found;
	int rc = mailbox_open(&x->c->account, x->box->name, &x->view, &found,
	    mem, x->err);

	arena_free(mem);
	if (rc < 0)
		return rc == E_NOTFOUND ? 0 : rc;
	x->uidvalidity = x->box->uidvalidity;
	if (!name_mailbox(x)) {
		say_problem(x, NULL, "no file can have so long a name; rename "
		    "it first");
		return 0;
	}
	if (x->c->todo.mbox)
		return write_whole_mbox(x);
	if ((rc = begin_mailbox(x)) < 0 || (rc = write_messages(x)) < 0)
		return rc;
	x->c->done.folders++;
	return write_keywords(x);
}

/* The one that was asked for, or one below it. */
static bool
is_wanted(const struct export *x, struct str name)
{
	struct str only = x->c->todo.only;

	return only.n == 0 || (str_starts(name, only) &&
	    (name.n == only.n || name.p[only.n] == '/'));
}

/* As Dovecot has it, in its second version: TAB between levels. */
static int
write_subscriptions(struct export *x, const struct mailbox_list *list)
{
	auto_buf b = BUF_INIT(LIST_MAX);

	buf_lit(&b, "V\t2\n\n");
	for (size_t i = 0; i < list->n; i++) {
		struct str level, name = list->node[i].row.name;
		bool more = list->node[i].row.subscribed &&
		    is_wanted(x, name);

		while (more) {
			more = str_cut(name, '/', &level, &name);
			utf7_put(&b, level);
			buf_chr(&b, more ? '\t' : '\n');
		}
	}
	return write_small(x, STR(""), STR("subscriptions"), buf_get(&b));
}

/* Files of two accounts are never called the same. */
static void
name_account(struct export *x)
{
	unsigned char digest[SOURCE_LEN];

	source_of(digest, &x->c->todo.address, 1);
	for (size_t i = 0; i < ID_DIGITS / 2; i++)
		(void)snprintf(x->id + 2 * i, 3, "%02x", digest[i]);
}

int
export_work(struct carrier *c)
{
	struct export *x = arena_new_of(c->mem, struct export);
	struct mailbox_list list;
	int rc;

	x->c = c;
	x->err = &c->err;
	x->folder = BUF_INIT(CARRIER_NAME_MAX);
	x->name = BUF_INIT(CARRIER_NAME_MAX);
	x->octets = BUF_INIT(MSG_CHUNK);
	name_account(x);
	rc = mailboxes_list(&c->account, &list, &c->err);
	for (size_t i = 0; i < list.n && rc == 0; i++) {
		x->box = &list.node[i].row;
		if (x->box->mailbox && is_wanted(x, x->box->name))
			rc = write_mailbox(x);
		view_close(&x->view);
	}
	if (rc == 0 && c->todo.only.n > 0 && c->done.folders == 0)
		rc = err_set(&c->err, E_NOTFOUND, "there is no such folder");
	if (rc == 0 && !c->todo.mbox)
		rc = write_subscriptions(x, &list);
	mailboxes_free(&list);
	buf_free(&x->folder);
	buf_free(&x->name);
	buf_free(&x->octets);
	return rc;
}
