/*
 * certs.c - the files of certificates. Only we can open them; vault, which is
 * locked in, gets them as descriptors and says whether they are any good.
 *
 *   m->certs   good, and what a vault that is started anew begins with
 *   m->trial   of a reload: vault looks at them, and until it has called them
 *              good everything goes on with the others
 *
 * What is handed over are copies in memory: a file that is written to later
 * changes nothing before the next reload. Nothing is read in them here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "master/master_int.h"

enum { OF_ONE = 3, FILES_MAX = 64 * OF_ONE, FILE_OCTETS = 100000 };

struct cert_files {
	uint64_t set;
	bool sent;		/* a vault has them to look at */
	struct arena *names;
	size_t n;
	struct {
		int fd;
		struct str path;
	} file[FILES_MAX];
};

void
certs_free(struct cert_files *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		(void)close(f->file[i].fd);
	arena_free(f->names);
	free(f);
}

static int
copy_octets(int from, int to, const char *path, struct err *err)
{
	char piece[1024];
	size_t all = 0;
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0) {
		all += (size_t)n;
		if (all > FILE_OCTETS)
			return err_set(err, E_INVALID, "certificate: %s: too "
			    "large", path);
		if (write(to, piece, (size_t)n) != n)
			return err_sys(err, E_IO, "certificate: a copy of %s",
			    path);
	}
	if (n == 0 && all == 0)
		return err_set(err, E_INVALID, "certificate: %s: it is empty",
		    path);
	return n < 0 ? err_sys(err, E_IO, "certificate: %s", path) : 0;
}

static int
copy_file(const char *name, int to, struct err *err)
{
	int from = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int rc;

	if (from < 0)
		return err_sys(err, E_IO, "certificate: %s", name);
	rc = copy_octets(from, to, name, err);
	(void)close(from);
	return rc;
}

/* Of one that is not given the copy is empty. */
static int
add_file(struct cert_files *f, struct str path, struct err *err)
{
	const char *name = str_dupz(f->names, path);
	int to;

	if (f->n == FILES_MAX)
		return err_set(err, E_LIMIT, "more than %d certificates",
		    FILES_MAX / OF_ONE);
	to = memfd_create("certificate", MFD_CLOEXEC);
	if (to < 0)
		return err_sys(err, E_IO, "certificate: a copy of %s", name);
	if (path.n > 0 && copy_file(name, to, err) < 0) {
		(void)close(to);
		return err->code;
	}
	f->file[f->n].path = str_c(name);
	f->file[f->n++].fd = to;
	return 0;
}

static struct cert_files *
open_files(const struct config *c, uint64_t set, struct err *err)
{
	struct cert_files *f = calloc(1, sizeof(*f));
	struct rd r = rd_of(c->certificates);
	struct cert_conf cert;

	bug_if(!f);
	f->set = set;
	f->names = arena_new(1 << 16);
	while (rd_left(&r) > 0) {
		if (!msg_take(&r, &cert_conf_shape, &cert))
			(void)err_set(err, E_INVALID, "certificates");
		else if (add_file(f, cert.chain_path, err) == 0 &&
		    add_file(f, cert.key_path, err) == 0 &&
		    add_file(f, cert.ocsp_path, err) == 0)
			continue;
		certs_free(f);
		return NULL;
	}
	return f;
}

static void
send_files(struct child *vault, const struct cert_files *f, uint64_t set)
{
	struct role_file none = { set, 0, STR_NULL };

	for (size_t i = 0; i < f->n; i++) {
		struct role_file m = { set, (uint32_t)(f->n - 1 - i),
			f->file[i].path };

		(void)lseek(f->file[i].fd, 0, SEEK_SET);
		child_send(vault, ROLE_FILE, &m, f->file[i].fd);
	}
	if (f->n == 0)
		child_send(vault, ROLE_FILE, &none, -1);
}

int
certs_open(struct master *m, struct err *err)
{
	m->certs = open_files(&m->config, 0, err);
	return m->certs ? 0 : err->code;
}

/* Before START; none need not be said. */
void
certs_begin(struct child *vault)
{
	if (vault->m->certs->n > 0)
		send_files(vault, vault->m->certs, 0);
}

static void
refused(struct master *m, struct str why)
{
	log_event(m->log, LOG_ERROR, "certificates_refused",
	    F_INT("number", m->config.number), F_STR("error", why));
	certs_free(m->trial);
	m->trial = NULL;
}

void
certs_reload(struct master *m)
{
	struct err err = { 0 };

	certs_free(m->trial);
	m->trial = open_files(&m->config, m->config.number, &err);
	if (!m->trial)
		refused(m, str_c(err.text));
	else
		for (size_t i = 0; i < m->nchildren; i++)
			certs_try(&m->children[i]);
}

/* At a reload, or when a vault is there again. */
void
certs_try(struct child *c)
{
	struct master *m = c->m;

	if (c->kind != ROLE_VAULT || !c->proven || !m->trial || m->trial->sent)
		return;
	m->trial->sent = true;
	send_files(c, m->trial, m->trial->set);
}

static size_t
cert_files_given(const struct cert_files *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->file[i].path.n > 0;
	return n;
}

void
certs_judged(struct child *vault, uint64_t set, struct str error)
{
	struct master *m = vault->m;

	if (!m->trial || !m->trial->sent || m->trial->set != set)
		return;
	if (error.n > 0) {
		refused(m, error);
		return;
	}
	certs_free(m->certs);
	m->certs = m->trial;
	m->trial = NULL;
	/* Those who show them ask vault again. */
	for (size_t i = 0; i < m->nchildren; i++)
		if (m->children[i].kind == ROLE_MX ||
		    m->children[i].kind == ROLE_FRONT ||
		    m->children[i].kind == ROLE_WEB)
			child_config(&m->children[i]);
	log_event(m->log, LOG_INFO, "certificates_taken",
	    F_INT("number", m->config.number),
	    F_INT("files", cert_files_given(m->certs)));
}

void
certs_vault_died(struct master *m)
{
	if (m->trial && m->trial->sent)
		refused(m, STR("vault died of them"));
}
