#include "store/service/test_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/service/service.h"
#include "store/test_blob.h"

static int64_t
fixture_wall(void *arg)
{
	struct fixture *d = arg;

	return d->now_us;
}

static int64_t
fixture_mono(void *arg)
{
	struct fixture *d = arg;

	return d->now_us += d->look_us;
}

static void
fixture_random(void *arg, void *p, size_t n)
{
	struct fixture *d = arg;
	unsigned char *out = p;
	size_t i;

	for (i = 0; i < n; i++) {
		d->seed = d->seed * 6364136223846793005u + 1442695040888963407u;
		out[i] = (unsigned char)(d->seed >> 56);
	}
}

void
fixture_init(struct fixture *d, struct files *files)
{
	*d = (struct fixture){ .now_us = 1795000000000000, .change = 1000,
		.seed = 42, .author = STR("author@elsewhere.test") };
	d->o = (struct engine_options){ .files = files,
		.pack_octets = 1 << 20, .max_message = TEST_MAX_MESSAGE,
		.queue = { TEST_QUEUE }, .hostname = STR("mail.host.test"),
		.wall_us = fixture_wall, .mono_us = fixture_mono,
		.random = fixture_random, .arg = d,
		.calls = service_engine_calls };
	d->operator_.authority = AUTH_OPERATOR;
	d->mx.authority = AUTH_MX;
	d->vault.authority = AUTH_VAULT;
	d->relay.authority = AUTH_RELAY;
}

int
fixture_open(struct fixture *d)
{
	int rc = engine_open(&d->o, &d->e, &d->err);

	if (rc == 0)
		rc = reader_open(d->e, &d->r, &d->err);
	return rc;
}

void
fixture_close(struct fixture *d)
{
	if (d->e)
		engine_forget(d->e, &d->mx);
	reader_close(d->r);
	engine_close(d->e);
	d->r = NULL;
	d->e = NULL;
}

int
fixture_commit(struct fixture *d, struct write *w, size_t n)
{
	struct write **list = calloc(n, sizeof(struct write *));
	size_t i, done, from = 0;
	int rc = 0;

	bug_if(!list);
	for (i = 0; i < n; i++)
		list[i] = &w[i];
	while (from < n && rc == 0) {
		rc = engine_commit(d->e, list + from, n - from, &done,
		    &d->err);
		from += done;
	}
	free(list);
	d->dead = rc < 0;
	return rc;
}

int
fixture_write(struct fixture *d, struct write *w)
{
	int rc = fixture_commit(d, w, 1);

	if (rc < 0)
		return rc;
	if (w->code < 0)
		d->err = w->err;
	return w->code;
}

int
fixture_domain(struct fixture *d, const char *name)
{
	struct domain_add_ask ask = { ++d->change, str_c(name) };
	struct write w = { .caller = &d->operator_,
		.call = STORE_domain_add, .ask = &ask };

	return fixture_write(d, &w);
}

int
fixture_account(struct fixture *d, const char *address, uint64_t *account)
{
	struct account_add_ask ask = { ++d->change, str_c(address),
		STR("sealed") };
	struct write w = { .caller = &d->operator_,
		.call = STORE_account_add, .ask = &ask };
	int rc = fixture_write(d, &w);

	if (rc == 0)
		*account = w.answer.account_add.account;
	return rc;
}

struct caller
fixture_person(uint64_t account)
{
	return (struct caller){ .authority = AUTH_ACCOUNT,
		.account = account };
}

enum { TO_MAX = 300 };

static int
submit(struct fixture *d, struct caller *who, struct submit_ask *ask,
    const char *const *to, uint64_t *message)
{
	struct recipient *rcpts = calloc(TO_MAX, sizeof(*rcpts));
	struct write w = { .caller = who, .call = STORE_submit, .ask = ask,
		.rcpts = rcpts };
	struct rcpt_answer answer;
	int rc = 0;

	bug_if(!rcpts);
	for (; rc == 0 && to[w.nrcpts]; w.nrcpts++) {
		struct rcpt_ask r = { str_c(to[w.nrcpts]) };

		bug_if(w.nrcpts == TO_MAX);
		rc = reader_rcpt(d->r, who, &r, &answer, &rcpts[w.nrcpts],
		    &d->err);
		/* It may have had room when it was asked. */
		if (rc == 0 && answer.kind > RCPT_REMOTE &&
		    !(ask->each && answer.kind == RCPT_FULL))
			rc = err_set(&d->err, E_NOTFOUND, "%s", to[w.nrcpts]);
	}
	if (rc == 0)
		rc = fixture_write(d, &w);
	if (rc == 0 && message)
		*message = w.answer.submit.message;
	for (size_t i = 0; rc == 0 && i < w.answer.submit.each.n; i++)
		(void)snprintf(d->said + i, sizeof(d->said) - i, "%c",
		    "TFLBR"[(int)w.answer.submit.each.p[i]]);
	free(rcpts);
	return rc;
}

