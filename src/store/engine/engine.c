#include "store/engine/account_names.h"
#include "store/engine/engine_int.h"
#include "store/engine/filter.h"
#include "store/engine/quota.h"
#include "store/engine/restored.h"
#include "store/sql/schema.h"
#include "store/sql/wal.h"

enum {
	WRITER_CACHE_KB = 32768,
	LOOK_CACHE_KB = 4096,
	READER_CACHE_KB = 8192,
	UNUSED_PAGES = 1024,
};

static int
make_folders(struct files *fs, struct err *err)
{
	static const char *const dirs[] = { "packs", "blobs", "journal" };
	size_t i;
	int rc = 0;

	for (i = 0; i < NELEM(dirs) && rc == 0; i++)
		rc = fs->ops->mkdir(fs, dirs[i]);
	if (rc == 0)
		rc = fs->ops->sync_dir(fs, ".");
	return rc < 0 ? err_set(err, E_IO, "make folders: %s",
	    strerrordesc_np(-rc)) : 0;
}

/* Made once: what was rewritten with it is to find its way back. */
static int
get_srs_key(struct engine *e, bool make, struct err *err)
{
	unsigned char *key = e->srs_key.octets;
	struct str kept;
	int rc = sql_first(&e->w, SQL_srs_key_get, NULL, 0, err);

	if (rc == 0 && make) {
		e->o.random(e->o.arg, key, SRS_KEY);
		return sql_run(&e->w, SQL_srs_key_add, SQL_VALS(
		    vs(str_make((const char *)key, SRS_KEY))), err);
	}
	if (rc <= 0)
		return rc;
	kept = sql_str(&e->w, srs_key_get, key);
	rc = kept.n == SRS_KEY ? 0 : err_set(err, E_INVALID,
	    "the key of reverse-paths is damaged");
	if (rc == 0)
		memcpy(key, kept.p, SRS_KEY);
	sql_end(&e->w, SQL_srs_key_get);
	return rc;
}

/* Of the opening before this one. */
static int
read_owner(struct engine *e, struct err *err)
{
	int rc = sql_first(&e->w, SQL_owner_get, NULL, 0, err);

	if (rc == 0)
		rc = err_set(err, E_INVALID, "the owner's row is missing");
	if (rc < 0)
		return rc;
	e->fence = sql_u64(&e->w, owner_get, fence);
	e->next_blob = sql_u64(&e->w, owner_get, next_blob);
	e->next_account = sql_u64(&e->w, owner_get, next_account);
	e->uidvalidity = sql_u64(&e->w, owner_get, uidvalidity);
	sql_end(&e->w, SQL_owner_get);
	rc = sql_number(&e->w, SQL_salvage_get, NULL, 0, &e->salvage_from,
	    err);
	return rc < 0 ? rc : data_state_check_fence(&e->before, e->fence,
	    err);
}

/* Every opening takes the lease anew: the previous holder finds another
 * number, first in postern.state and then in the database. */
static int
take_lease(struct engine *e, struct err *err)
{
	int rc = sql_begin(&e->w, err);

	if (rc == 0)
		rc = read_owner(e, err);
	if (rc < 0)
		return rc;
	rc = data_state_claim(e->o.files, &e->before, ++e->fence, err);
	e->claimed = rc == 0;
	if (rc < 0 && rc != E_FULL) /* without that line it can be done */
		return rc;
	e->o.random(e->o.arg, e->owner, sizeof(e->owner));
	rc = sql_run(&e->w, SQL_owner_take, SQL_VALS(
	    vs(str_make(e->owner, sizeof(e->owner))), vi(e->fence)), err);
	if (rc == 0)
		rc = get_srs_key(e, true, err);
	if (rc == 0 && e->before.restored)
		rc = restored_begin(e, err);
	return rc < 0 ? rc : sql_commit(&e->w, err);
}

/* A full disk has room for it: the reserve, or what of the WAL is done with. */
static int
take_lease_anyhow(struct engine *e, struct err *err)
{
	int rc = take_lease(e, err);

	if (rc < 0)
		sql_rollback(&e->w);
	if (rc != E_FULL)
		return rc;
	room_was_full(e, err);
	(void)room_give_up(e);
	(void)sql_checkpoint(&e->w, NULL);
	rc = take_lease(e, err);
	if (rc < 0)
		sql_rollback(&e->w);
	return rc;
}

