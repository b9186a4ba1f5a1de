#include "errand/fetch.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

enum {
	HEADER_MAX = 16 * 1024,	/* all of it, with 1xx before it */
	CONNECT_MS = 20 * 1000,
	NAMES_KEPT_S = 120,	/* longer than any errand lasts */
	WHY_MAX = 300,
};

struct fetcher {
	struct fetch_options o;
	CURLM *multi;
	X509_STORE *roots;
	struct timer timer;
};

struct fetching {
	struct fetcher *f;
	const struct errand_plan *plan;
	CURL *easy;
	struct fiber *fiber;
	struct curl_slist *addresses, *fields;
	uint64_t sent;
	struct buf text;
	size_t header_octets;
	bool done;
	CURLcode rc;
	const char *refused;	/* by us, and why; NULL */
	char error[CURL_ERROR_SIZE];
};

/* What libcurl waits for -------------------------------------------------- */

struct socket_watch {
	struct watch watch;
	struct fetcher *f;
};

static void
tell_done(struct fetcher *f)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left))) {
		struct fetching *g = NULL;
		CURLcode rc = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &g);
		g->rc = rc;
		g->done = true;
		fiber_wake(f->o.loop, g->fiber);
	}
}

static void
on_ready(struct watch *w, uint32_t events)
{
	struct fetcher *f = container_of(w, struct socket_watch, watch)->f;
	int running, bits = 0;

	if (events & EPOLLIN)
		bits |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		bits |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		bits |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(f->multi, w->fd, bits, &running);
	tell_done(f);
}

static int
on_socket(CURL *easy unused_arg, curl_socket_t fd, int what, void *arg,
    void *at)
{
	struct fetcher *f = arg;
	struct socket_watch *s = at;
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0U) |
	    (what & CURL_POLL_OUT ? EPOLLOUT : 0U);

	if (what == CURL_POLL_REMOVE) {
		if (s)
			loop_unwatch(f->o.loop, &s->watch);
		free(s);
		return 0;
	}
	if (s) {
		loop_rewatch(f->o.loop, &s->watch, events);
		return 0;
	}
	s = calloc(1, sizeof(*s));
	bug_if(!s);
	s->f = f;
	s->watch = (struct watch){ .fd = fd, .events = events,
		.fn = on_ready };
	if (loop_watch(f->o.loop, &s->watch, NULL) < 0) {
		free(s);
		return -1;
	}
	(void)curl_multi_assign(f->multi, fd, s);
	return 0;
}

static void
on_time(struct timer *t)
{
	struct fetcher *f = container_of(t, struct fetcher, timer);
	int running;

	(void)curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0,
	    &running);
	tell_done(f);
}

static int
on_timer(CURLM *multi unused_arg, long ms, void *arg)
{
	struct fetcher *f = arg;

	if (ms < 0)
		timer_clear(f->o.loop, &f->timer);
	else
		timer_set(f->o.loop, &f->timer,
		    loop_now_ms(f->o.loop) + ms, on_time);
	return 0;
}

/* Where it goes, and to whom ---------------------------------------------- */

static bool
may_reach(const struct fetching *g, const struct sockaddr *to)
{
	bool anybody = g->plan->ours || g->f->o.private;
	struct host_address a = { .v6 = to->sa_family == AF_INET6 };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (to->sa_family == AF_INET) {
		memcpy(&in, to, sizeof(in));
		memcpy(a.octets, &in.sin_addr, 4);
		return ntohs(in.sin_port) == g->plan->port &&
		    (anybody || !host_address_is_private(&a));
	}
	if (to->sa_family != AF_INET6)
		return false;
	memcpy(&in6, to, sizeof(in6));
	memcpy(a.octets, &in6.sin6_addr, 16);
	return ntohs(in6.sin6_port) == g->plan->port &&
	    (anybody || !host_address_is_private(&a));
}

/* The last look: whatever libcurl made of what it was told. */
static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetching *g = arg;

	if (purpose != CURLSOCKTYPE_IPCXN || !may_reach(g, &to->addr)) {
		g->refused = "an address where nothing is asked for";
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
}

/* The roots are read once, for all. RFC 8461 3.3: the name counts where the
 * certificate has its DNS-IDs, and nowhere else. */
static CURLcode
on_tls(CURL *easy unused_arg, void *ctx, void *arg)
{
	struct fetching *g = arg;
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(ctx);
	struct str host = g->plan->host;

	SSL_CTX_set1_cert_store(ctx, g->f->roots);
	X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(p, host.p, host.n) == 1 ?
	    CURLE_OK : CURLE_SSL_CONNECT_ERROR;
}

/* What comes -------------------------------------------------------------- */

static size_t
on_header(char *octets unused_arg, size_t size, size_t n, void *arg)
{
	struct fetching *g = arg;

	g->header_octets += size * n;
	if (g->header_octets <= HEADER_MAX)
		return size * n;
	g->refused = "its header is too long";
	return 0;
}