int
fixture_submit(struct fixture *d, uint64_t change, const char *text,
    const char *const *to, uint64_t *message)
{
	struct submit_ask ask = { .change = change ? change : ++d->change,
		.reverse_path = STR("sender@elsewhere.test"),
		.octets = test_blob(str_c(text)), .raw_size = strlen(text),
		.facts = STR("facts of it"), .message_id = STR("<m@x>"),
		.thread_keys = d->thread_keys, .protocol = STR("ESMTP"),
		.traits = d->traits, .lesson = (uint8_t)d->lesson, .hold =
		    d->hold, .read = d->read, .each = d->each, .refuse =
		    d->refuse, .answers = d->answers, .author = d->author,
		.author_proven = d->author_proven, .dmarc = d->dmarc,
		.title = STR("About it"), .verdict = STR("score=11.0") };

	if (d->from_bad) {
		ask.reverse_path = STR("x@bad.test");
		ask.sender_proven = 1;
		ask.handed_by = STR("\300\1\2\7");
	}
	return submit(d, &d->mx, &ask, to, message);
}

int
fixture_submit_as(struct fixture *d, struct caller *who, const char *from,
    const char *text, const char *const *to, uint64_t *message)
{
	struct submit_ask ask = { .change = ++d->change,
		.reverse_path = str_c(from), .octets = test_blob(str_c(text)),
		.raw_size = strlen(text), .protocol = STR("ESMTPSA"),
		.hold_until = d->hold_until, .email = d->email, .message_id =
		    d->message_id, .traits = d->traits,
		.lesson = (uint8_t)d->lesson };

	return submit(d, who, &ask, to, message);
}

enum { OUTCOMES_MAX = 8 };

static size_t
leased_of(struct leased *l, uint64_t message, const struct fixture_outcome *o,
    size_t n)
{
	bug_if(n > OUTCOMES_MAX);
	for (size_t i = 0; i < n; i++)
		l[i] = (struct leased){ .message = message, .n = o[i].n,
			.outcome = o[i].outcome };
	return message ? n : 0;
}

int
fixture_report(struct fixture *d, uint64_t message,
    const struct fixture_outcome *o, size_t n)
{
	auto_buf results = BUF_INIT(10000);
	struct report_ask ask = { .change = ++d->change };
	struct leased l[OUTCOMES_MAX];
	struct write w = { .caller = &d->relay, .call = STORE_report,
		.ask = &ask, .leased = l, .nleased = n };
	size_t i;

	(void)leased_of(l, message, o, n);
	for (i = 0; i < n; i++)
		msg_put(&results, &queue_result_shape, &(struct queue_result){
		    .lease = 7, .n = o[i].n, .outcome = o[i].outcome,
		    .code = 450, .status = STR("4.2.0"), .text = STR("reply"),
		    .host = STR("mx.far.test") });
	ask.results = buf_get(&results);
	return fixture_write(d, &w);
}

int
fixture_bounce(struct fixture *d, uint64_t message,
    const struct fixture_outcome *o, size_t n)
{
	struct bounce_ask ask = { .change = ++d->change, .lease = 7,
		.octets = test_blob(STR("a report")), .raw_size = 8,
		.facts = STR("facts of a report") };
	struct leased l[OUTCOMES_MAX];
	struct write w = { .caller = &d->relay, .call = STORE_bounce,
		.ask = &ask, .leased = l,
		.nleased = leased_of(l, message, o, n) };

	return fixture_write(d, &w);
}

int
fixture_queue_change(struct fixture *d, uint32_t action, const char *rcpt)
{
	struct queue_change_ask ask = { .change = ++d->change,
		.action = action, .rcpt = str_c(rcpt) };
	struct write w = { .caller = &d->operator_,
		.call = STORE_queue_change, .ask = &ask };

	return fixture_write(d, &w);
}