static int
recover_packs(struct engine *e, struct err *err)
{
	struct sql *q = &e->w;
	int rc = sql_first(q, SQL_pack_list, NULL, 0, err), bad = 0;

	if (!e->before.known || e->salvage_from)
		packs_keep_all(e->packs);
	while (rc > 0) {
		bad = packs_known(e->packs, sql_u64(q, pack_list, pack),
		    sql_u64(q, pack_list, written),
		    sql_u64(q, pack_list, live), e->o.log, err);
		if (bad < 0) {
			sql_end(q, SQL_pack_list);
			return bad;
		}
		rc = sql_next(q, SQL_pack_list, err);
	}
	if (rc == 0)
		rc = sql_first(q, SQL_blob_files, NULL, 0, err);
	while (rc > 0) {
		bad = packs_known_file(e->packs,
		    sql_u64(q, blob_files, blob), e->o.log, err);
		if (bad < 0) {
			sql_end(q, SQL_blob_files);
			return bad;
		}
		rc = sql_next(q, SQL_blob_files, err);
	}
	return rc < 0 ? rc : packs_recovered(e->packs, e->o.log, err);
}

/* Where it is not known whether the database is that of this folder: is there
 * anything it has not given a number? Numbers go on behind all that are there,
 * and from the first of these on mail that no row names was not removed by
 * anybody, and waits for `verify --repair`. */
static int
find_unnamed(struct engine *e, struct err *err)
{
	struct packs_top top = packs_top(e->packs);
	uint64_t account = e->before.known ? 0 : account_names_last(e);
	uint64_t from = e->salvage_from ? e->salvage_from : e->next_blob;
	int rc;

	account = top.account > account ? top.account : account;
	if (top.blob >= e->next_blob || account >= e->next_account) {
		if (top.blob >= e->next_blob)
			e->next_blob = top.blob + 1;
		if (account >= e->next_account)
			e->next_account = account + 1;
		rc = sql_begin(&e->w, err);
		if (rc == 0)
			rc = sql_run(&e->w, SQL_salvage_put, SQL_VALS(
			    vi(from)), err);
		if (rc == 0)
			rc = engine_check_lease(e, err);
		if (rc == 0)
			rc = sql_commit(&e->w, err);
		if (rc < 0) {
			sql_rollback(&e->w);
			return rc;
		}
		e->salvage_from = from;
	}
	if (e->salvage_from && e->o.log)
		log_event(e->o.log, LOG_WARN, "mail_unnamed",
		    F_INT("from", e->salvage_from));
	return 0;
}

int
engine_take_in_wal(struct engine *e, uint64_t fence, struct err *err)
{
	int rc = sql_checkpoint(&e->w, err);

	return rc < 0 ? rc : data_state_put(e->o.files, false, fence, err);
}

/* After a crash the folder becomes what it is after a good end. On a full disk
 * that is later. */
static int
end_the_last(struct engine *e, struct err *err)
{
	int rc;

	if (!e->before.running)
		return 0;
	rc = engine_take_in_wal(e, e->before.fence, err);
	e->before.running = rc < 0;
	return rc == E_FULL ? 0 : rc;
}

/* A database of before there were checksums gets them. Without room it goes on
 * as it is. */
static int
sum_pages(struct engine *e, struct err *err)
{
	int64_t since = e->o.mono_us(e->o.arg), ms;
	int rc;

	if (vfs_is_summed(e->vfs, "postern.db") || e->before.running)
		return 0;
	rc = sql_write_anew(&e->w, err);
	ms = (e->o.mono_us(e->o.arg) - since) / 1000;
	if (e->o.log && rc == 0)
		log_event(e->o.log, LOG_INFO, "pages_summed", F_INT("ms", ms));
	if (e->o.log && rc == E_FULL)
		log_event(e->o.log, LOG_WARN, "pages_unsummed",
		    F_INT("ms", ms));
	return rc == E_FULL ? 0 : rc;
}

/* What is not used any more (a large account was removed) lies between what is,
 * and goes while the store runs (upkeep/shrink.c). A database of before that
 * was so is written anew at a start, where more than half of it is unused. */
static int
give_room_back(struct engine *e, struct err *err)
{
	int64_t since = e->o.mono_us(e->o.arg);
	uint64_t all = 0, unused = 0, moves = 0;
	int rc = sql_number(&e->w, SQL_page_moves, NULL, 0, &moves, err);

	if (rc == 0)
		rc = sql_number(&e->w, SQL_page_count, NULL, 0, &all, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_page_unused, NULL, 0, &unused, err);
	if (rc < 0 || moves == SQL_MOVES_INCREMENTAL || e->before.running ||
	    unused * 2 <= all || unused < e->o.unused_pages)
		return rc;
	rc = sql_write_anew(&e->w, err);
	if (rc < 0 && rc != E_FULL && rc != E_DAMAGED)
		return rc;
	if (e->o.log)
		log_event(e->o.log, rc == 0 ? LOG_INFO : LOG_WARN,
		    "room_given_back", F_INT("done", rc == 0),
		    F_INT("pages", unused), F_INT("of", all), F_INT("ms",
		    (e->o.mono_us(e->o.arg) - since) / 1000));
	return 0;
}

