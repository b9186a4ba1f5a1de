#include "sendmail/submit_local.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "mime/facts.h"
#include "store/blob.h"
#include "trust/dkim_text.h"
#include "vault/messages.h"

enum {
	FACTS_MAX = 32768,	/* of submit_ask */
	SIGN_MS = 10000,
	PATIENCE_OF_SUBMIT = 3,
};

struct rcpt {
	struct str address;
	uint32_t notify;
	uint64_t handle;
};

struct submit_local {
	struct loop *loop;
	struct arena *memory;
	const char *data;
	uint32_t compress;
	struct store *store;
	struct hello_answer hello;
	struct str sender;
	struct rcpt *rcpts;
	size_t nrcpts, room;
	uint64_t generation;	/* of store, at the first recipient */
	/* The text. */
	struct arena *scan_memory;
	struct mime_scan *scan;
	struct blob_writer *blob;
	uint64_t octets;
	EVP_MD_CTX *sha;
	struct dkim_text dkim;
};

/* ---- connecting ---------------------------------------------------------- */

/* The way over /proc is short however long the folder's name is; the folder
 * itself shows its names only to the operator. */
static int
connect_to(const char *data, const char *name, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, rc = -1;

	if (folder < 0)
		return err_sys(err, E_NOTFOUND, "data folder %s", data);
	(void)snprintf(a.sun_path, sizeof(a.sun_path),
	    "/proc/self/fd/%d/submit/%s", folder, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	if (rc < 0) {
		rc = errno == EACCES || errno == EPERM ? E_DENIED : E_NOTFOUND;
		(void)err_sys(err, rc, "no server answers at %s/submit/%s",
		    data, name);
		if (fd >= 0)
			(void)close(fd);
		fd = rc;
	} else {
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	(void)close(folder);
	return fd;
}

static int
reopen(void *arg, struct err *err)
{
	struct submit_local *s = arg;

	return connect_to(s->data, "store", err);
}

struct submit_local *
submit_local_new(struct loop *l, struct arena *a, const char *data,
    uint32_t compress)
{
	struct submit_local *s = arena_new_of(a, struct submit_local);

	s->loop = l;
	s->memory = a;
	s->data = data;
	s->compress = compress;
	return s;
}

int
submit_local_open(struct submit_local *s, struct err *err)
{
	struct hello_ask ask = { 0 };
	int fd = connect_to(s->data, "store", err);

	if (fd < 0)
		return fd;
	s->store = store_new(s->loop, fd, reopen, s);
	return store_call(s->store, STORE_hello, &ask, &s->hello, s->memory,
	    err);
}

static void
text_free(struct submit_local *s)
{
	if (!s->scan)
		return;
	blob_writer_free(s->blob);
	dkim_text_free(&s->dkim);
	EVP_MD_CTX_free(s->sha);
	arena_free(s->scan_memory);
	s->scan = NULL;
}

void
submit_local_free(struct submit_local *s)
{
	if (!s)
		return;
	text_free(s);
	store_close(s->store);
	s->store = NULL;
}

struct str
submit_local_domain(const struct submit_local *s)
{
	struct str a = s->hello.address;

	return str_from(a, str_rchr(a, '@') + 1);
}

uint64_t
submit_local_max_message(const struct submit_local *s)
{
	return s->hello.max_message;
}

struct store *
submit_local_store(struct submit_local *s)
{
	return s->store;
}

/* ---- the envelope -------------------------------------------------------- */

int
submit_local_sender(struct submit_local *s, struct str address,
    struct err *err)
{
	struct sender_ask ask = { .address = address };
	struct done done;

	s->sender = address;
	return store_call(s->store, STORE_sender, &ask, &done, s->memory, err);
}

static void
add_rcpt(struct submit_local *s, const struct rcpt *r)
{
	if (s->nrcpts == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct rcpt *more = arena_array(s->memory, room,
		    sizeof(*more));

		if (s->nrcpts > 0)
			memcpy(more, s->rcpts, s->nrcpts * sizeof(*more));
		s->rcpts = more;
		s->room = room;
	}
	s->rcpts[s->nrcpts++] = *r;
}

static int
ask_rcpt(struct submit_local *s, struct rcpt *r, enum rcpt_kind *kind,
    struct err *err)
{
	struct rcpt_ask ask = { .address = r->address,
		.bounce = s->sender.n == 0, .notify = r->notify };
	struct rcpt_answer answer;
	int rc = store_call(s->store, STORE_rcpt, &ask, &answer, s->memory,
	    err);

	if (rc < 0)
		return rc;
	*kind = (enum rcpt_kind)answer.kind;
	r->handle = answer.handle;
	return 0;
}

static bool
is_taken(enum rcpt_kind kind)
{
	return kind == RCPT_LOCAL || kind == RCPT_REMOTE;
}

int
submit_local_rcpt(struct submit_local *s, struct str address,
    uint32_t notify, enum rcpt_kind *kind, struct err *err)
{
	struct rcpt r = { address, notify, 0 };
	int rc = ask_rcpt(s, &r, kind, err);

	if (rc < 0)
		return rc;
	if (s->nrcpts == 0)
		s->generation = store_generation(s->store);
	if (is_taken(*kind))
		add_rcpt(s, &r);
	return 0;
}

/* Store was restarted, and our handles with it. */
static int
renew_handles(struct submit_local *s, struct err *err)
{
	enum rcpt_kind kind;
	int rc;

	s->generation = store_generation(s->store);
	for (size_t i = 0; i < s->nrcpts; i++) {
		rc = ask_rcpt(s, &s->rcpts[i], &kind, err);
		if (rc < 0)
			return rc;
		if (!is_taken(kind))
			return err_set(err, E_PEER, "a recipient has gone "
			    "meanwhile");
	}
	return 0;
}

/* ---- the text ------------------------------------------------------------ */

static void
sha_update(void *arg, struct str octets)
{
	if (EVP_DigestUpdate(arg, octets.p, octets.n) != 1)
		bug("SHA-256");
}

static void
text_begin(struct submit_local *s)
{
	s->scan_memory = arena_new(MIME_SCAN_ARENA + 64 * 1024);
	s->scan = mime_scan_new(s->scan_memory, NULL);
	s->blob = blob_writer_new(s->store, s->compress);
	s->sha = EVP_MD_CTX_new();
	if (!s->sha || EVP_DigestInit_ex(s->sha, EVP_sha256(), NULL) != 1)
		bug("SHA-256");
	dkim_text_init(&s->dkim, (struct dkim_hash){ sha_update, s->sha });
}

int
submit_local_text(struct submit_local *s, struct str octets, struct err *err)
{
	uint64_t max = s->hello.max_message;

	if (!s->scan)
		text_begin(s);
	s->octets += octets.n;
	if (max > 0 && s->octets > max)
		return err_set(err, E_LIMIT, "the message is longer than "
		    "the %llu octets the server takes",
		    (unsigned long long)max);
	mime_scan_feed(s->scan, octets);
	dkim_text_feed(&s->dkim, octets);
	return blob_write(s->blob, octets, err);
}

/* ---- the signature ------------------------------------------------------- */

/* ipc_open() needs somebody to tell; calls fail by themselves. */
static void
gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
}

static struct ipc *
open_vault(struct submit_local *s)
{
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service, .owner = s };
	struct err err = { 0 };
	int fd = connect_to(s->data, "vault", &err);

	return fd < 0 ? NULL : ipc_open(s->loop, fd, &o, &err);
}

