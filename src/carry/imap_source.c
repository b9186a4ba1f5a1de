/*
 * imap_source.c - all mail of a person at another IMAP server, message by
 * message: a message is known there by its folder, UIDVALIDITY and UID (RFC
 * 3501 2.3.1.1), or where there is one by Gmail's own number, which it has in
 * all folders. Nothing changes there: folders are opened by EXAMINE, texts
 * taken by BODY.PEEK.
 */
#include "base/b64.h"
#include "base/vec.h"
#include "carry/folder_name.h"
#include "carry/imap_client.h"
#include "carry/import_int.h"
#include "rt/tls.h"

enum {
	WINDOW = 64,		/* messages that are looked at at a time */
	FOLDERS_MAX = 2000, NAMES_MEM = 8 << 20, NAMES_OCTETS = 2 << 20,
	HANDSHAKE_MS = 60000,
	EMPTY_MAX = 1000,	/* windows in a row that none is in */
};

struct remote_folder {
	struct str name;	/* as it is called there */
	struct str clean;	/* and without what stands before all */
	uint32_t use;
	bool all;		/* Gmail's All Mail: what is nowhere else */
};

struct remote_message {
	struct incoming m;
	uint32_t uid;
	bool known, came;
};

struct remote {
	struct import *im;
	struct imap_client *client;
	const struct carrier_next_answer *item;
	struct arena *names, *window_mem;
	struct VEC(struct remote_folder) folders;
	struct VEC(struct str) subscribed;
	size_t octets;		/* of their names */
	char separator;
	bool gmail;
	const struct remote_folder *folder;
	struct str here;
	uint32_t exists, uidvalidity;
	size_t n;
	struct remote_message window[WINDOW];
	unsigned char sources[WINDOW * SOURCE_LEN];
	bool known[WINDOW];
};

/* ---- coming in --------------------------------------------------------- */

static int
shake_hands(struct remote *r, struct err *err)
{
	struct carrier *c = r->im->c;
	struct tls_client *tls = tls_client_new(import_tls_lib(), true, err);
	struct stream *s = r->client->stream;
	int rc = tls ? tls_client_trust(tls, buf_get(&r->im->roots), err) :
	    err->code;

	stream_deadline(s, loop_now_ms(c->loop) + HANDSHAKE_MS);
	if (rc == 0)
		rc = stream_tls_connect(s, tls, r->item->name, NULL, err);
	tls_client_unref(tls);
	return rc;
}

/* "* OK", or who lets us in without a word. */
static int
greeting(struct remote *r, bool *in, struct err *err)
{
	struct imap_answer a;
	int rc = imap_receive(r->client, &a, err);

	if (rc > 0 && (a.kind != IMAP_STATUS ||
	    str_eqi(a.status, STR("NO")) || str_eqi(a.status, STR("BAD"))))
		return err_set(err, E_PROTO, "the server does not greet");
	*in = rc > 0 && str_eqi(a.status, STR("PREAUTH"));
	return rc < 0 ? rc : 0;
}

static int
starttls(struct remote *r, struct err *err)
{
	int rc = imap_send(r->client, err, "STARTTLS");

	if (rc == 0)
		rc = imap_finish(r->client, err);
	return rc == 0 ? shake_hands(r, err) : rc;
}

/* LOGIN has quoted strings for ASCII; PLAIN takes all (RFC 4616). */
static int
say_password(struct remote *r, struct err *err)
{
	auto_buf b = BUF_INIT(8192), plain = BUF_INIT(4096);
	struct str user = r->item->user, password = r->item->password;
	struct imap_answer a;
	int rc;

	if (str_is_ascii(user) && str_is_ascii(password)) {
		buf_quoted(&b, user);
		buf_chr(&b, ' ');
		buf_quoted(&b, password);
		rc = imap_send(r->client, err, "LOGIN %.*s",
		    STR_FMT(buf_get(&b)));
		return rc < 0 ? rc : imap_finish(r->client, err);
	}
	buf_chr(&plain, '\0');
	buf_str(&plain, user);
	buf_chr(&plain, '\0');
	buf_str(&plain, password);
	b64_put(&b, buf_get(&plain));
	rc = imap_send(r->client, err, "AUTHENTICATE PLAIN");
	while (rc == 0 && (rc = imap_receive(r->client, &a, err)) > 0 &&
	    a.kind != IMAP_CONTINUE)
		rc = 0;
	if (rc > 0)
		rc = imap_send_line(r->client, buf_get(&b), err);
	return rc < 0 ? rc : imap_finish(r->client, err);
}