int
engine_begin_writing(struct engine *e, struct err *err)
{
	int rc = take_lease_anyhow(e, err);

	if (rc == 0)
		rc = recover_packs(e, err);
	if (rc == 0)
		rc = find_unnamed(e, err);
	e->running = rc == 0;	/* also if putting fails half way */
	if (rc < 0)
		return rc;
	account_names_write(e);
	rc = data_state_put(e->o.files, true, e->fence, err);
	if (rc == 0 && !e->room.full)
		(void)room_regain(e);
	/* A full disk: the state before is still true, and safe. */
	return rc == E_FULL ? 0 : rc;
}

/* What is there can be read. */
static int
begin_reading(struct engine *e, const struct err *why, struct err *err)
{
	int rc = read_owner(e, err);

	if (rc == 0)
		rc = get_srs_key(e, false, err);
	room_refuse(e, why);
	if (rc == 0 && e->o.log)
		log_event(e->o.log, LOG_ERROR, "only_reading", F_ERR(why));
	return rc;
}

static int
begin_writing_or_reading(struct engine *e, struct err *err)
{
	struct err why = { 0 };
	int rc;

	if (sql_is_read_only(&e->w))
		rc = err_set(&why, E_IO, "the file system is read-only");
	else
		rc = engine_begin_writing(e, &why);
	if (rc == E_FULL || sql_is_read_only(&e->w))
		return begin_reading(e, &why, err);
	*err = why;
	return rc;
}

/* What was answered is in packs and database. Where only the packs have it, the
 * database is an old one that came with its postern.state, or a part of its WAL
 * is gone: to go on would be to forget it. */
static int
check_age(struct engine *e, struct err *err)
{
	enum sql_statement last = SQL_packs_last;
	uint64_t salvage = 0;
	int rc = 0, commits = 0;

	if (e->before.known)
		rc = sql_number(&e->w, SQL_salvage_get, NULL, 0, &salvage,
		    err);
	if (rc < 0 || !e->before.known || salvage > 0)
		return rc;
	for (rc = sql_first(&e->w, last, NULL, 0, err); rc > 0;
	     rc = sql_next(&e->w, last, err)) {
		commits = packs_unknown(e->packs,
		    sql_u64(&e->w, packs_last, pack),
		    sql_u64(&e->w, packs_last, written), err);
		if (commits < 0 || commits > 1)
			break;
	}
	if (rc > 0)
		sql_end(&e->w, last);
	if (commits > 1)
		return err_set(err, E_INVALID, "postern.db is older than "
		    "packs/, or some of postern.db-wal is gone: restore all "
		    "of it from one backup, or remove postern.state to go on, "
		    "and find that mail with verify --repair");
	return commits < 0 ? commits : rc;
}

/* A database with its postern.state, but of another folder: most of what it
 * names is other mail here. A disk that lost the last commit is not that. */
static int
check_folder(struct engine *e, struct err *err)
{
	enum sql_statement s = SQL_blob_newest;
	struct sql *q = &e->w;
	int n[3] = { 0 }, rc = 0;

	if (!e->before.known)
		return 0;
	for (rc = sql_first(q, s, NULL, 0, err); rc > 0;
	     rc = sql_next(q, s, err)) {
		struct place at = { .blob = sql_u64(q, blob_newest, blob),
			.pack = sql_u64(q, blob_newest, pack),
			.at = sql_u64(q, blob_newest, at),
			.crc = (uint32_t)sql_u64(q, blob_newest, crc) };

		n[packs_whose(e->packs, &at)]++;
	}
	if (rc < 0 || n[PACKS_ANOTHERS] <= n[PACKS_ITS])
		return rc;
	return err_set(err, E_INVALID, "postern.db belongs to another "
	    "folder: of the last messages it names, %d are others in packs/ "
	    "and blobs/ here. Restore the one that belongs here, with its "
	    "postern.db-wal and postern.state", n[PACKS_ANOTHERS]);
}

