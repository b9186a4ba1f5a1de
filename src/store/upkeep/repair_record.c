#include <errno.h>

#include "store/engine/account_names.h"
#include "store/upkeep/repair_int.h"

/*
 * What becomes of a record that was found where no row leads to:
 *
 *   there is a row of it        what the row leads to can be read: nothing to
 *                               do; it cannot: the row leads here from now on
 *   there is none, but the      it was taken in under a database that is lost:
 *   number is unknown           into the mailbox Recovered of its account
 *   there is none               it was removed, or never acknowledged: nothing
 *
 * Recovered is a mailbox of its own, because nobody knows which one a message
 * was in, what its flags were, or whether its owner had removed it since: so
 * people can look through it and do away with it, and no program that empties
 * INBOX takes it for new mail.
 */

#define ULL(n) ((unsigned long long)(n))

/* Whose it is now: the account of this number; or where the database is
 * another one, the account whose address had it. 1, 0 if nobody, or E_*. */
static int
find_owner(struct repairing *x, uint64_t account)
{
	struct str domain, local;
	uint64_t now = 0;
	int rc;

	if (account == x->account)
		return x->owner != NULL;
	x->account = account;
	x->owner = NULL;
	x->address = STR_NULL;
	rc = acct_get(x->e, account, &x->owner, x->err);
	if (rc != E_NOTFOUND)
		return rc < 0 ? rc : 1;
	x->owner = NULL;
	x->address = account_names_find(x->e, account);
	if (!address_key(x->address, x->e->arena, &domain, &local))
		return 0;
	rc = sql_number(&x->e->w, SQL_address_get, SQL_VALS(vs(domain),
	    vs(local)), &now, x->err);
	if (rc == 0 && now)
		rc = acct_get(x->e, now, &x->owner, x->err);
	return rc < 0 ? rc : now != 0;
}

/* The blob of *at, which has raw octets of text, as a message of theirs. */
static int
deliver_it(struct repairing *x, const struct place *at, uint64_t raw)
{
	struct placing d = { .acct = x->owner, .blob = at->blob,
		.size = raw + at->front, .front = at->front,
		.received = x->e->now_s };
	uint32_t uid;
	int rc = mailbox_recovered(x->e, x->owner, &d.mbox, x->err);

	if (rc == 0)
		rc = deliver(x->e, &d, &uid, x->err);
	if (rc < 0)
		return rc;
	batch_journal(x->e, &(struct journal_row){
	    .at_us = engine_now_us(x->e), .event = JOURNAL_recovered,
	    .message = at->blob, .address = x->owner->address,
	    .text = MAILBOX_RECOVERED });
	return 0;
}

static void
leave(struct repairing *x, uint64_t blob, uint64_t account, const char *name)
{
	if (account == 0)
		repair_say(x, "message %llu (%s): it was on its way, and its "
		    "envelope is lost", ULL(blob), name);
	else if (x->address.n)
		repair_say(x, "message %llu (%s): no account %.*s", ULL(blob),
		    name, STR_FMT(x->address));
	else
		repair_say(x, "message %llu (%s): nobody knows who account "
		    "%llu was", ULL(blob), name, ULL(account));
	x->out->left++;
	x->e->repair.left += account != 0;
	x->e->repair.left_here = true;
}

static void
tell_recovered(struct repairing *x, uint64_t blob, const char *name)
{
	x->out->recovered++;
	repair_say(x, "message %llu (%s): %s Recovered of %.*s", ULL(blob),
	    name, x->ask->dry ? "would go into" : "is in",
	    STR_FMT(x->owner->address));
}

/* The record gets a place that a row can name: the present pack, or the name
 * that the file of a large blob has. */
static int
take_in(struct repairing *x, struct salvage *s, const char *name,
    const struct place *there, struct place *to)
{
	int rc;

	if (strncmp(name, "blobs/", 6) == 0) {
		*to = *there;
		return salvage_name_blob(x->e->packs, name, there->blob,
		    x->err);
	}
	rc = salvage_read(s, there, &x->record, x->err);
	return rc < 0 ? rc : packs_put_record(x->e->packs,
	    buf_get(&x->record), there, to, x->err);
}

static int
recover(struct repairing *x, struct salvage *s, const char *name,
    const struct place *there, uint64_t account, uint64_t raw)
{
	struct place to;
	int rc = account ? find_owner(x, account) : 0;

	if (rc == 0)
		leave(x, there->blob, account, name);
	if (rc <= 0)
		return rc;
	if (!x->ask->dry) {
		rc = take_in(x, s, name, there, &to);
		if (rc == 0)
			rc = blob_insert(x->e, &to, 1, x->err);
		if (rc == 0)
			rc = deliver_it(x, &to, raw);
		if (rc < 0)
			return rc;
	}
	tell_recovered(x, there->blob, name);
	return 0;
}