static int
log_in(struct remote *r, struct err *err)
{
	bool in = false;
	int rc = r->item->tls == SERVER_TLS ? shake_hands(r, err) : 0;

	if (rc == 0)
		rc = greeting(r, &in, err);
	/* PREAUTH in clear: somebody may stand in between. RFC 3501 11.1 */
	if (rc == 0 && r->item->tls == SERVER_STARTTLS)
		rc = in ? err_set(err, E_TLS, "no STARTTLS here") :
		    starttls(r, err);
	if (rc == 0 && !in) {
		rc = say_password(r, err);
		if (rc == E_DENIED)
			rc = err_set(err, E_DENIED, "the server does not let "
			    "%.*s in", STR_FMT(str_first(r->item->user, 100)));
	}
	return rc;
}

/* ---- what there is ----------------------------------------------------- */

static int
ask_capability(struct remote *r, struct err *err)
{
	struct imap_answer a;
	int rc = imap_send(r->client, err, "CAPABILITY");

	while (rc == 0 && (rc = imap_receive(r->client, &a, err)) > 0) {
		r->gmail |= a.kind == IMAP_CAPABILITY && str_findi(a.text,
		    STR("X-GM-EXT-1")) < a.text.n;
		rc = 0;
		if (a.kind == IMAP_DONE)
			break;
	}
	return rc;
}

static int
take_listed(struct remote *r, const struct imap_answer *a, struct err *err)
{
	struct remote_folder f = { .use = a->use,
		.all = (a->list_flags & LIST_ALL) != 0 };

	if (a->separator)
		r->separator = a->separator;
	if (!a->lsub && (a->list_flags & (LIST_NOSELECT | LIST_VIRTUAL)))
		return 0;
	r->octets += a->name.n;
	if (a->name.n > 4000 || r->octets > NAMES_OCTETS ||
	    r->folders.n + r->subscribed.n >= 2 * FOLDERS_MAX)
		return err_set(err, E_LIMIT, "there are too many folders");
	/* Nobody could ask for such a one. */
	for (size_t i = 0; i < a->name.n; i++)
		if ((unsigned char)a->name.p[i] < ' ')
			return 0;
	f.name = str_dup(r->names, a->name);
	if (a->lsub)
		vec_push(&r->subscribed, f.name);
	else
		vec_push(&r->folders, f);
	return 0;
}

static int
list(struct remote *r, const char *command, struct err *err)
{
	struct imap_answer a;
	int rc = imap_send(r->client, err, "%s \"\" \"*\"", command);

	if (rc < 0)
		return rc;
	while ((rc = imap_receive(r->client, &a, err)) > 0)
		if (a.kind == IMAP_LIST && (rc = take_listed(r, &a, err)) < 0)
			break;
	return rc;
}

/* Does every folder stand below INBOX? Then that is no level. */
static size_t
length_of_prefix(const struct remote *r)
{
	size_t below = 0;

	for (size_t i = 0; i < r->folders.n; i++) {
		struct str name = r->folders.p[i].name;

		if (name.n == 5 && str_eqi(name, STR("INBOX")))
			continue;
		if (name.n < 7 || !str_startsi(name, STR("INBOX")) ||
		    name.p[5] != r->separator)
			return 0;
		below++;
	}
	return below ? 6 : 0;
}

static struct str
clean_name(struct remote *r, struct str name, size_t prefix)
{
	struct str inside = name.n > prefix ? str_from(name, prefix) : name;

	arena_reset(r->window_mem);
	return str_dup(r->names, folder_of_list(inside, r->separator ?
	    r->separator : '\r', r->window_mem));
}

static int
list_all(struct remote *r, struct err *err)
{
	size_t prefix;
	int rc = list(r, "LIST", err);

	if (rc == 0)
		rc = list(r, "LSUB", err);
	prefix = length_of_prefix(r);
	for (size_t i = 0; i < r->folders.n; i++)
		r->folders.p[i].clean = clean_name(r, r->folders.p[i].name,
		    prefix);
	for (size_t i = 0; i < r->subscribed.n && rc == 0; i++)
		rc = intake_subscribe(r->im->in, clean_name(r,
		    r->subscribed.p[i], prefix), err);
	return rc;
}