/* For the first author who is of a domain of ours. */
void
submit_local_sign(struct submit_local *s, struct dkim_sign_ask *ask,
    const struct str *authors, size_t nauthors, struct str *fields)
{
	struct ipc *vault = open_vault(s);
	struct dkim_sign_answer answer;
	int rc = E_NOTFOUND;

	*fields = STR_NULL;
	if (!vault)
		return;
	ask->at = loop_wall(s->loop);
	for (size_t i = 0; i < nauthors && rc < 0; i++) {
		ask->from = authors[i];
		if (ask->from.n <= 320)
			rc = ipc_call(vault, &vault_calls[VAULT_dkim_sign],
			    ask, -1, &answer, s->memory, NULL,
			    loop_now_ms(s->loop) + SIGN_MS, NULL);
	}
	if (rc == 0)
		*fields = answer.fields;
	ipc_close(vault);
}

static struct str
sign(struct submit_local *s)
{
	auto_buf names = BUF_INIT(DKIM_NAMES_MAX);
	auto_buf canonical = BUF_INIT(DKIM_HEADER_MAX);
	struct str authors[DKIM_AUTHORS_MAX], header, fields;
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct dkim_sign_ask ask = { 0 };
	unsigned len;
	size_t n;

	if (!dkim_text_finish(&s->dkim))
		return STR_NULL;
	if (EVP_DigestFinal_ex(s->sha, hash, &len) != 1)
		bug("SHA-256");
	header = buf_get(&s->dkim.header);
	n = dkim_header_authors(s->memory, header, authors);
	if (n == 0 || !dkim_header_choose(header, &names, &canonical))
		return STR_NULL;
	ask.names = buf_get(&names);
	ask.header = buf_get(&canonical);
	ask.body_hash = str_make((char *)hash, len);
	submit_local_sign(s, &ask, authors, n, &fields);
	return fields;
}

