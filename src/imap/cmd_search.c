/*
 * cmd_search.c - SEARCH and UID SEARCH.       RFC 3501 6.4.4, RFC 9051 6.4.4
 */
#include "imap/search.h"

enum { WRITE_AT = 32768 };	/* octets rendered before they are written */

/* mailbox-data = "SEARCH" *(SP nz-number) [SP search-sort-mod-seq] */
static void
put_search(struct imap_session *s, const struct search_result *found,
    bool uid, bool modseq)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	buf_lit(&b, "* SEARCH");
	for (size_t i = 0; i < found->runs.n; i++) {
		const struct search_run *run = &found->runs.p[i];

		for (uint32_t k = 0; k < run->n; k++) {
			buf_chr(&b, ' ');
			buf_u64(&b, (uid ? run->uid : run->seq) + k);
			if (b.n > WRITE_AT)
				imap_write_out(s, &b);
		}
	}
	if (modseq && found->n > 0)	/* RFC 7162 3.1.5 */
		buf_printf(&b, " (MODSEQ %llu)",
		    (unsigned long long)found->highest);
	buf_lit(&b, "\r\n");
	imap_write_out(s, &b);
}

/* SEARCH [RETURN (options)] [CHARSET charset] keys */
struct answer
imap_search(struct imap_session *s, const struct imap_command *c)
{
	struct search_place here = imap_search_here(s, c);
	uint32_t lowest = 0;
	struct search_args args = c->args.search;
	struct search_result found;
	struct answer a;

	/* RFC 6855 3 */
	if (args.charset.n && s->enabled & ENABLED_UTF8)
		return BAD("All is UTF-8, and no charset is to be named");
	if (args.options & RETURN_UPDATE && imap_context_of(s, c->tag))
		return BAD("A search with this tag is kept up to date");
	args.options &= ~(uint32_t)(RETURN_CONTEXT | RETURN_UPDATE);
	if (s->enabled & ENABLED_REV2 && !args.esearch) {
		args.esearch = true;	/* RFC 9051 6.4.4 */
		args.options = RETURN_ALL;
	}
	here.lowest = &lowest;
	a = imap_find(s, &here, c->tag, &args, &found);
	if (a.kind == ANSWER_NONE && args.esearch)
		a = imap_put_esearch(s, &here, c->tag, &args, &found, NULL);
	else if (a.kind == ANSWER_NONE)
		put_search(s, &found, here.uids, imap_asks_modseq(args.key));
	if (a.kind == ANSWER_NONE &&
	    c->args.search.options & RETURN_UPDATE) {
		if (lowest == 0)
			imap_context_begin(s, c->tag, here.uids, &args,
			    &found, NULL, 0);
		else
			imap_say_noupdate(s, c->tag);
	}
	search_result_free(&found);
	return a.kind == ANSWER_NONE ? imap_limited(s, lowest,
	    OK("Searched")) : a;
}