uint64_t
fixture_queued(struct fixture *d, const char *rcpt)
{
	struct queue_list_ask ask = { .rcpt = str_c(rcpt) };
	union store_answer answer;
	struct queue_row row;
	struct rd r;

	if (reader_ask(d->r, &d->operator_, STORE_queue_list, &ask, &answer,
	    &d->err) < 0)
		return 0;
	r = rd_of(answer.queue_list.rows);
	if (rd_left(&r) == 0 || !msg_take(&r, &queue_row_shape, &row))
		return 0;
	return row.message;
}

int
fixture_mailbox_create(struct fixture *d, struct caller *who, const char *name,
    uint32_t special, struct mailbox_create_answer *out)
{
	struct mailbox_create_ask ask = { ++d->change, str_c(name), special };
	struct write w = { .caller = who, .call = STORE_mailbox_create,
		.ask = &ask };
	int rc = fixture_write(d, &w);

	if (rc == 0 && out)
		*out = w.answer.mailbox_create;
	return rc;
}

int
fixture_mailbox_delete(struct fixture *d, struct caller *who, const char *name,
    bool only_empty)
{
	struct mailbox_delete_ask ask = { ++d->change, str_c(name),
		only_empty };
	struct write w = { .caller = who, .call = STORE_mailbox_delete,
		.ask = &ask };

	return fixture_write(d, &w);
}

int
fixture_mailbox_rename(struct fixture *d, struct caller *who, const char *name,
    const char *to)
{
	struct mailbox_rename_ask ask = { ++d->change, str_c(name),
		str_c(to) };
	struct write w = { .caller = who, .call = STORE_mailbox_rename,
		.ask = &ask };

	return fixture_write(d, &w);
}

int
fixture_subscribe(struct fixture *d, struct caller *who, const char *name,
    bool subscribed)
{
	struct subscribe_ask ask = { ++d->change, str_c(name), subscribed };
	struct write w = { .caller = who, .call = STORE_subscribe,
		.ask = &ask };

	return fixture_write(d, &w);
}

int
fixture_append(struct fixture *d, struct caller *who, const char *mailbox,
    const char *text, uint32_t flags, const char *keywords,
    struct append_answer *out)
{
	struct append_ask ask = { .change = ++d->change,
		.name = str_c(mailbox), .flags = flags,
		.keywords = str_c(keywords), .received = 1700000000,
		.offset_min = -90, .octets = test_blob(str_c(text)),
		.raw_size = strlen(text), .facts = STR("appended facts"),
		.thread_keys = d->thread_keys };
	struct write w = { .caller = who, .call = STORE_append, .ask = &ask };
	int rc = fixture_write(d, &w);

	if (rc == 0 && out)
		*out = w.answer.append;
	return rc;
}

int
fixture_append_all(struct fixture *d, struct caller *who, const char *mailbox,
    const char *text, int n, enum append_then then,
    struct append_all_answer *a)
{
	auto_buf rows = BUF_INIT(APPENDED_ROWS_MAX);
	struct appended_row row = { .keywords = STR("$of_many"),
		.octets = test_blob(str_c(text)), .raw_size = strlen(text) };
	struct append_all_ask ask = { .change = ++d->change,
		.name = str_c(mailbox), .copying = a->copying, .then = then };
	struct write w = { .caller = who, .call = STORE_append_all,
		.ask = &ask };
	int rc;

	for (; n > 0; n--)
		msg_put(&rows, &appended_row_shape, &row);
	ask.messages = buf_get(&rows);
	rc = fixture_write(d, &w);
	*a = w.answer.append_all;
	return rc;
}

int
fixture_open_mailbox(struct fixture *d, const struct caller *who,
    const char *name, struct open_answer *out)
{
	struct open_ask ask = { str_c(name) };
	union store_answer answer;
	int rc = reader_ask(d->r, who, STORE_open, &ask, &answer, &d->err);

	if (rc == 0)
		*out = answer.open;
	return rc;
}

static struct str
set_of(char room[8], uint32_t low, uint32_t high)
{
	uint32_t pair[2] = { htole32(low), htole32(high) };

	memcpy(room, pair, 8);
	return str_make(room, 8);
}