/* ---- the end ------------------------------------------------------------- */

static struct str
handles(struct submit_local *s)
{
	auto_buf b = BUF_INIT(8 * 2000);

	for (size_t i = 0; i < s->nrcpts; i++)
		buf_le64(&b, s->rcpts[i].handle);
	return str_dup(s->memory, buf_get(&b));
}

/* With one change id for all tries, so it is done once at most. */
static int
submit(struct submit_local *s, struct submit_ask *ask, uint64_t *message,
    struct err *err)
{
	struct submit_answer answer;
	int rc = E_PEER;

	ask->change = store_change_id(s->store);
	for (int i = 0; i < PATIENCE_OF_SUBMIT; i++) {
		if (s->generation != store_generation(s->store) &&
		    renew_handles(s, err) < 0)
			return err->code;
		ask->handles = handles(s);
		rc = store_call(s->store, STORE_submit, ask, &answer,
		    s->memory, err);
		if (rc == 0)
			*message = answer.message;
		/* What was staged went with the old connection. */
		if (rc != E_PEER || ask->stage != 0)
			return rc;
	}
	return rc;
}

/* RFC 6531 3.2: the next server has to know such addresses. */
static bool
needs_smtputf8(const struct submit_local *s)
{
	for (size_t i = 0; i < s->nrcpts; i++)
		if (!str_is_ascii(s->rcpts[i].address))
			return true;
	return !str_is_ascii(s->sender);
}

int
submit_local_finish(struct submit_local *s,
    const struct submit_local_how *how, uint64_t *message, struct err *err)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct facts facts = { 0 };
	struct blob_ref blob;
	struct submit_ask ask = {
		.reverse_path = s->sender,
		.smtputf8 = needs_smtputf8(s),
		.ret = how->ret,
		.envid = how->envid,
		.peer = arena_printf(s->memory, "uid %u", how->uid),
		.protocol = STR("LOCAL"),
		.session = how->session,
	};

	mime_scan_finish(s->scan, &record);
	if (facts_decode(buf_get(&record), &facts) < 0)
		bug("facts of ours do not decode");
	ask.message_id = str_first(facts.message_id, 998);
	ask.body_8bit = (facts.flags & FACTS_8BIT) != 0;
	/* A cache: who reads the message without it computes it again. */
	if (record.n <= FACTS_MAX)
		ask.facts = buf_get(&record);
	if (blob_finish(s->blob, &blob, err) < 0)
		return err->code;
	ask.stage = blob.stage;
	ask.octets = blob.octets;
	ask.raw_size = blob.raw_size;
	ask.signature = sign(s);
	return submit(s, &ask, message, err);
}
