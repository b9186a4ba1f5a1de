#include "queue_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/conf.h"

enum { MEMORY = 256 << 20, PATIENCE_MS = 5000 };

static char scratch[64];	/* removed however the process ends */

static void
remove_all(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && unlinkat(fd, e->d_name, 0) < 0)
			remove_all(fd, e->d_name);
	if (d)
		closedir(d);
	(void)unlinkat(dirfd, name, AT_REMOVEDIR);
}

static void
remove_scratch(void)
{
	if (scratch[0])
		remove_all(AT_FDCWD, scratch);
}

static void
must(int rc, const struct err *err)
{
	if (rc < 0)
		bug("%s", err->text);
}

static int64_t
wall_us(void *arg)
{
	struct queue_world *w = arg;

	return w->clock.wall;
}

static int64_t
mono_us(void *arg)
{
	struct queue_world *w = arg;

	return w->clock.mono;
}

static void
randomness(void *arg, void *p, size_t n)
{
	struct queue_world *w = arg;

	loop_random(w->loop, p, n);
}

static void
fatal(void *arg unused_arg, const struct err *why)
{
	bug("%s", why->text);
}

static struct queue_settings
queue_of(const struct config *c)
{
	return (struct queue_settings){ .retry_min_s = c->retry_min_s,
		.retry_max_s = c->retry_max_s, .expire_s = c->expire_s,
		.notice_s = c->notice_s,
		.host_connections = c->host_connections,
		.host_rate = c->host_rate,
		.double_bounces = c->double_bounces,
		.hold_longest_s = c->hold_longest_s,
		.hold_messages = c->hold_messages };
}

/* The file is read as the master reads it. Addresses for documentation count
 * as private, so these are allowed unless the text says something of it. */
void
queue_world_config(struct queue_world *w, struct str text)
{
	const bool private = str_find(text, STR("private")) < text.n;
	struct queue_settings queue;
	char name[96];
	FILE *f;

	(void)snprintf(name, sizeof(name), "%s/postern.conf", w->path);
	f = fopen(name, "we");
	bug_if(!f);
	/* PIN stands for the key of the servers. */
	(void)fprintf(f, "hostname = relay.example.test\n");
	for (bool more = true; more;) {
		size_t i = str_find(text, STR("PIN"));

		more = i < text.n;
		(void)fprintf(f, "%.*s%s", STR_FMT(str_first(text, i)),
		    more ? w->servers.pin : "");
		text = str_from(text, i + STR("PIN").n);
	}
	bug_if(fclose(f) != 0);
	must(conf_read(name, w->mem, &w->config, &w->err), &w->err);
	if (!private)
		w->config.relay_private = 1;
	if (!w->engine)
		return;
	queue = queue_of(&w->config);
	engine_queue(w->engine, &queue);
	service_settings(w->service, &(struct door_settings){ 0 });
	relay_configure(w->relay, &w->config);
}

static int
connect_as(struct queue_world *w, uint32_t authority, uint64_t account)
{
	int fds[2];

	must(ipc_pair(fds, &w->err), &w->err);
	must(service_connect(w->service, fds[0], authority, account, 0,
	    &w->err), &w->err);
	return fds[1];
}

static void
open_store(struct queue_world *w)
{
	const struct ipc_options client = { .window = 8 };
	const struct engine_options o = { .files = w->files,
		.quota = w->config.quota,
		.hostname = w->config.hostname,
		.max_message = w->config.max_message,
		.wall_us = wall_us, .mono_us = mono_us, .random = randomness,
		.arg = w, .log = w->log, .queue = queue_of(&w->config),
		.calls = service_engine_calls };
	struct service_options so = { .loop = w->loop, .log = w->log,
		.fatal = fatal };

	must(engine_open(&o, &w->engine, &w->err), &w->err);
	so.engine = w->engine;
	must(service_new(&so, &w->service, &w->err), &w->err);
	w->operator_ = ipc_open(w->loop, connect_as(w, AUTH_OPERATOR, 0),
	    &client, &w->err);
}

static void
close_store(struct queue_world *w)
{
	ipc_close(w->operator_);
	service_free(w->service);
	engine_close(w->engine);
}

void
queue_world_open(struct queue_world *w)
{
	const char *shm = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(BEGAN_US);
	w->logfd = memfd_create("log", MFD_CLOEXEC);
	w->log = log_new(w->logfd, "test", LOG_INFO, wall_us, w);
	w->loop = loop_new(&w->clock.clock, w->log);
	w->mem = arena_new(MEMORY);
	(void)snprintf(w->path, sizeof(w->path), "%s/postern-XXXXXX", shm);
	bug_if(!mkdtemp(w->path));
	memcpy(scratch, w->path, sizeof(scratch));
	(void)atexit(remove_scratch);
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w->files = files_real(w->dirfd);
	if (!(w->lib = tls_lib_new(&w->err)))
		bug("%s", w->err.text);
	servers_open(&w->servers, w->loop, w->lib);
	w->options = (struct relay_options){ .loop = w->loop, .dns = &w->dns,
		.tls_any = tls_client_new(w->lib, false, &w->err),
		.tls_verify = tls_client_new(w->lib, true, &w->err),
		.dial = test_server_dial };
}

int
queue_world_operator(struct queue_world *w, enum store_call which,
    const void *ask, void *answer)
{
	return ipc_call(w->operator_, &store_calls[which], ask, -1, answer,
	    w->mem, NULL, loop_now_ms(w->loop) + PATIENCE_MS, &w->err);
}

void
queue_world_begin(struct queue_world *w)
{
	const struct domain_add_ask d = { 10, STR("example.test") };
	const struct account_add_ask a = { 11, STR("alice@example.test"),
		STR("sealed") };
	struct account_add_answer account;
	struct done done;

	open_store(w);
	must(queue_world_operator(w, STORE_domain_add, &d, &done), &w->err);
	must(queue_world_operator(w, STORE_account_add, &a, &account),
	    &w->err);
	w->account = account.account;
	w->alice = store_new(w->loop, connect_as(w, AUTH_ACCOUNT, w->account),
	    NULL, NULL);
	w->options.store = store_new(w->loop, -1, NULL, NULL);
	w->relay = relay_new(&w->options, &w->config);
}

void
queue_world_start_relay(struct queue_world *w)
{
	store_replace(w->options.store, connect_as(w, AUTH_RELAY, 0));
	relay_start(w->relay);
}

void
queue_world_restart_store(struct queue_world *w)
{
	close_store(w);
	open_store(w);
	store_replace(w->alice, connect_as(w, AUTH_ACCOUNT, w->account));
	store_replace(w->options.store, connect_as(w, AUTH_RELAY, 0));
}

void
queue_world_end(struct queue_world *w)
{
	store_close(w->alice);
	store_close(w->options.store);
	close_store(w);
}

void
queue_world_close(struct queue_world *w)
{
	relay_free(w->relay);
	for (int i = 0; i < 10; i++)
		loop_once(w->loop, 0);
	bug_if(loop_fibers(w->loop) > 0);
	loop_free(w->loop);
	servers_close(&w->servers);
	tls_client_unref(w->options.tls_any);
	tls_client_unref(w->options.tls_verify);
	tls_lib_unref(w->lib);
	free(w->files);
	(void)close(w->dirfd);
	log_free(w->log);
	(void)close(w->logfd);
	arena_free(w->mem);
}