/* What is said beside an answer about how many there are. */
static void
hear(struct remote *r, const struct imap_answer *a)
{
	if (a->kind == IMAP_EXISTS)
		r->exists = a->n < UINT32_MAX ? a->n : UINT32_MAX - 1;
	else if (a->kind == IMAP_EXPUNGE && r->exists > 0)
		r->exists--;
}

/* ---- a folder ---------------------------------------------------------- */

static int
examine(struct remote *r, struct err *err)
{
	auto_buf name = BUF_INIT(8192);
	struct imap_answer a;
	int rc;

	r->exists = r->uidvalidity = 0;
	buf_quoted(&name, r->folder->name);
	rc = imap_send(r->client, err, "EXAMINE %.*s", STR_FMT(buf_get(&name)));
	if (rc < 0)
		return rc;
	while ((rc = imap_receive(r->client, &a, err)) > 0) {
		hear(r, &a);
		if (a.kind == IMAP_STATUS && a.uidvalidity)
			r->uidvalidity = a.uidvalidity;
	}
	return rc;
}

static struct remote_message *
message_of_uid(struct remote *r, uint32_t uid)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->window[i].uid == uid)
			return &r->window[i];
	return NULL;
}

/* Its source, and what is said of it, of a message of the window. */
static void
take_row(struct remote *r, const struct imap_answer *a)
{
	struct remote_message *w = &r->window[r->n];
	struct arena *mem = r->window_mem;
	uint32_t id[2] = { r->uidvalidity, a->uid };
	struct str host = r->item->name, user = r->item->user;

	/* Of flags that change meanwhile a server tells by itself. */
	if (a->uid == 0 || r->n == WINDOW || message_of_uid(r, a->uid))
		return;
	*w = (struct remote_message){ .uid = a->uid, .m = {
	    .mailbox = r->here, .flags = a->flags,
	    .keywords = str_dup(mem, a->keywords),
	    .received = a->date, .offset_min = a->zone_min,
	    .label = arena_printf(mem, "%.*s, UID %u",
		STR_FMT(r->folder->clean), a->uid) } };
	if (a->gmail)
		source_of(w->m.source, (struct str[]){ STR("gmail"), user,
		    str_make((const char *)&a->gmail, sizeof(a->gmail)) }, 3);
	else
		source_of(w->m.source, (struct str[]){ STR("imap"), host, user,
		    r->folder->name, str_make((const char *)id, sizeof(id)) },
		    5);
	memcpy(r->sources + r->n * SOURCE_LEN, w->m.source, SOURCE_LEN);
	r->n++;
}

/* The messages from number `first` on; expunged ones move the others up. */
static int
look_at(struct remote *r, uint32_t *first, struct err *err)
{
	uint32_t last = r->exists - *first < WINDOW ? r->exists :
	    *first + WINDOW - 1, gone = 0;
	struct imap_answer a;
	int rc = imap_send(r->client, err, "FETCH %u:%u (UID FLAGS "
	    "INTERNALDATE%s)", *first, last, r->gmail ? " X-GM-MSGID" : "");

	r->n = 0;
	arena_reset(r->window_mem);
	if (rc < 0)
		return rc;
	while ((rc = imap_receive(r->client, &a, err)) > 0) {
		if (a.kind == IMAP_FETCH && a.has_flags)
			take_row(r, &a);
		else if (a.kind == IMAP_EXPUNGE && a.n <= last)
			gone++;
		hear(r, &a);
	}
	*first = last + 1 - (gone < last ? gone : last);
	return rc;
}

/* A text has come, whole. */
static int
take_text(struct remote *r, const struct imap_answer *a, struct err *err)
{
	struct remote_message *w = message_of_uid(r, a->uid);
	struct intake *in = r->im->in;
	struct text_crlf *text = r->client->body.arg;

	if (!a->has_body || !w || w->known || w->came)
		return 0;
	w->came = true;
	if (r->client->too_long) {
		carrier_problem(r->im->c, w->m.label,
		    STR("it is longer than messages may be"));
		return 0;
	}
	text_crlf_put(text, a->body);	/* if it came as a string */
	return intake_add(in, &w->m, err);
}