static int
open_database(struct engine *e, struct err *err)
{
	uint64_t shares = 0;
	int rc = sql_open(&e->w, e->vfs, "postern.db", WRITER_CACHE_KB, err);

	if (rc < 0)
		return rc;
	/* The database and its log must be found after a crash. */
	if (e->o.files->ops->sync_dir(e->o.files, ".") < 0)
		rc = err_set(err, E_IO, "sync the data folder: failed");
	sql_is_writer(&e->w);
	if (rc == 0)
		rc = check_age(e, err);
	if (rc == 0)
		rc = check_folder(e, err);
	if (rc == 0 && !sql_is_read_only(&e->w))
		rc = end_the_last(e, err);
	if (rc == 0)
		rc = schema_migrate(&e->w, &(struct schema_needs){
		    .a_label = e->o.a_label, .log = e->o.log }, err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_acl_any, NULL, 0, &shares, err);
	e->shares = shares;
	if (rc == 0 && !sql_is_read_only(&e->w))
		rc = sum_pages(e, err);
	if (rc == 0 && !sql_is_read_only(&e->w))
		rc = give_room_back(e, err);
	if (rc < 0)
		sql_close(&e->w);
	return rc;
}

/* Cut, or of something else; or a page that is needed is damaged. */
static int
open_database_or_say(struct engine *e, struct err *err)
{
	struct err why = { 0 };
	int rc = open_database(e, &why);

	if (rc < 0)
		*err = why;
	return rc != E_DAMAGED ? rc : err_set(err, rc, "postern.db is damaged: "
	    "restore all of this folder from one backup (%.130s)", why.text);
}

static int
open_data(struct engine *e, struct err *err)
{
	int rc = make_folders(e->o.files, err);

	if (rc == 0)
		backup_clear(e);
	if (rc == 0)
		rc = data_state_check(e->o.files, &e->before, err);
	if (rc == 0 && e->before.running)
		rc = wal_check(e->o.files, "postern.db-wal", err);
	if (rc == 0)
		rc = open_database_or_say(e, err);
	if (rc == E_FULL && room_give_up(e))
		rc = open_database_or_say(e, err);
	if (rc == 0)
		gaps_begin(e);
	if (rc == 0)
		rc = begin_writing_or_reading(e, err);
	if (rc == 0)
		rc = sql_open(&e->look, e->vfs, "postern.db", LOOK_CACHE_KB,
		    err);
	if (rc == 0)
		filter_begin(e);
	return rc;
}

/* For as long as we are there: of a configuration that will be another one. */
static void
keep_names(struct engine *e)
{
	size_t n = e->o.hostname.n;

	e->names = BUF_INIT(1000);
	buf_str(&e->names, e->o.hostname);
	buf_str(&e->names, e->o.divert);
	bug_if(buf_failed(&e->names));
	e->o.hostname = str_first(buf_get(&e->names), n);
	e->o.divert = str_from(buf_get(&e->names), n);
}

int
engine_open(const struct engine_options *o, struct engine **out,
    struct err *err)
{
	struct engine *e = calloc(1, sizeof(*e));
	int rc;

	bug_if(!e || !o->calls);
	e->o = *o;
	keep_names(e);
	e->directory = 1;
	e->conversations.stale = true;
	if (e->o.pack_octets == 0)
		e->o.pack_octets = 64 << 20;
	if (e->o.wal_octets == 0)
		e->o.wal_octets = 64 << 20;
	if (e->o.reserve_octets == 0)
		e->o.reserve_octets = 16 << 20;
	if (e->o.unused_pages == 0)
		e->o.unused_pages = UNUSED_PAGES;
	if (e->o.column_octets == 0)
		e->o.column_octets = 256 << 20;
	e->arena = arena_new(ANSWER_ARENA);
	e->rows = BUF_INIT(64 << 20);
	e->news = e->named = BUF_INIT((size_t)1 << 30);
	e->vfs = vfs_new(o->files);
	vfs_on_damage(e->vfs, page_damaged, e);
	e->packs = packs_new(o->files, e->o.pack_octets);
	e->columns = columns_new(e->o.column_octets);
	e->journal = journal_new(o->files, NULL, o->log);
	e->addresses = address_cache_new();
	bug_if(pthread_mutex_init(&e->quota_lock, NULL) != 0);
	bug_if(pthread_mutex_init(&e->damage_lock, NULL) != 0);
	waiting_time_init(&e->waiting);
	e->filter = filter_new();
	e->fulltext = fulltext_new(o->files);
	e->shelves = shelves_new(o->files);
	backup_init(e);
	e->now_s = o->wall_us(o->arg) / 1000000;
	rc = open_data(e, err);
	if (rc < 0)
		engine_close(e);
	else
		*out = e;
	return rc;
}

