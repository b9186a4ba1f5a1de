#include "jmap/blobs.h"

#include "jmap/email.h"
#include "mime/transfer.h"

enum { PATH_MAX_PARTS = 8 };

struct blob_reading {
	const struct blobs *blobs;
	uint64_t email;
	uint32_t path[PATH_MAX_PARTS];	/* numbers of parts */
	size_t npath;
	int (*out)(void *arg, struct str octets);
	void *arg;
	struct err *err;
	bool found;
};

/* ---- ids ----------------------------------------------------------------- */

/* root *( "-" number ) */
static bool
read_id(struct str id, struct str *root, struct blob_reading *r)
{
	struct str one;
	bool more = str_cut(id, '-', root, &id);

	while (more) {
		more = str_cut(id, '-', &one, &id);
		if (r->npath == PATH_MAX_PARTS || one.n == 0 ||
		    one.p[0] == '0' || !str_u32(one, &r->path[r->npath++]))
			return false;
	}
	return root->n > 1;
}

/* ---- parts --------------------------------------------------------------- */

struct decoding {
	struct transfer transfer;
	int (*out)(void *arg, struct str octets);
	void *arg;
};

static int
decode_piece(void *arg, struct str octets)
{
	struct decoding *d = arg;
	auto_buf b = BUF_INIT(octets.n + sizeof(d->transfer.escape));

	transfer_more(&d->transfer, octets, &b);
	return b.n ? d->out(d->arg, buf_get(&b)) : 0;
}

static int
read_part(const struct source *s, const struct body_part *p,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	struct decoding d = { transfer_of(p->is.encoding), out, arg };
	auto_buf rest = BUF_INIT(sizeof(d.transfer.escape));
	int e = source_read(s, (struct octet_range){ source_prefix(s) +
	    p->is.header_off + p->is.header_len, p->is.body_len },
	    decode_piece, &d, err);

	transfer_end(&d.transfer, &rest);
	return e == 0 && rest.n ? out(arg, buf_get(&rest)) : e;
}

static int
collect(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, octets);
	return buf_failed(b) ? E_LIMIT : 0;
}

/* What the path leads to in this message. */
static int
read_source(struct blob_reading *r, const struct source *s, size_t at)
{
	struct buf inside = BUF_INIT(BLOB_MAX);
	struct source next = { 0 };
	struct body_part p;
	struct arena *mem;
	struct facts f;
	int e;

	if (at == r->npath)
		return source_read(s, (struct octet_range){ 0,
		    source_size(s) }, r->out, r->arg, r->err);
	mem = arena_new(MESSAGE_FACTS_MEM + (4 << 20));
	e = source_facts(s, r->blobs->person->jmap->loop, mem, &f, r->err);
	if (e == 0 && (!body_find(&p, &f, mem, r->path[at]) || p.multipart))
		e = err_set(r->err, E_NOTFOUND, "no such part");
	if (e == 0 && at + 1 == r->npath) {
		e = read_part(s, &p, r->out, r->arg, r->err);
	} else if (e == 0) {
		e = read_part(s, &p, collect, &inside, r->err);
		next.here = buf_get(&inside);
		if (e == 0)
			e = read_source(r, &next, at + 1);
	}
	buf_free(&inside);
	arena_free(mem);
	return e;
}

/* ---- messages and uploads ------------------------------------------------ */

static int
read_email(void *arg, const struct email_place *at,
    const struct fetch_row *row)
{
	struct blob_reading *r = arg;
	const struct source s = { .stored = message_of(r->blobs->account,
	    at->mailbox, row) };

	r->found = true;
	return read_source(r, &s, 0);
}

static int
find_email(struct blob_reading *r)
{
	int e = emails_each(r->blobs->account, &r->email, 1,
	    r->npath ? WANT_FACTS | WANT_HEAD : WANT_HEAD, read_email, r,
	    r->err);

	return e == 0 && !r->found ?
	    err_set(r->err, E_NOTFOUND, "no such email") : e;
}

int
blobs_read(const struct blobs *b, struct str id,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	struct blob_reading r = { .blobs = b, .out = out, .arg = arg,
		.err = err };
	struct source s = { 0 };
	struct upload *u;
	struct str root;
	int e;

	if (!read_id(id, &root, &r))
		return err_set(err, E_NOTFOUND, "no id of a blob");
	if (id_number(root, 'b', &r.email))
		return find_email(&r);
	u = root.p[0] == 'u' ? upload_find(b->person, str_from(root, 1)) :
	    NULL;
	if (!u)
		return err_set(err, E_NOTFOUND, "no such upload");
	s.here = upload_octets(u);
	e = read_source(&r, &s, 0);
	upload_unref(u);
	return e;
}

int
blobs_get(const struct blobs *b, struct str id, struct buf *to,
    struct err *err)
{
	int e = blobs_read(b, id, collect, to, err);

	return e == E_LIMIT ? err_set(err, E_LIMIT, "a blob too large") : e;
}

/* ---- download                                              RFC 8620 6.2 -- */

struct downloading {
	struct http_request *r;
	struct str type;
	bool begun;
};

/* A media type that can stand in a field; else nobody knows what it is. */
static struct str
type_of(struct http_request *r)
{
	struct str type;

	if (!http_query(&r->head, STR("accept"), r->mem, &type) ||
	    type.n > 200 || str_chr(type, '/') == type.n ||
	    !str_is_printable(type))
		return STR("application/octet-stream");
	return type;
}

/* ext-value                                            RFC 6266 4, RFC 8187 */
static void
say_name(struct http_request *r, struct str name)
{
	auto_buf b = BUF_INIT(4096);

	buf_lit(&b, "attachment; filename*=UTF-8''");
	for (size_t i = 0; i < name.n && b.n < 4000; i++) {
		if (ascii_is_alnum(name.p[i]) || name.p[i] == '.' ||
		    name.p[i] == '-' || name.p[i] == '_')
			buf_chr(&b, name.p[i]);
		else
			buf_printf(&b, "%%%02X", (unsigned char)name.p[i]);
	}
	http_add_field(r, STR("Content-Disposition"), buf_get(&b));
}

static void
begin_download(struct downloading *d)
{
	if (d->begun)
		return;
	d->begun = true;
	/* The octets of an id are never others; but who comes to the same
	 * browser next is not given them without being asked who they are. */
	d->r->caching = STR("private, immutable, max-age=31536000");
	http_add_field(d->r, STR("Vary"), STR("Authorization, Cookie"));
	say_name(d->r, d->r->param[2]);
	http_begin(d->r, 200, d->type);
}

static int
download_piece(void *arg, struct str octets)
{
	struct downloading *d = arg;

	begin_download(d);
	return http_write(d->r, octets);
}

/* GET /jmap/download/{accountId}/{blobId}/{name}?accept={type} */
struct http_answer
jmap_download(struct http_request *r)
{
	const struct blobs b = { person_of(r), r->account };
	struct downloading d = { .r = r, .type = type_of(r) };
	struct err err = { 0 };
	int e = str_eq(r->param[0], str_c(b.person->id)) ?
	    blobs_read(&b, r->param[1], download_piece, &d, &err) :
	    E_NOTFOUND;

	if (e < 0 && d.begun)
		http_break(r);
	else if (e == E_NOTFOUND)
		return http_problem(r, 404, "There is no such blob");
	else if (e < 0)
		return http_fail(r, "download", &err);
	begin_download(&d);
	return HTTP_BEGUN;
}
