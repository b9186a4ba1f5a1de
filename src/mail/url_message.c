#include "mail/url_message.h"

#include "dns/name.h"
#include "mail/mailbox_text.h"
#include "store/blob.h"

_Static_assert((int)URL_anonymous == (int)ACCESS_anonymous &&
    (int)URL_authuser == (int)ACCESS_authuser &&
    (int)URL_user == (int)ACCESS_user &&
    (int)URL_submit == (int)ACCESS_submit, "one word for who may use it");

enum { ADDRESS_MAX = 320 };	/* as an ask holds it */

/* Names of people are addresses: one form inside (account_names()).
 * E_NOTFOUND: it is too long for any that there is. */
static int
claim_of(const struct url *u, struct arena *mem, struct url_claim *claim,
    struct err *err)
{
	*claim = (struct url_claim){ .owner = u->user,
		.name = mailbox_text_name(u->mailbox, mem),
		.uidvalidity = u->uidvalidity, .uid = u->uid,
		.expires = u->expires, .access = u->access, .who = u->who,
		.rump = u->rump };
	(void)dns_address(u->user, mem, &claim->owner);
	(void)dns_address(u->who, mem, &claim->who);
	if (claim->owner.n > ADDRESS_MAX || claim->who.n > ADDRESS_MAX ||
	    claim->name.n == 0 || claim->name.n > URL_NAME_MAX ||
	    claim->rump.n > RUMP_MAX)
		return err_set(err, E_NOTFOUND, "no URL of ours");
	return 0;
}

int
url_sign(const struct account *a, const struct url *u, struct arena *mem,
    struct str *whole, struct err *err)
{
	struct url_sign_ask ask = { .change = store_change_id(a->store) };
	struct url_sign_answer answer;
	struct url_claim claim;
	auto_buf b = BUF_INIT(URL_MAX + 200);
	int e = claim_of(u, mem, &claim, err);

	if (e < 0)
		return e;
	MSG_COPY(url_claim, &ask, &claim);
	e = store_call(a->store, STORE_url_sign, &ask, &answer, mem, err);
	if (e < 0)
		return e;
	buf_str(&b, u->rump);
	buf_lit(&b, ":internal:");
	buf_hex(&b, answer.token);
	*whole = str_dup(mem, buf_get(&b));
	return 0;
}

int
url_keys_renew(const struct account *a, struct str mailbox, struct err *err)
{
	const struct url_keys_renew_ask ask = { store_change_id(a->store),
		mailbox };
	struct done done;

	return store_call(a->store, STORE_url_keys_renew, &ask, &done, NULL,
	    err);
}

int
url_message(const struct account *a, const struct url *u,
    struct arena *mem, struct mail_message *m, struct err *err)
{
	struct url_content_ask *ask = arena_new_of(mem,
	    struct url_content_ask);
	struct url_content_answer answer;
	struct url_claim claim;
	int e;

	if (!u->access || !str_eqi(u->mechanism, STR("INTERNAL")) ||
	    u->token.n != URL_TOKEN_LEN)
		return err_set(err, E_NOTFOUND, "no URL of ours");
	e = claim_of(u, mem, &claim, err);
	if (e < 0)
		return e;
	*ask = (struct url_content_ask){ .token = u->token, .len = MSG_CHUNK,
		.want = WANT_FACTS };
	MSG_COPY(url_claim, ask, &claim);
	e = store_call(a->store, STORE_url_content, ask, &answer, mem, err);
	if (e < 0)
		return e;
	*m = (struct mail_message){ .account = a, .size = answer.size,
		.uid = u->uid, .prefix_len = (uint32_t)answer.prefix.n,
		.facts = answer.facts, .prefix = answer.prefix,
		.chunks = answer.octets, .url = ask };
	return 0;
}

int
url_octets_find(struct url_octets *o, const struct mail_message *m,
    const struct url_section *sec, struct arena *mem, struct err *err)
{
	struct octet_range r;
	struct facts f;
	uint64_t skip;
	int e;

	*o = (struct url_octets){ .m = m, .by_name = sec->by_name,
		.fields = BUF_INIT(MESSAGE_HEADER_MAX + 2) };
	if ((e = message_facts(m, mem, &f, err)) < 0 ||
	    (e = message_section(m, &f, sec->what, sec->part, sec->npart, &r,
	    err)) < 0)
		return e;
	if (sec->by_name) {
		e = message_fields(m, r, sec->field, sec->nfield, sec->except,
		    &o->fields, err);
		r = (struct octet_range){ 0, o->fields.n };
	}
	if (e < 0) {
		url_octets_free(o);
		return e;
	}
	/* RFC 3501 6.4.5: what is beyond the end is cut. */
	skip = !sec->partial ? 0 : sec->offset < r.len ? sec->offset : r.len;
	o->offset = r.offset + skip;
	o->len = r.len - skip;
	if (sec->partial && o->len > sec->length)
		o->len = sec->length;
	return 0;
}

int
url_octets_read(const struct url_octets *o,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	if (!o->by_name)
		return message_read(o->m, (struct octet_range){ o->offset,
		    o->len }, out, arg, err);
	return o->len == 0 ? 0 : out(arg, str_first(str_from(
	    buf_get(&o->fields), (size_t)o->offset), (size_t)o->len));
}

void
url_octets_free(struct url_octets *o)
{
	buf_free(&o->fields);
}