static size_t
on_text(char *octets, size_t size, size_t n, void *arg)
{
	struct fetching *g = arg;

	buf_put(&g->text, octets, size * n);
	if (!buf_failed(&g->text))
		return size * n;
	g->refused = "what it has is too long";
	return 0;
}

/* What is sent. Whoever gave the file may have cut it. */
static size_t
on_read(char *room, size_t size, size_t n, void *arg)
{
	struct fetching *g = arg;
	const struct errand_plan *p = g->plan;
	uint64_t left = (p->ours ? p->size : p->body.n) - g->sent;
	size_t want = left < size * n ? (size_t)left : size * n;
	ssize_t got = want == 0 || !p->ours ? (ssize_t)want :
	    pread(p->fd, room, want, (off_t)g->sent);

	if (!p->ours && want > 0)
		memcpy(room, p->body.p + g->sent, want);

	if (got > 0)
		g->sent += (uint64_t)got;
	if (got > 0 || want == 0)
		return (size_t)got;
	g->refused = "the message is shorter than it should be";
	return CURL_READFUNC_ABORT;
}

/* One errand -------------------------------------------------------------- */

/* "+host:port:address,address": in place of DNS, and forgotten again. */
static void
name_addresses(struct fetching *g, const struct host *host, struct arena *a)
{
	auto_buf b = BUF_INIT(2048);

	buf_printf(&b, "+%.*s:%u:", STR_FMT(g->plan->host), g->plan->port);
	for (uint32_t i = 0; i < host->naddresses; i++) {
		const struct host_address *at = &host->address[i];
		char room[48];
		struct str text = host_address_text(at, room);

		if (!g->plan->ours && !g->f->o.private &&
		    host_address_is_private(at))
			continue;
		buf_printf(&b, at->v6 ? "%s[%.*s]" : "%s%.*s",
		    b.p[b.n - 1] == ':' ? "" : ",", STR_FMT(text));
	}
	bug_if(buf_failed(&b));
	g->addresses = curl_slist_append(NULL, str_dupz(a, buf_get(&b)));
	bug_if(!g->addresses);
}

#define SET(option, value) (rc |= curl_easy_setopt(e, (option), (value)))

/* All that libcurl could do by itself, and is not to. */
static bool
set_limits(CURL *e, bool ours, long ms)
{
	unsigned rc = 0;

	SET(CURLOPT_PROTOCOLS_STR, ours ? "http" : "https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_ACCEPT_ENCODING, NULL);
	SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)NAMES_KEPT_S);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	SET(CURLOPT_TIMEOUT_MS, ms);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_CAINFO, NULL);	/* on_tls() has them */
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_USERAGENT, "postern");
	return rc == 0;
}

static bool
set_calls(CURL *e, struct fetching *g)
{
	unsigned rc = 0;

	SET(CURLOPT_URL, g->plan->url);
	SET(CURLOPT_RESOLVE, g->addresses);
	SET(CURLOPT_PRIVATE, g);
	SET(CURLOPT_ERRORBUFFER, g->error);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, g);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_tls);
	SET(CURLOPT_SSL_CTX_DATA, g);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_text);
	SET(CURLOPT_WRITEDATA, g);
	return rc == 0;
}

/* No "Expect: 100-continue", which would be waited for. */
static bool
set_fields(CURL *e, struct fetching *g)
{
	unsigned rc = 0;

	g->fields = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; g->fields && i < g->plan->nfields; i++) {
		struct curl_slist *more = curl_slist_append(g->fields,
		    g->plan->fields[i]);

		bug_if(!more);
		g->fields = more;
	}
	bug_if(!g->fields);
	SET(CURLOPT_HTTPHEADER, g->fields);
	return rc == 0;
}

static bool
set_post(CURL *e, struct fetching *g)
{
	unsigned rc = 0;
	uint64_t size = g->plan->ours ? g->plan->size : g->plan->body.n;

	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, g);
	return rc == 0;
}

static enum errand_result
result_of(const struct fetching *g)
{
	switch (g->rc) {
	case CURLE_OK: return ERRAND_DONE;
	case CURLE_PEER_FAILED_VERIFICATION: return ERRAND_NOT_TRUSTED;
	case CURLE_COULDNT_CONNECT: case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR: case CURLE_COULDNT_RESOLVE_HOST:
		return ERRAND_UNREACHED;
	default: return ERRAND_BAD_ANSWER;
	}
}

static void
answer_failed(struct errand_answer *out, enum errand_result result,
    struct str why, struct arena *a)
{
	out->result = result;
	out->why = str_dup(a, str_first(why, WHY_MAX));
	out->text = STR("");
}

