#include "store/sql/schema.h"

#include "store/sql/schema_19.h"
#include "store/sql/schema_20.h"
#include "store/sql/schema_21.h"
#include "store/sql/schema_22.h"

#include <sqlite3.h>

/*
 * Words of the columns:
 *   modseq      one counter per account, for all that is visible
 *   created     the modseq a placement came with
 *   expunged    the modseq it went with, 0 while it is there: a tombstone
 *   refs        emails and queued messages that name a blob
 *   live        octets of a pack that blobs still name
 *   first       the account that answers for postmaster of a domain
 *
 * "owner" is the lease: every write transaction begins with an update of its
 * row that only succeeds for the holder, and keeps the global counters.
 */
/* By id first: askers make ids that grow, so rows append. */
#define CREATE_CHANGE                                                         \
	"CREATE TABLE change (id INTEGER NOT NULL, scope INTEGER NOT NULL,"   \
	" part INTEGER NOT NULL, at INTEGER NOT NULL, answer BLOB NOT NULL,"  \
	" PRIMARY KEY (id, scope, part)) STRICT, WITHOUT ROWID;"

static const char version_1[] =
    "CREATE TABLE meta (name BLOB PRIMARY KEY, value INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE owner (scope INTEGER PRIMARY KEY, store BLOB NOT NULL,"
    " fence INTEGER NOT NULL, next_blob INTEGER NOT NULL,"
    " next_account INTEGER NOT NULL, uidvalidity INTEGER NOT NULL) STRICT;"
    "CREATE TABLE domain (name BLOB PRIMARY KEY, accounts INTEGER NOT NULL,"
    " first INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE account (account INTEGER PRIMARY KEY,"
    " address BLOB NOT NULL, generation INTEGER NOT NULL,"
    " uidvalidity INTEGER NOT NULL, next_mailbox INTEGER NOT NULL,"
    " next_email INTEGER NOT NULL, modseq INTEGER NOT NULL,"
    " messages INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;"
    "CREATE TABLE address (domain BLOB NOT NULL, local BLOB NOT NULL,"
    " account INTEGER NOT NULL, PRIMARY KEY (domain, local))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE credential (account INTEGER PRIMARY KEY,"
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE TABLE secret (kind INTEGER NOT NULL, name BLOB NOT NULL,"
    " sealed BLOB NOT NULL, PRIMARY KEY (kind, name))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE mailbox (account INTEGER NOT NULL,"
    " mailbox INTEGER NOT NULL, name BLOB NOT NULL,"
    " special INTEGER NOT NULL, uidvalidity INTEGER NOT NULL,"
    " uidnext INTEGER NOT NULL, messages INTEGER NOT NULL,"
    " unseen INTEGER NOT NULL, deleted INTEGER NOT NULL,"
    " size INTEGER NOT NULL, modseq INTEGER NOT NULL,"
    " PRIMARY KEY (account, mailbox)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX mailbox_name ON mailbox (account, name);"
    "CREATE TABLE placement (account INTEGER NOT NULL,"
    " mailbox INTEGER NOT NULL, uid INTEGER NOT NULL,"
    " email INTEGER NOT NULL, created INTEGER NOT NULL,"
    " modseq INTEGER NOT NULL, deleted INTEGER NOT NULL,"
    " expunged INTEGER NOT NULL, PRIMARY KEY (account, mailbox, uid))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE email (account INTEGER NOT NULL, email INTEGER NOT NULL,"
    " blob INTEGER NOT NULL, placements INTEGER NOT NULL,"
    " flags INTEGER NOT NULL, received INTEGER NOT NULL,"
    " offset_min INTEGER NOT NULL, size INTEGER NOT NULL,"
    " prefix BLOB NOT NULL, keywords BLOB NOT NULL,"
    " PRIMARY KEY (account, email)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE garbage (due INTEGER NOT NULL, account INTEGER NOT NULL,"
    " email INTEGER NOT NULL, PRIMARY KEY (due, account, email))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE removal (account INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE blob (blob INTEGER PRIMARY KEY, pack INTEGER NOT NULL,"
    " at INTEGER NOT NULL, length INTEGER NOT NULL, facts INTEGER NOT NULL,"
    " crc INTEGER NOT NULL, refs INTEGER NOT NULL) STRICT;"
    "CREATE TABLE pack (pack INTEGER PRIMARY KEY, written INTEGER NOT NULL,"
    " live INTEGER NOT NULL) STRICT;"
    "CREATE TABLE queue (message INTEGER PRIMARY KEY,"
    " account INTEGER NOT NULL, reverse_path BLOB NOT NULL,"
    " size INTEGER NOT NULL, at INTEGER NOT NULL,"
    " body_8bit INTEGER NOT NULL) STRICT;"
    "CREATE TABLE queue_rcpt (message INTEGER NOT NULL,"
    " rcpt INTEGER NOT NULL, address BLOB NOT NULL, domain BLOB NOT NULL,"
    " state INTEGER NOT NULL, next_due INTEGER NOT NULL,"
    " PRIMARY KEY (message, rcpt)) STRICT, WITHOUT ROWID;"
    CREATE_CHANGE
    "INSERT INTO owner VALUES (0, x'', 0, 1, 1, 0);"
    "INSERT INTO meta VALUES (CAST('version' AS BLOB), 1);";

/*
 * The queue in earnest, and aliases.
 *
 *   state       of queue_rcpt: 0 waits for next_due after an attempt, 1 held
 *               by the operator, 2 has an outcome that is to be reported to
 *               the sender, 3 was never tried (two states, so that the index
 *               gives new ones before old ones), 4 as it was named, of a
 *               message that leaves later
 *   next_due    when it may be tried (states 0 and 3), seconds since 1970
 *   noticed     the sender was told of the delay
 *   outcome ... what happened last: the fields of struct queue_result
 *   target      of alias: an address, here (in lower case) or elsewhere
 *   key         of srs_key: what rewritten reverse-paths are signed with
 */
static const char version_2[] =
    "ALTER TABLE queue ADD COLUMN smtputf8 INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN ret INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN envid BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue ADD COLUMN signature BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue_rcpt ADD COLUMN notify INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN orcpt BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue_rcpt ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN noticed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN code INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue_rcpt ADD COLUMN status BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue_rcpt ADD COLUMN text BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue_rcpt ADD COLUMN host BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE queue_rcpt ADD COLUMN last INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX queue_due ON queue_rcpt"
    " (domain, state, next_due, message, rcpt);"
    "CREATE INDEX queue_reports ON queue_rcpt (message) WHERE state=2;"
    "CREATE TABLE alias (domain BLOB NOT NULL, local BLOB NOT NULL,"
    " target BLOB NOT NULL, PRIMARY KEY (domain, local, target))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX alias_target ON alias (target);"
    "CREATE TABLE srs_key (scope INTEGER PRIMARY KEY, key BLOB NOT NULL)"
    " STRICT;";

/*
 * Header fields that stand before the text of a message for all who read it.
 *
 *   front       of blob: their octets, the last of `facts` of them; of email:
 *               the same, so that a mailbox is read without its blobs
 */
static const char version_3[] =
    "ALTER TABLE blob ADD COLUMN front INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE email ADD COLUMN front INTEGER NOT NULL DEFAULT 0;";

/*
 *   send_as     of account: whom they may write as (SEND_AS_*)
 */
static const char version_4[] =
    "ALTER TABLE account ADD COLUMN send_as INTEGER NOT NULL DEFAULT 0;";

/*
 * Copies of messages, which are emails of their own.
 *
 *   original    of email: the one that it is a copy of, or a copy of a copy; 0.
 *               What was there before is a copy of nothing
 *   copying     a copy of more than one commit (mailbox/copying.h)
 *   first       the email that the first message becomes, the others follow;
 *               `most` numbers are kept for them
 *   staged      how many are there, `octets` of them
 *   placed      how many of these are in the mailbox
 */
#define CREATE_COPYING                                                        \
	"ALTER TABLE email ADD COLUMN original INTEGER NOT NULL DEFAULT 0;"   \
	"CREATE TABLE copying (account INTEGER NOT NULL,"                     \
	" first INTEGER NOT NULL, mailbox INTEGER NOT NULL,"                  \
	" most INTEGER NOT NULL, staged INTEGER NOT NULL,"                    \
	" placed INTEGER NOT NULL, octets INTEGER NOT NULL,"                  \
	" state INTEGER NOT NULL, at INTEGER NOT NULL,"                       \
	" PRIMARY KEY (account, first)) STRICT, WITHOUT ROWID;"

/*
 * Domains beyond ASCII get their A-labels, and the two forms of one become one
 * domain. The address that was there in the form of an A-label stays; who had
 * the same local part in the other form keeps everything under another one
 * (anna-17, of account 17), and what leads to them follows. Aliases of both
 * forms lead to the targets of both; one that is now called as an account gets
 * another name (info-alias).
 *
 *   sealed_to   of credential: the address the account had when it was
 *               sealed, if it has another one now
 *
 *   forgotten   of expunge_floor: the modseq up to which expunges in a mailbox
 *               are forgotten: there are no tombstones of these any more. A
 *               view, or a client (RFC 7162 3.2.5.1), that was told expunges
 *               up to an earlier one cannot be told what it missed. In the
 *               answer of open. No row: nothing was forgotten yet (nor in any
 *               mailbox of before there was this table)
 *   below       of expunge_mark: tombstones of the account's up to this modseq
 *               may go; then those up to `mark`, which was its modseq at
 *               `marked_at`, seconds since 1970
 *
 * The pack behind the last one has its row before there is a file (see
 * write_totals()).
 *
 * And mailboxes that people make, and subscribe to: until here all there were,
 * and all of them.
 *
 *   mailbox_removal  a mailbox that is gone: its placements are still to go
 */
#define TEXT_OF(x) "CAST(" x " AS TEXT)"
#define ADDRESS_OF(local, domain)                                             \
	"CAST(" TEXT_OF(local) "||'@'||" TEXT_OF(domain) " AS BLOB)"

static const char version_5[] =
    CREATE_COPYING
    "ALTER TABLE credential ADD COLUMN sealed_to BLOB NOT NULL DEFAULT x'';"
    /* Domains. */
    "CREATE TEMP TABLE renamed (old BLOB PRIMARY KEY, new BLOB NOT NULL);"
    "INSERT INTO renamed SELECT name, a_label(name) FROM domain"
    " WHERE a_label(name)<>name;"
    "INSERT INTO domain SELECT new, SUM(accounts),"
    " COALESCE(MIN(NULLIF(first, 0)), 0) FROM domain JOIN renamed ON name=old"
    " WHERE TRUE GROUP BY new ON CONFLICT (name) DO UPDATE SET"
    " accounts=accounts+excluded.accounts,"
    " first=CASE WHEN first=0 THEN excluded.first ELSE first END;"
    "DELETE FROM domain WHERE name IN (SELECT old FROM renamed);"
    /* Accounts. */
    "CREATE TEMP TABLE moved (account INTEGER PRIMARY KEY, was BLOB NOT NULL,"
    " domain BLOB NOT NULL, local BLOB NOT NULL, given BLOB NOT NULL);"
    "INSERT INTO moved SELECT account, " ADDRESS_OF("local", "domain")
    ", new, local, local FROM address JOIN renamed ON domain=old;"
    "UPDATE moved AS m SET local=CAST(CASE WHEN length(local)>40"
    " THEN 'account' ELSE " TEXT_OF("local") " END||'-'||account AS BLOB)"
    " WHERE EXISTS (SELECT 1 FROM address AS x"
    "  WHERE x.domain=m.domain AND x.local=m.given)"
    " OR EXISTS (SELECT 1 FROM alias AS x"
    "  WHERE x.domain=m.domain AND x.local=m.given)"
    " OR EXISTS (SELECT 1 FROM moved AS x WHERE x.domain=m.domain"
    "  AND x.given=m.given AND x.account<m.account);"
    "DELETE FROM address WHERE domain IN (SELECT old FROM renamed);"
    "INSERT INTO address SELECT domain, local, account FROM moved;"
    "UPDATE credential SET sealed_to=(SELECT address FROM account AS a"
    " WHERE a.account=credential.account)"
    " WHERE account IN (SELECT account FROM moved);"
    "UPDATE account SET address=(SELECT CASE WHEN local=given"
    " THEN a_address(account.address) ELSE " ADDRESS_OF("local", "domain")
    " END FROM moved AS m WHERE m.account=account.account)"
    " WHERE account IN (SELECT account FROM moved);"
    /* Aliases. */
    "UPDATE OR IGNORE alias SET target=(SELECT "
    ADDRESS_OF("m.local", "m.domain") " FROM moved AS m WHERE was=target)"
    " WHERE target IN (SELECT was FROM moved);"
    "UPDATE OR IGNORE alias SET target=a_address(target)"
    " WHERE a_address(target)<>target;"
    "DELETE FROM alias WHERE a_address(target)<>target;"
    "INSERT OR IGNORE INTO alias SELECT new, CASE WHEN EXISTS"
    " (SELECT 1 FROM address AS x WHERE x.domain=new AND x.local=alias.local)"
    " THEN CAST(" TEXT_OF("local") "||'-alias' AS BLOB) ELSE local END, target"
    " FROM alias JOIN renamed ON domain=old;"
    "DELETE FROM alias WHERE domain IN (SELECT old FROM renamed);"
    /* Who hears of what is on its way. */
    "UPDATE queue SET reverse_path=COALESCE((SELECT "
    ADDRESS_OF("m.local", "m.domain") " FROM moved AS m"
    " WHERE was=CAST(lower(" TEXT_OF("reverse_path") ") AS BLOB)),"
    " a_address(reverse_path))"
    " WHERE domain_of(reverse_path) IN (SELECT old FROM renamed);"
    "DROP TABLE moved;"
    "DROP TABLE renamed;"
    "CREATE TABLE expunge_floor (account INTEGER NOT NULL,"
    " mailbox INTEGER NOT NULL, forgotten INTEGER NOT NULL,"
    " PRIMARY KEY (account, mailbox)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE expunge_mark (account INTEGER PRIMARY KEY,"
    " below INTEGER NOT NULL, mark INTEGER NOT NULL,"
    " marked_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX placement_expunged ON placement (account, expunged)"
    " WHERE expunged>0;"
    "INSERT INTO pack SELECT coalesce(max(pack), 0)+1, 0, 0 FROM pack;"
    /* Mailboxes. */
    "CREATE TABLE subscription (account INTEGER NOT NULL,"
    " name BLOB NOT NULL, PRIMARY KEY (account, name))"
    " STRICT, WITHOUT ROWID;"
    "INSERT INTO subscription SELECT account, name FROM mailbox;"
    "CREATE TABLE mailbox_removal (account INTEGER NOT NULL,"
    " mailbox INTEGER NOT NULL, PRIMARY KEY (account, mailbox))"
    " STRICT, WITHOUT ROWID;";

/*
 *   recent_from  of mailbox: nobody was told of messages from this UID on (RFC
 *                3501 2.3.2), `recent` of which are there. What was there
 *                before counts as told
 */
static const char version_6[] =
    "ALTER TABLE mailbox ADD COLUMN recent INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE mailbox ADD COLUMN recent_from INTEGER NOT NULL DEFAULT 1;"
    "UPDATE mailbox SET recent_from=uidnext;";

/*
 * What the operator said of senders, and who is known (policy/). There were
 * neither before.
 *
 *   subject     of sender_rule: an address, a domain, octets of a network with
 *               `bits` (0 of the others)
 *   remembered  at most so many of a kind and an account (policy/memory.h):
 *   n           grows, so the lowest one is the one to forget
 *   what        a hash of what is remembered
 */
#define CREATE_POLICY                                                         \
	"CREATE TABLE sender_rule (kind INTEGER NOT NULL,"                    \
	" bits INTEGER NOT NULL, subject BLOB NOT NULL,"                      \
	" word INTEGER NOT NULL, at INTEGER NOT NULL,"                        \
	" PRIMARY KEY (kind, bits, subject)) STRICT, WITHOUT ROWID;"          \
	"CREATE TABLE remembered (kind INTEGER NOT NULL,"                     \
	" account INTEGER NOT NULL, n INTEGER NOT NULL,"                      \
	" what BLOB NOT NULL, at INTEGER NOT NULL,"                           \
	" PRIMARY KEY (kind, account, n)) STRICT, WITHOUT ROWID;"             \
	"CREATE UNIQUE INDEX remembered_what ON remembered"                   \
	" (kind, account, what);"

/*
 * Conversations, and where an email is.
 *
 *   mailbox, uid  of email: its placement, also when that is gone; 0: a copy
 *               that is not placed yet. Who has placements has this one
 *   created     of email: the modseq it came into the account with, 0 before
 *               it is placed; of what was there before, 1
 *   thread      of email: the number of the first email of its conversation.
 *               What was there before is a conversation of its own, with its
 *               copies
 *   thread_key  which conversation a key of a message is of; the row goes some
 *               time after the last email of it (upkeep/conversations.c)
 */
static const char version_7[] =
    CREATE_POLICY
    "ALTER TABLE email ADD COLUMN mailbox INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE email ADD COLUMN uid INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE email ADD COLUMN created INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE email ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;"
    "CREATE TEMP TABLE placed (account INTEGER, email INTEGER,"
    " mailbox INTEGER, uid INTEGER, PRIMARY KEY (account, email));"
    "INSERT OR IGNORE INTO placed SELECT account, email, mailbox, uid"
    " FROM placement WHERE expunged=0;"
    "UPDATE email SET mailbox=p.mailbox, uid=p.uid FROM placed p"
    " WHERE p.account=email.account AND p.email=email.email;"
    "DROP TABLE placed;"
    "UPDATE email SET created=CASE mailbox WHEN 0 THEN 0 ELSE 1 END,"
    " thread=CASE original WHEN 0 THEN email ELSE original END;"
    "CREATE INDEX email_thread ON email (account, thread);"
    "CREATE TABLE thread_key (account INTEGER NOT NULL,"
    " key INTEGER NOT NULL, thread INTEGER NOT NULL,"
    " PRIMARY KEY (account, key)) STRICT, WITHOUT ROWID;";

/*
 *   waiting_gap  when nothing was tried, in seconds since 1970, because the
 *               clock jumped (engine/gaps.c). None were remembered before
 */
static const char version_8[] =
    "CREATE TABLE waiting_gap (gap_from INTEGER PRIMARY KEY,"
    " gap_to INTEGER NOT NULL) STRICT;";

/*
 * Messages that leave later (queue/later.c). There were none before.
 *
 *   hold_for, hold_until  of queue: what MAIL said (RFC 4865), for reports
 *   released    of queue: when it was let go, from which on it has to get
 *               there; 0: at once
 *   later       a message that waits for `due`; size: what its account has less
 *               room by. thread_keys: of what becomes of it in mailboxes here
 *
 * App passwords: what a person's programs log in by, besides the password.
 * There were none before.
 *
 *   number, proof  keyed hashes of it (vault/app_password.h)
 *   services    SERVICE_*, where it is good
 *   expires, used  seconds since 1970; 0: never
 */
static const char version_9[] =
    "ALTER TABLE queue ADD COLUMN hold_for INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN released INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE later (message INTEGER PRIMARY KEY,"
    " account INTEGER NOT NULL, due INTEGER NOT NULL,"
    " size INTEGER NOT NULL, thread_keys BLOB NOT NULL) STRICT;"
    "CREATE INDEX later_due ON later (due, message);"
    "CREATE INDEX later_of ON later (account, message);"
    "CREATE TABLE app_password (account INTEGER NOT NULL,"
    " number INTEGER NOT NULL, proof BLOB NOT NULL, label BLOB NOT NULL,"
    " services INTEGER NOT NULL, made INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, used INTEGER NOT NULL,"
    " used_from BLOB NOT NULL, used_for INTEGER NOT NULL,"
    " PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID;";

/*
 * Whose sender sees what waits, and takes it back. Nothing was remembered
 * before of what had left or been taken back.
 *
 *   email, thread  what of the account's a message was made of; 0: unknown
 *   later_past  what became of rows of `later` (enum later_state), and when
 */
static const char version_10[] =
    "ALTER TABLE later ADD COLUMN email INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE later ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE later_past (account INTEGER NOT NULL,"
    " message INTEGER NOT NULL, became INTEGER NOT NULL,"
    " at INTEGER NOT NULL, due INTEGER NOT NULL, email INTEGER NOT NULL,"
    " thread INTEGER NOT NULL, PRIMARY KEY (account, message))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX later_past_at ON later_past (at);";

/*
 *   saved       of placement: when the message came into this mailbox, seconds
 *               since 1970 (RFC 8514); 0: before that was kept, so when it was
 *               received has to do
 */
static const char version_11[] =
    "ALTER TABLE placement ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;";

/*
 * What was learned of spam (engine/filter.h). There was nothing before.
 *
 *   account     0: by everybody
 *   spam, good  lessons
 *   bar         the score from which on mail is spam, in thousandths
 *   weights     of each trait, two octets little-endian
 */
static const char version_12[] =
    "CREATE TABLE filter (account INTEGER PRIMARY KEY,"
    " spam INTEGER NOT NULL, good INTEGER NOT NULL, bar INTEGER NOT NULL,"
    " weights BLOB NOT NULL) STRICT;";

/*
 *   kept        an email that no mailbox has any more, and since when: it can
 *               be had back (mailbox/kept.c). Nothing was kept before
 */
static const char version_13[] =
    "CREATE TABLE kept (account INTEGER NOT NULL, email INTEGER NOT NULL,"
    " at INTEGER NOT NULL, PRIMARY KEY (account, email))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX kept_at ON kept (at);";

/*
 *   quota       of account: octets it may have; 0: what the option says
 */
static const char version_14[] =
    "ALTER TABLE account ADD COLUMN quota INTEGER NOT NULL DEFAULT 0;";

/*
 * What was brought in from elsewhere (mailbox/carry.c). There was nothing
 * before.
 */
static const char version_15[] =
    "CREATE TABLE carried (account INTEGER NOT NULL, source BLOB NOT NULL,"
    " PRIMARY KEY (account, source)) STRICT, WITHOUT ROWID;";

/*
 * What people are told by mail (engine/note.h). Nothing was told before.
 *
 *   note        that is to be told, by numbers that are never given twice
 *   noted       what is remembered for that, by the kind of note and a word of
 *               it: since when, the last time, how often
 *   target      who gets the mail; empty: the account itself
 *   has         of vacation: which of subject, text and html are set
 *
 * Second factors. Nobody had one before.
 *
 *   factor      of credential: sealed, as the password is; empty: none
 *
 * What other domains say about TLS (policy/sts.c). Nothing was kept before.
 *
 *   fetched, expires  of sts_policy: seconds since 1970
 */
static const char version_16[] =
    "CREATE TABLE note (note INTEGER PRIMARY KEY, account INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, at INTEGER NOT NULL, facts BLOB NOT NULL,"
    " target BLOB NOT NULL) STRICT;"
    "CREATE INDEX note_account ON note (account);"
    "CREATE TABLE noted (account INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " word BLOB NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY (account, kind, word))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE vacation (account INTEGER PRIMARY KEY,"
    " version INTEGER NOT NULL, enabled INTEGER NOT NULL,"
    " begins INTEGER NOT NULL, ends INTEGER NOT NULL, has INTEGER NOT NULL,"
    " subject BLOB NOT NULL, text BLOB NOT NULL, html BLOB NOT NULL) STRICT;"
    "ALTER TABLE credential ADD COLUMN factor BLOB NOT NULL DEFAULT x'';"
    "CREATE TABLE sts_policy (domain BLOB PRIMARY KEY, id BLOB NOT NULL,"
    " mode INTEGER NOT NULL, mx BLOB NOT NULL, fetched INTEGER NOT NULL,"
    " expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX sts_policy_expires ON sts_policy (expires, domain);";

/*
 *   require_tls, priority  of queue: what MAIL said (RFC 8689, RFC 6710);
 *                nobody could say so before
 *   metadata     what is noted at a mailbox of this account (0: at none), of
 *                the person whose it is: the account's owner, or somebody who
 *                sees the mailbox (mailbox/metadata.c)
 *
 * Who may do what with whose mailboxes. Nothing was shared before.
 *
 *   who         of acl: an account; 0: anyone
 *   negative    these rights are taken away
 *   rights      RIGHT_* (store/rights.h); a row without any is none
 *   reader_seen what readers who are not its owner have said of \Seen of an
 *               email, with what modseq; 0: the one it was placed with. Where
 *               there is no row they have not seen it
 *   reader      of copying: who makes it, if that is not the owner
 *
 * What SCRAM proves an app password by. There were none before; they come when
 * it is typed again.
 *
 *   keys        of app_password: sealed (vault/scram.h); empty: none
 */
static const char version_17[] =
    "ALTER TABLE queue ADD COLUMN require_tls INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE metadata (person INTEGER NOT NULL,"
    " account INTEGER NOT NULL, mailbox INTEGER NOT NULL,"
    " entry BLOB NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (person, account, mailbox, entry)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX metadata_of ON metadata (account, mailbox);"
    "CREATE TABLE acl (account INTEGER NOT NULL, mailbox INTEGER NOT NULL,"
    " who INTEGER NOT NULL, negative INTEGER NOT NULL,"
    " rights INTEGER NOT NULL,"
    " PRIMARY KEY (account, mailbox, who, negative)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX acl_who ON acl (who);"
    "CREATE TABLE reader_seen (account INTEGER NOT NULL,"
    " email INTEGER NOT NULL, reader INTEGER NOT NULL,"
    " seen INTEGER NOT NULL, modseq INTEGER NOT NULL,"
    " PRIMARY KEY (account, email, reader)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX reader_seen_reader ON reader_seen (reader);"
    "ALTER TABLE copying ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE app_password ADD COLUMN keys BLOB NOT NULL DEFAULT x'';";

/*
 * What people let others read by a URL (mailbox/url.c). Nothing was before.
 *
 *   key         of url_key: what `person` signs for this mailbox with
 *
 *   most_messages, most_mailboxes  of account: as many as it may have; 0: any.
 *                Nobody could say so before
 *   used, quota  of domain: octets of its accounts, and those that they may
 *                have together; 0: any
 *   told         how full it is, of 100, as far as that was told
 *   uidl         of email: its unique-id by POP3 at a server it was brought in
 *                from; empty: ours
 */
static const char version_18[] =
    "CREATE TABLE url_key (person INTEGER NOT NULL,"
    " account INTEGER NOT NULL, mailbox INTEGER NOT NULL,"
    " key BLOB NOT NULL, PRIMARY KEY (person, account, mailbox))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX url_key_of ON url_key (account, mailbox);"
    "ALTER TABLE account ADD COLUMN most_messages INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE account ADD COLUMN most_mailboxes INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE domain ADD COLUMN used INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE domain ADD COLUMN quota INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE domain ADD COLUMN told INTEGER NOT NULL DEFAULT 0;"
    "UPDATE domain SET used=(SELECT ifnull(sum(a.used), 0) FROM address"
    " JOIN account a USING (account) WHERE address.domain=domain.name);"
    "ALTER TABLE email ADD COLUMN uidl BLOB NOT NULL DEFAULT x'';"
    "CREATE UNIQUE INDEX email_uidl ON email (account, uidl)"
    " WHERE uidl<>x'';";

static const char *const steps[SCHEMA_VERSION] = { version_1, version_2,
	version_3, version_4, version_5, version_6, version_7, version_8,
	version_9, version_10, version_11, version_12, version_13,
	version_14, version_15, version_16, version_17, version_18,
	version_19, version_20, version_21, version_22 };

/* ---- what the steps compute with ----------------------------------------- */

static struct str
octets_of(sqlite3_value *v)
{
	const char *p = sqlite3_value_blob(v);

	return str_make(p ? p : "", (size_t)sqlite3_value_bytes(v));
}

static void
result(sqlite3_context *c, struct str s)
{
	sqlite3_result_blob(c, s.n ? s.p : "", (int)s.n, SQLITE_TRANSIENT);
}

/* domain_of(address) */
static void
sql_domain_of(sqlite3_context *c, int n unused_arg, sqlite3_value **v)
{
	struct str s = octets_of(v[0]);
	struct arena *a = arena_new(2048);

	result(c, str_lower(a, str_from(s, str_rchr(s, '@') + 1)));
	arena_free(a);
}

/* a_label(domain), a_address(address): what is ASCII, or no name, stays. */
static void
sql_a_label(sqlite3_context *c, int n unused_arg, sqlite3_value **v)
{
	const struct schema_needs *needs = sqlite3_user_data(c);
	struct str s = octets_of(v[0]), name = s;
	size_t at = str_rchr(s, '@'), from = at < s.n ? at + 1 : 0;
	struct arena *a = arena_new(8192);

	if (!str_is_ascii(str_from(s, from)) && needs && needs->a_label &&
	    needs->a_label(str_from(s, from), a, &name))
		s = arena_printf(a, "%.*s%.*s", STR_FMT(str_first(s, from)),
		    STR_FMT(name));
	result(c, s);
	arena_free(a);
}

static void
add_functions(struct sql *q, const struct schema_needs *needs)
{
	static const struct {
		const char *name;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} t[] = { { "domain_of", sql_domain_of }, { "a_label", sql_a_label },
		{ "a_address", sql_a_label } };

	for (size_t i = 0; i < NELEM(t); i++)
		bug_if(sqlite3_create_function(q->db, t[i].name, 1,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC,
		    (void *)(uintptr_t)needs, t[i].fn, NULL, NULL));
}

/* The operator has to know who is called otherwise from now on. */
static int
say_renamed(struct sql *q, struct log *log, struct err *err)
{
	enum sql_statement s = SQL_renamed_list;
	int rc = sql_first(q, s, NULL, 0, err);

	for (; rc > 0; rc = sql_next(q, s, err))
		log_event(log, LOG_WARN, "renamed",
		    F_STR("was", sql_str(q, renamed_list, sealed_to)),
		    F_STR("is", sql_str(q, renamed_list, address)));
	return rc;
}

/* ---- step by step -------------------------------------------------------- */

static int
present_version(struct sql *q, uint64_t *version, struct err *err)
{
	uint64_t tables;
	int rc = sql_number(q, SQL_has_meta, NULL, 0, &tables, err);

	*version = 0;
	if (rc < 0 || tables == 0)
		return rc;
	return sql_number(q, SQL_version, NULL, 0, version, err);
}

static int
schema_step(struct sql *q, uint64_t to, struct err *err)
{
	int rc = sql_begin(q, err);

	if (rc == 0)
		rc = sql_exec(q, steps[to - 1], err);
	if (rc == 0)
		rc = sql_run(q, SQL_set_version, SQL_VALS(vi(to)), err);
	if (rc == 0)
		rc = sql_commit(q, err);
	if (rc < 0)
		sql_rollback(q);
	return rc;
}

int
schema_migrate(struct sql *q, const struct schema_needs *needs,
    struct err *err)
{
	uint64_t version, before;
	int rc = present_version(q, &version, err);

	if (rc < 0)
		return rc;
	if (version > SCHEMA_VERSION)
		return err_set(err, E_INVALID, "the data is of version %llu, "
		    "newer than this program's %d",
		    (unsigned long long)version, SCHEMA_VERSION);
	before = version;
	add_functions(q, needs);
	while (rc == 0 && version < SCHEMA_VERSION)
		rc = schema_step(q, ++version, err);
	if (rc == 0 && before > 0 && before < 5 && needs && needs->log)
		rc = say_renamed(q, needs->log, err);
	return rc;
}

/* The name alone changes hands: nothing of the table is read. */
int
schema_forget_changes(struct sql *q, uint64_t number, struct err *err)
{
	char text[80];
	int rc;

	(void)snprintf(text, sizeof(text), "ALTER TABLE change RENAME TO "
	    "change_damaged_%llu", (unsigned long long)number);
	rc = sql_exec(q, text, err);
	return rc < 0 ? rc : sql_exec(q, CREATE_CHANGE, err);
}