int
fixture_flags(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high, uint32_t mode,
    uint32_t flags, const char *keywords)
{
	char room[8];
	struct flags_ask ask = { .change = ++d->change,
		.mailbox = view->mailbox, .arrivals = view->modseq,
		.expunges = view->modseq, .by_uid = 1,
		.set = set_of(room, low, high), .mode = mode, .flags = flags,
		.keywords = str_c(keywords), .unchanged_since = UINT64_MAX };
	struct write w = { .caller = who, .call = STORE_flags, .ask = &ask };
	int rc;

	do {
		w.settled = false;
		rc = fixture_write(d, &w);
		ask.cursor = w.answer.flags.next;
	} while (rc == 0 && ask.cursor);
	return rc;
}

static int
expunge_all(struct fixture *d, struct caller *who,
    const struct open_answer *view, struct expunge_ask ask,
    uint32_t *expunged)
{
	struct write w = { .caller = who, .call = STORE_expunge,
		.ask = &ask };
	int rc;

	ask.mailbox = view->mailbox;
	ask.arrivals = ask.expunges = view->modseq;
	*expunged = 0;
	do {
		ask.change = ++d->change;
		rc = fixture_write(d, &w);
		if (rc == 0)
			*expunged += w.answer.expunge.expunged;
	} while (rc == 0 && w.answer.expunge.more);
	return rc;
}

int
fixture_expunge(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t *expunged)
{
	return expunge_all(d, who, view, (struct expunge_ask){ 0 }, expunged);
}

int
fixture_remove(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    uint32_t *expunged)
{
	char room[8];
	const struct expunge_ask ask = { .set = set_of(room, low, high),
		.any = 1 };

	return expunge_all(d, who, view, ask, expunged);
}

int
fixture_copy_slice(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox, bool last, struct copy_answer *a)
{
	char room[8];
	struct copy_ask ask = { .change = ++d->change,
		.mailbox = view->mailbox, .arrivals = view->modseq,
		.expunges = view->modseq, .by_uid = 1,
		.set = set_of(room, low, high), .name = str_c(mailbox),
		.copying = a->copying, .cursor = a->next, .last = last };
	struct write w = { .caller = who, .call = STORE_copy, .ask = &ask };
	int rc = fixture_write(d, &w);

	*a = w.answer.copy;
	return rc;
}

int
fixture_copy(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox)
{
	struct copy_answer a = { 0 };
	int rc;

	do
		rc = fixture_copy_slice(d, who, view, low, high, mailbox,
		    true, &a);
	while (rc == 0 && a.copying);
	return rc;
}

int
fixture_move(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox, uint32_t *gone)
{
	char room[8];
	struct move_ask ask = { .mailbox = view->mailbox,
		.arrivals = view->modseq, .expunges = view->modseq,
		.by_uid = 1, .set = set_of(room, low, high),
		.name = str_c(mailbox) };
	struct write w = { .caller = who, .call = STORE_move, .ask = &ask };
	int rc;

	*gone = 0;
	do {
		ask.change = ++d->change;
		w.settled = false;
		rc = fixture_write(d, &w);
		*gone += rc == 0 ? w.answer.move.gone : 0;
		ask.cursor = w.answer.move.next;
	} while (rc == 0 && ask.cursor);
	return rc;
}

int
fixture_rows(struct fixture *d, const struct caller *who,
    const struct open_answer *view, struct fetch_row *rows, size_t max)
{
	char room[8];
	struct fetch_ask ask = { .mailbox = view->mailbox,
		.arrivals = view->modseq, .expunges = view->modseq,
		.set = set_of(room, 1, UINT32_MAX), .want = WANT_FACTS };
	union store_answer answer;
	size_t n = 0;
	struct rd r;
	int rc;

	do {
		rc = reader_ask(d->r, who, STORE_fetch, &ask, &answer,
		    &d->err);
		if (rc < 0)
			return rc;
		r = rd_of(answer.fetch.rows);
		while (rd_left(&r) > 0 && n < max)
			bug_if(!msg_take(&r, &fetch_row_shape, &rows[n++]));
		ask.cursor = answer.fetch.next;
	} while (ask.cursor && n < max);
	return (int)n;
}