static void
answer_of(struct fetching *g, struct errand_answer *out, struct arena *a)
{
	const char *type = NULL;
	long status = 0;

	*out = (struct errand_answer){ 0 };
	(void)curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(g->easy, CURLINFO_CONTENT_TYPE, &type);
	out->status = (uint32_t)status;
	if (g->rc != CURLE_OK)
		answer_failed(out, result_of(g), g->refused ?
		    str_c(g->refused) : str_c(g->error[0] ? g->error :
		    curl_easy_strerror(g->rc)), a);
	else if (status != 200)	/* RFC 8461 3.3: nor any 3xx */
		answer_failed(out, ERRAND_BAD_ANSWER, arena_printf(a,
		    "it answers with status %ld", status), a);
	else if (!errand_type_fits(g->plan, str_c(type)))
		answer_failed(out, ERRAND_BAD_ANSWER, arena_printf(a,
		    "what it has is of type %.*s, not %.*s",
		    STR_FMT(str_first(type ? str_c(type) : STR("none"), 100)),
		    STR_FMT(g->plan->type)), a);
	else
		out->text = str_dup(a, buf_get(&g->text));
}

static int
wait_done(struct fetching *g, int64_t until_ms)
{
	struct loop *l = g->f->o.loop;
	int e = 0;

	if (curl_multi_add_handle(g->f->multi, g->easy) != CURLM_OK) {
		g->rc = CURLE_FAILED_INIT;
		return 0;
	}
	while (!g->done && e == 0)
		e = fiber_wait(l, until_ms);
	(void)curl_multi_remove_handle(g->f->multi, g->easy);
	if (g->done || e == E_CANCELED)
		return g->done ? 0 : e;
	g->rc = CURLE_OPERATION_TIMEDOUT;
	return 0;
}

int
fetch(struct fetcher *f, const struct errand_plan *plan,
    const struct host *host, struct errand_answer *out, struct arena *a,
    int64_t until_ms)
{
	struct fetching g = { .f = f, .plan = plan,
		.fiber = fiber_self(f->o.loop), .text = BUF_INIT(plan->most) };
	int64_t ms = until_ms - loop_now_ms(f->o.loop);
	int e = 0;

	g.easy = curl_easy_init();
	bug_if(!g.easy);
	name_addresses(&g, host, a);
	bug_if(!set_limits(g.easy, plan->ours, ms > 0 ? (long)ms : 1) ||
	    !set_calls(g.easy, &g) || !set_fields(g.easy, &g) ||
	    ((plan->ours || plan->body.n > 0) && !set_post(g.easy, &g)));
	e = wait_done(&g, until_ms);
	if (e == 0)
		answer_of(&g, out, a);
	curl_easy_cleanup(g.easy);
	curl_slist_free_all(g.addresses);
	curl_slist_free_all(g.fields);
	buf_free(&g.text);
	ERR_clear_error();
	return e;
}

/* All of them ------------------------------------------------------------- */

static X509_STORE *
read_roots(struct str pem, struct err *err)
{
	X509_STORE *store = X509_STORE_new();
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	size_t n = 0;
	X509 *x;

	bug_if(!store || !bio);
	while ((x = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		n += X509_STORE_add_cert(store, x) == 1;
		X509_free(x);
	}
	BIO_free(bio);
	ERR_clear_error();	/* the end of the text is one, too */
	if (n > 0 || pem.n == 0)
		return store;
	X509_STORE_free(store);
	(void)err_set(err, E_INVALID, "no certificate among trusted roots");
	return NULL;
}

/* Of this program's libcurl, once: is it the one that all this is about? */
static bool
can_all_that(void)
{
	CURL *e = curl_easy_init();
	const struct errand_plan plan = { .url = "https://postern.invalid/" };
	struct fetching g = { .plan = &plan };
	bool can = e && set_limits(e, false, 1) && set_calls(e, &g);

	curl_easy_cleanup(e);
	return can;
}

struct fetcher *
fetcher_new(const struct fetch_options *o, struct err *err)
{
	struct fetcher *f = calloc(1, sizeof(*f));

	bug_if(!f);
	f->o = *o;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    !(f->multi = curl_multi_init()) || !can_all_that()) {
		(void)err_set(err, E_INVALID, "this libcurl cannot do what is "
		    "asked of it: it has to be the one over OpenSSL");
	} else if ((f->roots = read_roots(o->roots, err))) {
		f->o.roots = STR_NULL;
		(void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION,
		    on_socket);
		(void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
		(void)curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION,
		    on_timer);
		(void)curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
		return f;
	}
	fetcher_free(f);
	return NULL;
}

void
fetcher_free(struct fetcher *f)
{
	if (!f)
		return;
	if (f->multi)
		(void)curl_multi_cleanup(f->multi);
	timer_clear(f->o.loop, &f->timer);
	X509_STORE_free(f->roots);
	curl_global_cleanup();
	free(f);
}
