/*
 * cmd_quota.c - GETQUOTA, GETQUOTAROOT, SETQUOTA.             RFC 9208
 *
 * There is one quota root, named "", for all that an account has. What it may
 * have is the operator's to say. A domain has none: what its people have
 * together is not for each of them to know.
 */
#include "imap/imap_int.h"

/* quota-response = "QUOTA" SP quota-root-name SP quota-list      RFC 9208 7
 * What is not limited is not named. */
static struct answer
put_quota(struct imap_session *s)
{
	const struct quota_ask ask = { 0 };
	auto_buf b = BUF_INIT(256);
	struct quota_answer q;
	struct err err = { 0 };

	if (store_call(s->account.store, STORE_quota, &ask, &q, s->cmd,
	    &err) < 0)
		return imap_fail(s, "quota", &err);
	buf_lit(&b, "* QUOTA \"\" (");
	if (q.most_octets)	/* 5.1: in units of 1024 octets */
		buf_printf(&b, "STORAGE %ju %ju ",
		    (uintmax_t)(q.octets / 1024 + (q.octets % 1024 > 0)),
		    (uintmax_t)(q.most_octets / 1024));
	if (q.most_messages)
		buf_printf(&b, "MESSAGE %ju %ju ", (uintmax_t)q.messages,
		    (uintmax_t)q.most_messages);
	buf_printf(&b, "MAILBOX %ju %ju)\r\n", (uintmax_t)q.mailboxes,
	    (uintmax_t)q.most_mailboxes);
	imap_say(s, &b);
	return OK("This is what there is");
}

/* GETQUOTA root                                               RFC 9208 4.1.1 */
struct answer
imap_getquota(struct imap_session *s, const struct imap_command *c)
{
	if (c->args.word.n > 0)
		return NO_CODE("NONEXISTENT", "There is no such quota root");
	return put_quota(s);
}

/* GETQUOTAROOT mailbox, which need not be there.              RFC 9208 4.1.2 */
struct answer
imap_getquotaroot(struct imap_session *s, const struct imap_command *c)
{
	auto_buf b = BUF_INIT(8192);
	struct str address, there;
	bool own = !others_split(c->args.word, &address, &there);

	if (!c->args.word.p)
		return NO_CODE("CANNOT", "No mailbox can have this name");
	buf_lit(&b, "* QUOTAROOT ");
	reply_mailbox(&b, c->args.word, imap_utf8(s));
	buf_str(&b, own ? STR(" \"\"\r\n") : STR("\r\n"));
	imap_say(s, &b);
	/* How much of his quota somebody else has used is his to know. */
	return own ? put_quota(s) : OK("It counts to its owner");
}

/* SETQUOTA root (limits)                                      RFC 9208 4.1.3 */
struct answer
imap_setquota(struct imap_session *s unused_arg,
    const struct imap_command *c unused_arg)
{
	return NO_CODE("NOPERM", "Limits are the operator's to set");
}