int
fixture_content(struct fixture *d, const struct caller *who, uint64_t mailbox,
    uint32_t uid, char *out, size_t cap, struct str *prefix)
{
	struct content_ask ask = { mailbox, uid, 0, 100000 };
	union store_answer answer;
	size_t n = 0;
	int rc;

	do {
		ask.offset = n;
		rc = reader_ask(d->r, who, STORE_content, &ask, &answer,
		    &d->err);
		if (rc < 0)
			return rc;
		bug_if(answer.content.octets.n > cap - n);
		if (answer.content.octets.n)
			memcpy(out + n, answer.content.octets.p,
			    answer.content.octets.n);
		n += answer.content.octets.n;
	} while (n < answer.content.total);
	if (prefix)
		*prefix = answer.content.prefix;
	return (int)test_blob_text(out, n);
}

int
fixture_verify(struct fixture *d)
{
	struct verify_ask ask = { STR_NULL };
	union store_answer answer;
	char cursor[64];
	int problems = 0, rc;
	size_t i;

	do {
		rc = reader_ask(d->r, &d->operator_, STORE_verify, &ask,
		    &answer, &d->err);
		if (rc < 0)
			return rc;
		for (i = 0; i < answer.verify.problems.n; i++)
			problems += answer.verify.problems.p[i] == '\n';
		if (answer.verify.problems.n)
			fprintf(stderr, "%.*s",
			    STR_FMT(answer.verify.problems));
		ask.cursor = str_make(cursor, answer.verify.next.n);
		if (answer.verify.next.n)
			memcpy(cursor, answer.verify.next.p,
			    answer.verify.next.n);
	} while (ask.cursor.n);
	return problems;
}

int
fixture_repair(struct fixture *d, struct fixture_repair *r)
{
	struct repair_ask ask = { .dry = r->dry, .forget = r->forget };
	struct write w = { .caller = &d->operator_, .call = STORE_repair,
		.ask = &ask };
	struct repair_answer *a = &w.answer.repair;
	char cursor[64];
	int n = 0, rc;

	do {
		ask.change = ++d->change;
		w.settled = false;
		rc = fixture_write(d, &w);
		if (rc < 0)
			return rc;
		r->recovered += a->recovered;
		r->restored += a->restored;
		r->removed += a->removed;
		r->counted += a->counted;
		r->left += a->left;
		r->tables += a->tables;
		r->tables_left += a->tables_left;
		if (a->lines.n)
			fprintf(stderr, "%.*s", STR_FMT(a->lines));
		ask.cursor = str_make(cursor, a->next.n);
		if (a->next.n)
			memcpy(cursor, a->next.p, a->next.n);
	} while (ask.cursor.n && ++n != r->slices);
	return 0;
}

struct files *
fixture_folder(char path[FIXTURE_PATH], int *dirfd)
{
	(void)snprintf(path, FIXTURE_PATH, "/tmp/postern-XXXXXX");
	bug_if(!mkdtemp(path));
	*dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bug_if(*dirfd < 0);
	return files_real(*dirfd);
}

static void
remove_folder(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);
	struct dirent *e;

	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && unlinkat(fd, e->d_name, 0) < 0)
			remove_folder(fd, e->d_name);
	closedir(d);
	unlinkat(dirfd, name, AT_REMOVEDIR);
}

void
fixture_folder_end(const char *path, int dirfd, struct files *files)
{
	(void)close(dirfd);
	remove_folder(AT_FDCWD, path);
	free(files);
}

int
fixture_copy_unsummed(const char *vfs, const char *from, const char *to,
    bool keep_wal)
{
	char text[300];
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE, vfs);

	(void)snprintf(text, sizeof(text), "PRAGMA journal_mode=WAL; "
	    "ATTACH '%s' AS old", from);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, text, NULL, NULL, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_wal,
	    NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "SELECT sql, name, type FROM "
		    "old.sqlite_schema WHERE sql IS NOT NULL "
		    "ORDER BY type DESC", -1, &st, NULL);
	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 1);
		bool table = sqlite3_column_text(st, 2)[0] == 't';

		(void)snprintf(text, sizeof(text), "INSERT INTO main.%s "
		    "SELECT * FROM old.%s", name, name);
		rc = sqlite3_exec(db, (const char *)sqlite3_column_text(st,
		    0), NULL, NULL, NULL);
		if (rc == SQLITE_OK && table)
			rc = sqlite3_exec(db, text, NULL, NULL, NULL);
	}
	sqlite3_finalize(st);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "DETACH old", NULL, NULL, NULL);
	sqlite3_close(db);
	return rc;
}