static int
ask_for_texts(struct remote *r, struct err *err)
{
	auto_buf set = BUF_INIT(4096);

	for (size_t i = 0; i < r->n; i++) {
		r->window[i].known = r->known[i];
		if (!r->known[i])
			buf_printf(&set, "%s%u", set.n ? "," : "",
			    r->window[i].uid);
	}
	return set.n == 0 ? 1 : imap_send(r->client, err,
	    "UID FETCH %.*s (UID BODY.PEEK[])", STR_FMT(buf_get(&set)));
}

/* What is new of the window. */
static int
take_texts(struct remote *r, uint32_t *first, struct err *err)
{
	struct imap_client *c = r->client;
	struct intake *in = r->im->in;
	struct imap_answer a;
	int rc = ask_for_texts(r, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	do {
		c->body = (struct text_out){ import_crlf, intake_text(in) };
		rc = imap_receive(c, &a, err);
		if (rc > 0 && a.kind == IMAP_EXPUNGE && a.n < *first)
			*first -= *first > 1;
		if (rc > 0)
			hear(r, &a);
		if (rc > 0 && a.kind == IMAP_FETCH) {
			int e = take_text(r, &a, err);

			rc = e < 0 ? e : rc;
		}
		intake_forget(in);
	} while (rc > 0);
	c->body = (struct text_out){ 0 };
	/* NO: not all of them could be given. */
	rc = rc == E_DENIED ? 0 : rc;
	for (size_t i = 0; i < r->n && rc == 0; i++)
		if (!r->window[i].known && !r->window[i].came)
			carrier_problem(r->im->c, r->window[i].m.label,
			    STR("the server does not give it"));
	return rc;
}

/* The next messages of which there is one. E_DENIED: the folder gives none. */
static int
look_further(struct remote *r, uint32_t *first, struct err *err)
{
	int rc = 0;

	r->n = 0;
	for (int i = 0; rc == 0 && r->n == 0 && *first <= r->exists; i++)
		rc = i < EMPTY_MAX ? look_at(r, first, err) : err_set(err,
		    E_DENIED, "it says that it has %u messages, and gives "
		    "none", r->exists);
	return rc;
}

static int
give_up(struct remote *r, const struct err *err)
{
	carrier_problem(r->im->c, r->folder->clean, str_c(err->text));
	return 0;
}

static int
take_folder(struct remote *r, struct err *err)
{
	uint32_t first = 1;
	int rc = examine(r, err);

	if (rc == E_DENIED)
		return give_up(r, err);
	if (rc == 0)
		rc = intake_mailbox(r->im->in, r->folder->clean,
		    r->folder->use, &r->here, err);
	while (rc == 0 && first <= r->exists) {
		rc = look_further(r, &first, err);
		if (rc == E_DENIED)
			return give_up(r, err);
		if (rc == 0 && r->n > 0)
			rc = intake_known(r->im->in, r->sources, r->n,
			    r->known, err);
		if (rc == 0 && r->n > 0)
			rc = take_texts(r, &first, err);
		carrier_progress(r->im->c, r->here);
	}
	return rc;
}

static int
take_everything(struct remote *r, struct err *err)
{
	int rc = log_in(r, err);

	if (rc == 0)
		rc = ask_capability(r, err);
	if (rc == 0)
		rc = list_all(r, err);
	/* What has a folder of its own comes before what has none. */
	for (int all = 0; all < 2; all++)
		for (size_t i = 0; i < r->folders.n && rc == 0; i++) {
			r->folder = &r->folders.p[i];
			if (r->folder->all == all)
				rc = take_folder(r, err);
		}
	if (rc == 0)
		(void)imap_send(r->client, err, "LOGOUT");
	return rc;
}

int
import_server(struct import *im, const struct carrier_next_answer *item,
    int fd, struct err *err)
{
	struct remote *r = calloc(1, sizeof(*r));
	struct transport *t;
	int rc;

	bug_if(!r);
	*im->fd = -1;	/* the transport's */
	rc = transport_socket(im->c->loop, fd, &t, err);
	if (rc == 0) {
		r->im = im;
		r->item = item;
		r->names = arena_new(NAMES_MEM);
		r->window_mem = arena_new(NAMES_MEM);
		r->client = imap_client_new(im->c->loop, t);
		r->client->longest = im->c->max_message;
		rc = take_everything(r, err);
		imap_client_free(r->client);
		arena_free(r->window_mem);
		arena_free(r->names);
		vec_free(&r->folders);
		vec_free(&r->subscribed);
	}
	free(r);
	return rc;
}
