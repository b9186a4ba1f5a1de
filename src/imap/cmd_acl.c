/*
 * cmd_acl.c - SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS.      RFC 4314
 *
 * Who may do what store decides; here are the words for it.
 */
#include "imap/imap_int.h"
#include "store/rights.h"

static void
put_rights(struct buf *b, uint32_t rights)
{
	if (rights == 0)
		buf_lit(b, "\"\"");
	rights_put(b, rights);
}

static struct answer
no_name(void)
{
	return NO_CODE("CANNOT", "No mailbox can have this name");
}

static struct answer
change_acl(struct imap_session *s, const struct acl_args *a, uint32_t mode,
    uint32_t rights)
{
	const struct acl_put_ask ask = {
		.change = store_change_id(s->account.store),
		.name = a->mailbox, .identifier = a->identifier, .mode = mode,
		.rights = rights };
	struct done done;
	struct err err = { 0 };
	int e;

	if (!a->mailbox.p)
		return no_name();
	if (a->identifier.n > IDENTIFIER_MAX)
		return NO_CODE("LIMIT", "Nobody has so long a name");
	e = store_call(s->account.store, STORE_acl_put, &ask, &done, s->cmd,
	    &err);
	if (e == E_INVALID)
		return NO_CODE("CANNOT", "Nobody here is called so, or it is "
		    "the owner, who keeps all rights");
	return e < 0 ? imap_fail(s, "acl", &err) : OK("These are the rights");
}

/* SETACL mailbox identifier ["+" / "-"] rights                RFC 4314 3.1 */
struct answer
imap_setacl(struct imap_session *s, const struct imap_command *c)
{
	const struct acl_args *a = &c->args.acl;
	struct str letters = a->rights;
	uint32_t mode = FLAGS_SET, rights;

	if (str_starts(letters, STR("+")))
		mode = FLAGS_ADD;
	else if (str_starts(letters, STR("-")))
		mode = FLAGS_REMOVE;
	if (mode != FLAGS_SET)
		letters = str_from(letters, 1);
	if (!rights_read(letters, &rights))
		return BAD("There is no such right");
	return change_acl(s, a, mode, rights);
}

/* DELETEACL mailbox identifier                                RFC 4314 3.2 */
struct answer
imap_deleteacl(struct imap_session *s, const struct imap_command *c)
{
	return change_acl(s, &c->args.acl, FLAGS_SET, 0);
}

static int
get_acl(struct imap_session *s, struct str name, struct acl_answer *acl,
    struct err *err)
{
	const struct acl_ask ask = { .name = name };

	return store_call(s->account.store, STORE_acl, &ask, acl, s->cmd,
	    err);
}

/* GETACL mailbox                                              RFC 4314 3.3 */
struct answer
imap_getacl(struct imap_session *s, const struct imap_command *c)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct acl_answer acl;
	struct acl_row row;
	struct err err = { 0 };
	struct rd r;

	if (!c->args.word.p)
		return no_name();
	if (get_acl(s, c->args.word, &acl, &err) < 0)
		return imap_fail(s, "acl", &err);
	buf_lit(&b, "* ACL ");
	reply_mailbox(&b, c->args.word, imap_utf8(s));
	buf_chr(&b, ' ');
	reply_string(&b, acl.owner);
	buf_chr(&b, ' ');
	put_rights(&b, RIGHTS_all);
	r = rd_of(acl.rows);
	while (!rd_done(&r) && msg_take(&r, &acl_row_shape, &row)) {
		buf_chr(&b, ' ');
		reply_string(&b, row.identifier);
		buf_chr(&b, ' ');
		put_rights(&b, row.rights);
	}
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	return OK("All who have rights");
}

/* LISTRIGHTS mailbox identifier: none are tied together. RFC 4314 3.4, 2.1.1 */
struct answer
imap_listrights(struct imap_session *s, const struct imap_command *c)
{
	const struct acl_args *a = &c->args.acl;
	auto_buf b = BUF_INIT(65536);
	struct acl_answer acl;
	struct err err = { 0 };

	if (!a->mailbox.p)
		return no_name();
	if (get_acl(s, a->mailbox, &acl, &err) < 0)
		return imap_fail(s, "acl", &err);
	buf_lit(&b, "* LISTRIGHTS ");
	reply_mailbox(&b, a->mailbox, imap_utf8(s));
	buf_chr(&b, ' ');
	reply_string(&b, a->identifier);
	buf_chr(&b, ' ');
	if (str_eqi(a->identifier, acl.owner))
		put_rights(&b, RIGHTS_all);
	else
		buf_lit(&b, "\"\" l r s w i p k x t e a c d");
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	return OK("These can be given");
}

void
imap_put_myrights(const struct imap_session *s, struct buf *b,
    struct str name, uint32_t rights)
{
	buf_lit(b, "* MYRIGHTS ");
	reply_mailbox(b, name, imap_utf8(s));
	buf_chr(b, ' ');
	put_rights(b, rights);
	buf_lit(b, "\r\n");
}

/* MYRIGHTS mailbox                                            RFC 4314 3.5 */
struct answer
imap_myrights(struct imap_session *s, const struct imap_command *c)
{
	const struct my_rights_ask ask = { c->args.word };
	auto_buf b = BUF_INIT(8192);
	struct my_rights_answer mine;
	struct err err = { 0 };

	if (!ask.name.p)
		return no_name();
	if (store_call(s->account.store, STORE_my_rights, &ask, &mine,
	    s->cmd, &err) < 0)
		return imap_fail(s, "rights", &err);
	imap_put_myrights(s, &b, ask.name, mine.rights);
	imap_say(s, &b);
	return OK("Your rights");
}
