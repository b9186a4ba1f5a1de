#include "admin/names.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "admin/launch.h"
#include "conf/conf.h"
#include "conf/data_folder.h"
#include "conf/find_config.h"

enum { FIND_MS = 60000, DEPTH = 16 };

struct names {
	struct clock clock;
	struct loop *loop;
	struct dns *dns;
	struct config config;
	struct arena *memory;
	char *folder;		/* of the master we started */
	pid_t master;		/* > 0: it runs */
};

/* The defaults, where there is no server at all. */
static int
names_read_config(struct admin *a, const struct options *o,
    struct config *c, struct err *err)
{
	int rc = find_config(a->memory, o->data, o->config, c, err);

	if (rc != E_NOTFOUND || o->config)
		return rc;
	conf_defaults(a->memory, c);
	c->data = STR("");
	return 0;
}

/* A descriptor. E_NOTFOUND: there is no server; E_INVALID: no data folder. */
static int
connection_to(const char *data, struct err *err)
{
	struct data_folder f;
	int fd;

	if (data_folder_open(data, DATA_FOLDER_FIND, &f, err) < 0) {
		if (err->code == E_NOTFOUND)
			err->code = E_INVALID;
		return err->code;
	}
	fd = data_folder_connect(f.fd, "control-resolver", err);
	(void)close(f.fd);
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static int
connect_to(struct names *n, const char *data, struct err *err)
{
	int fd = connection_to(data, err);

	if (fd < 0)
		return fd;
	dns_replace(n->dns, fd);
	return 0;
}

int
names_connection(struct names *n, int *fd, struct err *err)
{
	*fd = connection_to(n->folder ? n->folder : str_dupz(n->memory,
	    n->config.data), err);
	return *fd < 0 ? *fd : 0;
}

/* A server of its own ------------------------------------------------------ */

static int
remove_one(const char *path, const struct stat *st unused_arg,
    int kind unused_arg, struct FTW *at unused_arg)
{
	return remove(path);
}

static int
make_folder(struct names *n, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	n->folder = str_dupz(n->memory, arena_printf(n->memory,
	    "%s/postern-mx-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp"));
	if (mkdtemp(n->folder))
		return 0;
	(void)err_sys(err, E_IO, "a folder in %s", tmp ? tmp : "/tmp");
	n->folder = NULL;
	return err->code;
}

/* Nobody from outside, no mail, and nothing of the real data folder: only the
 * settings of names are the server's. */
static int
start_master(struct names *n, struct admin *a, struct err *err)
{
	struct config quiet = n->config;
	struct serve s = { .config = &quiet, .tell_fd = -1,
		.make_data = true };
	int rc;

	if (make_folder(n, err) < 0)
		return err->code;
	quiet.data = str_c(n->folder);
	quiet.mx_workers = quiet.front_workers = quiet.relay_workers = 0;
	quiet.web_workers = quiet.errand_workers = 0;
	quiet.ldap = quiet.pam = STR("");
	quiet.resolver_workers = 1;
	quiet.relay_proxy = STR("");
	quiet.listeners = quiet.certificates = quiet.routes = STR("");
	quiet.hostname = STR("localhost");
	quiet.log_level = LOG_ERROR;
	s.log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (s.log_fd < 0)
		return err_sys(err, E_IO, "/dev/null");
	rc = launch_start(a->memory, &s, &n->master, err);
	if (rc < 0)
		n->master = 0;
	(void)close(s.log_fd);
	return rc < 0 ? rc : connect_to(n, n->folder, err);
}

static int
names_reach(struct names *n, struct admin *a, bool named, struct err *err)
{
	int rc = E_NOTFOUND;

	if (n->config.data.n > 0)
		rc = connect_to(n, str_dupz(a->memory, n->config.data), err);
	/* A configuration may be asked before its server ever ran. */
	if (rc == E_NOTFOUND || (rc == E_INVALID && !named))
		return start_master(n, a, err);
	return rc;
}

int
names_open(struct admin *a, const struct options *o, struct names **out,
    struct err *err)
{
	struct names *n = arena_new_of(a->memory, struct names);

	if (names_read_config(a, o, &n->config, err) < 0)
		return err->code;
	n->memory = a->memory;
	n->clock = clock_real();
	n->loop = loop_new(&n->clock, NULL);
	n->dns = dns_new(n->loop, -1);
	if (names_reach(n, a, o->data != NULL, err) < 0) {
		names_close(n);
		return err->code;
	}
	*out = n;
	return 0;
}

void
names_close(struct names *n)
{
	if (!n)
		return;
	dns_free(n->dns);
	loop_free(n->loop);
	if (n->master > 0)
		(void)launch_stop(n->master);
	if (n->folder)
		(void)nftw(n->folder, remove_one, DEPTH,
		    FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Finding ------------------------------------------------------------------ */

/* A function on a fiber of its own, until it returns. */
struct fiber_job {
	void (*fn)(void *arg);
	void *arg;
	bool done;
};

static void
job_fiber(void *arg)
{
	struct fiber_job *j = arg;

	j->fn(j->arg);
	j->done = true;
}

static void
wait_for(struct names *n, void (*fn)(void *arg), void *arg)
{
	struct fiber_job j = { fn, arg, false };

	(void)fiber_spawn(n->loop, "names", job_fiber, &j);
	while (!j.done)
		loop_once(n->loop, 1000);
}

struct one_find {
	struct names *n;
	struct str domain;
	bool mx;
	struct hosts *hosts;
	struct err *err;
	int rc;
};

static void
find_hosts(void *arg)
{
	struct one_find *f = arg;

	f->rc = hosts_find(f->n->dns, f->n->loop, f->domain, f->mx, NULL,
	    f->hosts, f->n->memory, loop_now_ms(f->n->loop) + FIND_MS, f->err);
}

int
names_find(struct names *n, struct str domain, bool mx, struct hosts *hosts,
    struct err *err)
{
	struct one_find f = { n, domain, mx, hosts, err, 0 };

	wait_for(n, find_hosts, &f);
	return f.rc;
}

struct one_tlsa {
	struct names *n;
	const struct hosts *hosts;
	size_t i;
	uint16_t port;
	struct tlsa_set *out;
	struct err *err;
	int rc;
};

static void
find_tlsa(void *arg)
{
	struct one_tlsa *f = arg;

	f->rc = tlsa_find(f->n->dns, f->hosts, f->i, f->port, f->out,
	    f->n->memory, loop_now_ms(f->n->loop) + FIND_MS, f->err);
}

int
names_tlsa(struct names *n, const struct hosts *hosts, size_t i,
    uint16_t port, struct tlsa_set *out, struct err *err)
{
	struct one_tlsa f = { n, hosts, i, port, out, err, 0 };

	wait_for(n, find_tlsa, &f);
	return f.rc;
}

struct one_ask {
	struct names *n;
	void (*fn)(void *arg, const struct trust_dns *dns);
	void *arg;
};

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	struct names *n = arg;
	struct err err = { 0 };

	if (dns_lookup(n->dns, name, type, answer, a, loop_now_ms(n->loop) +
	    FIND_MS, &err) < 0)
		*answer = (struct lookup_answer){ .result = DNS_FAILED };
}

static void
ask_dns(void *arg)
{
	struct one_ask *k = arg;

	k->fn(k->arg, &(struct trust_dns){ look_up, k->n });
}

void
names_ask(struct names *n, void (*fn)(void *arg, const struct trust_dns *dns),
    void *arg)
{
	wait_for(n, ask_dns, &(struct one_ask){ n, fn, arg });
}

const struct config *
names_config(const struct names *n)
{
	return &n->config;
}

bool
names_private(const struct names *n)
{
	return n->config.relay_private != 0;
}