/* Its row leads here from now on. */
static int
restore(struct repairing *x, struct salvage *s, const char *name,
    const struct place *there, const struct place *row)
{
	struct place to = *there;
	int rc = x->ask->dry ? 0 : take_in(x, s, name, there, &to);

	if (rc == 0 && !x->ask->dry)
		rc = sql_run(&x->e->w, SQL_blob_move, SQL_VALS(vi(to.pack),
		    vi(to.at), vi(to.blob)), x->err);
	if (rc == 0 && !x->ask->dry && row->pack)
		rc = sql_run(&x->e->w, SQL_pack_free, SQL_VALS(
		    vi(place_octets(row)), vi(row->pack)), x->err);
	if (rc < 0)
		return rc;
	if (x->ask->dry)
		map_put_number(&x->e->repair.found, there->blob, 0, 0, 1);
	x->out->restored++;
	repair_say(x, "message %llu (%s): %s again", ULL(there->blob), name,
	    x->ask->dry ? "could be read" : "can be read");
	return 0;
}

uint64_t
repair_file_size(const struct repairing *x, uint64_t pack, uint64_t blob)
{
	struct files *fs = x->e->o.files;
	uint64_t size = UINT64_MAX;
	struct file *f;
	char name[40];
	int rc;

	(void)snprintf(name, sizeof(name), "%s/%016llx",
	    pack ? "packs" : "blobs", ULL(pack ? pack : blob));
	rc = fs->ops->open(fs, name, 0, &f);
	if (rc < 0)
		return rc == -ENOENT ? 0 : UINT64_MAX;
	if (fs->ops->size(f, &size) < 0)
		size = UINT64_MAX;
	file_close(f);
	return size;
}

int
repair_record(struct repairing *x, struct salvage *s, const char *name,
    const struct place *there, uint64_t account)
{
	struct place row;
	uint64_t raw, from = x->e->salvage_from;
	struct err why = { 0 };
	int rc = place_get(&x->e->w, there->blob, &row, x->err);
	bool is_known = rc == 0, is_same;

	if (rc < 0 && rc != E_NOTFOUND)
		return rc;
	if (!is_known && (from == 0 || there->blob < from))
		return 0;
	is_same = is_known && row.length == there->length &&
	    row.facts == there->facts && row.crc == there->crc;
	if (is_known && (!is_same || packs_check(x->e->packs, &row, &raw,
	    &why) == 0))
		return 0;
	if (salvage_check(s, there, &raw, &why) < 0) {
		repair_say(x, "message %llu (%s, octet %llu): it is damaged "
		    "here, too", ULL(there->blob), name, ULL(there->at));
		x->out->left++;
		x->e->repair.left_here = true;
		return 0;
	}
	return is_known ? restore(x, s, name, there, &row) :
	    recover(x, s, name, there, account, raw);
}

int
repair_unnamed(struct repairing *x, uint64_t blob)
{
	struct salvage *s = NULL;
	struct place row, there;
	struct err why = { 0 };
	uint64_t at, raw, account = 0;
	char name[40];
	int rc = place_get(&x->e->w, blob, &row, x->err);

	if (rc < 0)
		return rc == E_NOTFOUND ? 0 : rc;
	(void)snprintf(name, sizeof(name), "%s/%016llx",
	    row.pack ? "packs" : "blobs", ULL(row.pack ? row.pack : blob));
	at = row.at;
	if (packs_check(x->e->packs, &row, &raw, &why) == 0 &&
	    salvage_open(x->e->packs, name, &s, &why) == 0)
		(void)salvage_next(s, &at, RECORD_ALIGN, &there, &account,
		    &why);
	salvage_close(s);
	if (why.code < 0) {
		repair_say(x, "%s, and nothing names it", why.text);
		x->out->left++;
		return 0;
	}
	rc = account ? find_owner(x, account) : 0;
	if (rc == 0)
		leave(x, blob, account, name);
	if (rc > 0 && !x->ask->dry) {
		rc = sql_run(&x->e->w, SQL_blob_refs, SQL_VALS(vi(1),
		    vi(blob)), x->err);
		if (rc == 0)
			rc = deliver_it(x, &row, raw);
		if (rc < 0)
			return rc;
		rc = 1;
	}
	if (rc > 0)
		tell_recovered(x, blob, name);
	return rc < 0 ? rc : 0;
}