void
engine_close(struct engine *e)
{
	if (!e)
		return;
	backup_free(e);
	state_forget(e);
	map_free(&e->accts);
	map_free(&e->mboxes);
	map_free(&e->fresh);
	quota_free(e);
	map_free(&e->damage_told);
	map_free(&e->compaction.seen);
	map_free(&e->repair.found);
	(void)pthread_mutex_destroy(&e->quota_lock);
	(void)pthread_mutex_destroy(&e->damage_lock);
	waiting_time_end(&e->waiting);
	filter_free(e->filter);
	fulltext_free(e->fulltext);
	shelves_free(e->shelves);
	address_cache_free(e->addresses);
	sql_close(&e->look);
	/* Not if it is another's by now. */
	if (e->running && (!e->claimed || data_state_is_last(e->o.files,
	    &e->state, e->fence, NULL) == 0) &&
	    engine_take_in_wal(e, e->fence, NULL) == 0)
		sql_let_wal_go(&e->w);
	file_close(e->state);
	sql_close(&e->w);
	vfs_free(e->vfs);
	packs_free(e->packs);
	columns_free(e->columns);
	journal_free(e->journal);
	arena_free(e->arena);
	buf_free(&e->rows);
	buf_free(&e->news);
	buf_free(&e->named);
	buf_free(&e->names);
	vec_free(&e->ops);
	vec_free(&e->used_stages);
	vec_free(&e->changed);
	vec_free(&e->revoked);
	vec_free(&e->withdrawn);
	free(e);
}

int64_t
engine_now_us(const struct engine *e)
{
	return e->o.wall_us(e->o.arg);
}

int64_t
engine_mono_us(const struct engine *e)
{
	return e->o.mono_us(e->o.arg);
}

void
engine_flush_journal(struct engine *e)
{
	/* What a full disk still has is for those who make room. */
	if (!e->refusal.code && e->room.whole &&
	    engine_is_last(e, NULL) == 0)
		journal_flush(e->journal, e->o.wall_us(e->o.arg));
}

void
engine_journal(struct engine *e, const struct journal_ask *ask)
{
	journal_add(e->journal, &(struct journal_row){
	    .at_us = e->o.wall_us(e->o.arg), .event = ask->event,
	    .message = ask->message, .session = ask->session,
	    .peer = ask->peer, .from = ask->from, .address = ask->address,
	    .code = ask->code, .text = ask->text });
}

/* ---- readers ----------------------------------------------------------- */

int
reader_open(struct engine *e, struct reader **out, struct err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	bug_if(!r);
	r->e = e;
	r->arena = arena_new(16 << 20);
	r->rows = BUF_INIT(MSG_MAX);
	r->more = BUF_INIT(MSG_MAX);
	r->chunk = BUF_INIT(MSG_MAX);
	rc = sql_open(&r->q, e->vfs, "postern.db", READER_CACHE_KB, err);
	if (rc < 0)
		reader_close(r);
	else
		*out = r;
	return rc;
}

void
reader_close(struct reader *r)
{
	if (!r)
		return;
	sql_close(&r->q);
	arena_free(r->arena);
	buf_free(&r->rows);
	buf_free(&r->more);
	buf_free(&r->chunk);
	free(r);
}

int
reader_ask(struct reader *r, const struct caller *c, enum store_call call,
    const void *ask, union store_answer *answer, struct err *err)
{
	const void *there;
	struct caller as;
	int rc;

	arena_reset(r->arena);
	buf_reset(&r->rows);
	buf_reset(&r->more);
	buf_reset(&r->chunk);
	*answer = (union store_answer){ 0 };
	if (call >= STORE_NCALLS || !r->e->o.calls[call].read)
		return err_set(err, E_INVALID, "no call of the readers");
	rc = reach(&r->q, r->arena, call, &r->e->o.calls[call].reach, c, ask,
	    &as, &there, err);
	if (rc < 0)
		return rc;
	return r->e->o.calls[call].read(r, rc ? &as : c, rc ? there : ask,
	    answer, err);
}

int
reader_watches(struct reader *r, const struct caller *c, uint64_t mailbox,
    struct err *err)
{
	uint64_t owner, there;

	return reach_number(&r->q, c, mailbox, RIGHT_r, &owner, &there, err);
}

int
reader_account(struct reader *r, uint64_t account, struct err *err)
{
	int rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)),
	    err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	sql_end(&r->q, SQL_account_get);
	return 0;
}
