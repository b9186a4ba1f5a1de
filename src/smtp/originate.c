#include "smtp/originate.h"

#include <openssl/evp.h>

#include "base/err.h"
#include "base/timetext.h"
#include "mime/header.h"
#include "mime/header_end.h"
#include "trust/dkim_text.h"

struct originate {
	struct originate_options o;
	enum { HOLDING, ADDING, LETTING_GO, PASSING } state;
	struct header_end end;
	struct buf held, added;
	struct buf names, canonical;
	EVP_MD_CTX *sha256;
	struct dkim_text text;
};

static void
hash(void *arg, struct str octets)
{
	bug_if(EVP_DigestUpdate(arg, octets.p, octets.n) != 1);
}

static EVP_MD_CTX *
sha256_new(OSSL_LIB_CTX *lib)
{
	EVP_MD *md = EVP_MD_fetch(lib, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	bug_if(!md || !c || EVP_DigestInit_ex(c, md, NULL) != 1);
	EVP_MD_free(md);	/* the context has it */
	return c;
}

struct originate *
originate_new(struct arena *a, const struct originate_options *o)
{
	struct originate *t = arena_new_of(a, struct originate);

	t->o = *o;
	t->o.hostname = str_dup(a, o->hostname);
	t->o.id = str_dup(a, o->id);
	t->end = HEADER_END_INIT;
	buf_init(&t->held, ORIGINATE_HEADER_MAX);
	buf_init(&t->added, 1000);
	buf_init(&t->names, DKIM_NAMES_MAX);
	buf_init(&t->canonical, DKIM_HEADER_MAX);
	t->sha256 = sha256_new(o->lib);
	dkim_text_init(&t->text, (struct dkim_hash){ hash, t->sha256 });
	return t;
}

void
originate_free(struct originate *t)
{
	if (!t)
		return;
	buf_free(&t->held);
	buf_free(&t->added);
	buf_free(&t->names);
	buf_free(&t->canonical);
	dkim_text_free(&t->text);
	EVP_MD_CTX_free(t->sha256);
}

/* Is there none of this name? */
static bool
lacks(const struct originate *t, struct str name)
{
	return !header_get(buf_get(&t->held), name).p;
}

/* RFC 5322 3.6.1, 3.6.4 */
static void
add_fields(struct originate *t)
{
	if (lacks(t, STR("Date"))) {
		buf_lit(&t->added, "Date: ");
		time_rfc5322(&t->added, t->o.at);
		buf_lit(&t->added, "\r\n");
	}
	if (lacks(t, STR("Message-ID")))
		buf_printf(&t->added, "Message-ID: <%.*s@%.*s>\r\n",
		    STR_FMT(t->o.id), STR_FMT(t->o.hostname));
	bug_if(buf_failed(&t->added));
}

/* Part of the header; true if that was the last of it. */
static bool
hold(struct originate *t, struct str *in)
{
	size_t room = t->held.cap - t->held.n;
	struct str piece = str_first(*in, room);
	size_t n = header_end_find(&t->end, piece);

	buf_put(&t->held, piece.p, n);
	*in = str_from(*in, n);
	if (header_end_found(&t->end)) {
		add_fields(t);
		return true;
	}
	return t->held.n == t->held.cap;	/* as it is */
}

/* The next slice of what is held, if it is time for it. */
static bool
let_go(struct originate *t, struct str *out)
{
	if (t->state == ADDING) {
		t->state = LETTING_GO;
		*out = buf_get(&t->added);
		if (out->n > 0)
			return true;
	}
	if (t->state != LETTING_GO)
		return false;
	t->state = PASSING;
	*out = buf_get(&t->held);
	return out->n > 0;
}

static bool
next(struct originate *t, struct str *in, struct str *out)
{
	if (t->state == HOLDING && in->n > 0 && hold(t, in))
		t->state = ADDING;
	if (let_go(t, out))
		return true;
	if (t->state != PASSING || in->n == 0)
		return false;
	*out = *in;
	*in = str_from(*in, in->n);
	return true;
}

bool
originate_next(struct originate *t, struct str *in, struct str *out)
{
	if (!next(t, in, out))
		return false;
	dkim_text_feed(&t->text, *out);
	return true;
}

bool
originate_rest(struct originate *t, struct str *out)
{
	if (t->state == HOLDING) {	/* it is nothing but a header */
		add_fields(t);
		t->state = ADDING;
	}
	if (!let_go(t, out))
		return false;
	dkim_text_feed(&t->text, *out);
	return true;
}

bool
originate_facts(struct originate *t, struct arena *a, struct originated *o)
{
	bool kept = dkim_text_finish(&t->text);
	struct str header = buf_get(&t->text.header);

	bug_if(EVP_DigestFinal_ex(t->sha256, o->body_hash, NULL) != 1);
	if (!kept || !dkim_header_choose(header, &t->names, &t->canonical))
		return false;
	o->names = buf_get(&t->names);
	o->header = buf_get(&t->canonical);
	o->nauthors = dkim_header_authors(a, header, o->authors);
	return o->nauthors > 0;
}
