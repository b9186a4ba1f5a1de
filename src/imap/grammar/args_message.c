/* Arguments of the commands about messages. */
#include "imap/grammar/args.h"

/* append-message = [SP flag-list] [SP date-time] SP append-data
 * append-data = literal / literal8 / "UTF8" SP "(" literal8 ")" /
 *     "CATENATE" SP "(" cat-part *(SP cat-part) ")"
 * What is here ends with the literal's head, its octets are streamed; parts
 * of a CATENATE are read one by one (catenate.h). */
static void
append_message(struct scan *s, struct append_message *m)
{
	scan_sp(s);
	if (rd_peek(&s->r) == '(') {
		m->flags = scan_flag_list(s);
		scan_sp(s);
	}
	if (rd_peek(&s->r) == '"') {
		m->date = scan_date_time(s, &m->zone_min);
		m->dated = true;
		scan_sp(s);
	}
	m->catenate = scan_opt_text(s, STR("CATENATE ("));
	if (m->catenate) {
		m->parts = rd_rest(&s->r);
		m->sync = m->literal8 = true;
		return;
	}
	m->utf8 = scan_opt_text(s, STR("UTF8 ("));
	m->literal8 = scan_opt(s, '~');
	if (m->utf8 && !m->literal8)
		scan_fail(s, "expected a literal8");
	scan_need(s, '{', "expected the message as a literal");
	m->size = scan_number64(s);
	m->sync = !scan_opt(s, '+');
	scan_need(s, '}', "expected the message as a literal");
	scan_end(s);
}

/* append = "APPEND" SP mailbox 1*append-message              RFC 3502 */
void
args_append(struct scan *s, union args *out)
{
	scan_sp(s);
	out->append.mailbox = scan_mailbox(s);
	append_message(s, &out->append.first);
}

/* replace = "REPLACE" SP seq-number SP mailbox append-message   RFC 8508 5 */
void
args_replace(struct scan *s, union args *out)
{
	scan_sp(s);
	out->replace.one = scan_seq_number(s);
	scan_sp(s);
	out->replace.by.mailbox = scan_mailbox(s);
	append_message(s, &out->replace.by.first);
}

void
args_append_next(struct scan *s, union args *out)
{
	append_message(s, &out->append_next);
}

/* fetch-modifier                     RFC 4466 2.4, RFC 7162 7, RFC 9394 4 */
static void
fetch_modifiers(struct scan *s, struct fetch_args *a)
{
	static const struct word modifiers[] = {
		{ STR("CHANGEDSINCE"), 0 },
		{ STR("VANISHED"), 1 },
		{ STR("PARTIAL"), 2 },
	};

	if (!scan_opt_text(s, STR(" (")))
		return;
	do {
		int m = scan_word(s, modifiers, NELEM(modifiers),
		    "no such modifier");

		if (m == 1)
			a->vanished = true;
		if (m == 2) {
			scan_sp(s);
			if (a->partial.from)
				scan_fail(s, "more than one PARTIAL");
			a->partial = scan_partial_range(s);
		}
		if (m == 0) {
			scan_sp(s);
			a->changed_since = scan_modseq(s);
			if (a->changed_since == 0)
				scan_fail(s, "expected a mod-sequence over 0");
		}
	} while (scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the modifiers");
}

/* fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
 *   "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers] */
void
args_fetch(struct scan *s, union args *out)
{
	scan_sp(s);
	out->fetch.set = scan_seqset(s);
	scan_sp(s);
	out->fetch.att = scan_fetch_att(s);
	fetch_modifiers(s, &out->fetch);
	scan_end(s);
}

/* store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP
 *   (flag-list / (flag *(SP flag))) */
static void
store_att_flags(struct scan *s, struct store_args *a)
{
	static const struct word items[] = {
		{ STR("FLAGS"), 0 },
		{ STR("FLAGS.SILENT"), 1 },
	};

	if (scan_opt(s, '+'))
		a->mode = STORE_ADD;
	else if (scan_opt(s, '-'))
		a->mode = STORE_REMOVE;
	a->silent = scan_word(s, items, NELEM(items),
	    "expected FLAGS") == 1;
	scan_sp(s);
	a->flags = scan_flags(s);
}

/* store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags;
 * the only modifier is UNCHANGEDSINCE                      RFC 7162 7 */
void
args_store(struct scan *s, union args *out)
{
	struct store_args *a = &out->store;

	scan_sp(s);
	a->set = scan_seqset(s);
	a->unchanged_since = NO_MODSEQ;
	if (scan_opt_text(s, STR(" (UNCHANGEDSINCE "))) {
		a->unchanged_since = scan_modseq(s);
		scan_need(s, ')', "expected the end of the modifiers");
	}
	scan_sp(s);
	store_att_flags(s, a);
	scan_end(s);
}

/* copy = "COPY" SP sequence-set SP mailbox */
void
args_copy(struct scan *s, union args *out)
{
	scan_sp(s);
	out->copy.set = scan_seqset(s);
	scan_sp(s);
	out->copy.mailbox = scan_mailbox(s);
	scan_end(s);
}

/* "UID" SP "EXPUNGE" SP sequence-set                      RFC 4315 2.1 */
void
args_uid_expunge(struct scan *s, union args *out)
{
	scan_sp(s);
	out->uids = scan_seqset(s);
	scan_end(s);
}

void
args_search(struct scan *s, union args *out)
{
	scan_search(s, &out->search);
}

void
args_esearch(struct scan *s, union args *out)
{
	scan_esearch(s, &out->esearch);
}

void
args_sort(struct scan *s, union args *out)
{
	scan_sort(s, &out->sort);
}

void
args_thread(struct scan *s, union args *out)
{
	scan_thread(s, &out->thread);
}
