#include "smtp/trace.h"

#include "base/timetext.h"
#include "smtp/path.h"

enum { SOLICIT_LINE_MAX = 900 };	/* RFC 5322 2.1.1: 998 in all */

void
smtp_put_literal(struct buf *b, struct str peer)
{
	buf_lit(b, "[");
	if (str_chr(peer, ':') < peer.n)
		buf_lit(b, "IPv6:");
	buf_str(b, peer);
	buf_lit(b, "]");
}

/* What comes by a socket in the file system has no address, but a word. */
static void
put_peer(struct buf *b, struct str peer)
{
	if (str_chr(peer, '.') < peer.n || str_chr(peer, ':') < peer.n)
		smtp_put_literal(b, peer);
	else
		buf_str(b, peer);
}

/* From-domain = "FROM" FWS Extended-Domain. What the client said stands
 * first if it is a name or a literal, else in a comment of its own. 4.4 wants
 * the clause of every server. Where the client is not to be named there is
 * none, as RFC 5322 3.6.7 allows: a made up name would be a lie that others
 * look up. */
static void
put_from(struct buf *b, const struct smtp_trace *t)
{
	bool proper = smtp_is_domain(t->helo) || smtp_is_literal(t->helo);

	buf_lit(b, "from ");
	if (proper)
		buf_str(b, t->helo);
	else
		put_peer(b, t->peer);
	buf_lit(b, " (");
	put_peer(b, t->peer);
	buf_lit(b, ")");
	if (!proper && t->helo.n > 0) {
		buf_lit(b, "\r\n\t(helo ");
		buf_str(b, t->helo);
		buf_lit(b, ")");
	}
	buf_lit(b, "\r\n\t");
}

void
smtp_trace_put(struct buf *b, const struct smtp_trace *t)
{
	buf_lit(b, "Received: ");
	if (t->peer.n > 0)
		put_from(b, t);
	buf_lit(b, "by ");
	buf_str(b, t->host);
	buf_lit(b, " (Postern) with ");
	buf_str(b, t->with);
	/* No white space may stand in it: what is no line is left out. */
	if (t->solicit.n > 0 && t->solicit.n <= SOLICIT_LINE_MAX) {
		buf_lit(b, "\r\n\t(SOLICIT=");
		buf_str(b, t->solicit);
		buf_lit(b, ")");
	}
	if (t->tls_version.n > 0) {
		buf_lit(b, "\r\n\t(");
		buf_str(b, t->tls_version);
		buf_lit(b, " ");
		buf_str(b, t->tls_cipher);
		buf_lit(b, ")");
	}
	if (t->id.n > 0) {
		buf_lit(b, "\r\n\tid ");
		buf_str(b, t->id);
	}
	/* Beyond ASCII it would make the header need SMTPUTF8, also where an
	 * alias leads on to somebody who needs none. */
	if (t->only_rcpt.n > 0 && str_is_ascii(t->only_rcpt)) {
		buf_lit(b, "\r\n\tfor <");
		buf_str(b, t->only_rcpt);
		buf_lit(b, ">");
	}
	if (t->priority != 0)
		buf_printf(b, "\r\n\tpriority %d", (int)t->priority);
	buf_lit(b, ";\r\n\t");
	time_rfc5322(b, t->at);
	buf_lit(b, "\r\n");
}
