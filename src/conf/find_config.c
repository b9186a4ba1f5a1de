#include "conf/find_config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"

#define FILE_HERE "postern.conf"
#define DATA_HERE "postern-data"
#define FILE_INSTALLED "/etc/postern/postern.conf"
#define DATA_INSTALLED "/var/lib/postern"

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

static bool
is_roots(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & S_IWOTH) == 0 &&
	    (st->st_gid == 0 || (st->st_mode & S_IWGRP) == 0);
}

/* Is it here? -1: it is, and root must not follow it. */
static int
is_here(const char *name, struct err *err)
{
	struct stat folder, st;

	if (!exists(name))
		return 0;
	if (geteuid() != 0 || (lstat(name, &st) == 0 &&
	    stat(".", &folder) == 0 && is_roots(&folder) &&
	    (S_ISLNK(st.st_mode) || is_roots(&st))))
		return 1;
	(void)err_set(err, E_DENIED, "%s here, or this folder, is not root's "
	    "alone, so root does not take it for granted: say --config FILE "
	    "or --data DIR", name);
	return -1;
}

int
find_config_file(const char *config, const char **path, struct err *err)
{
	int here = 0;

	*path = config ? config : variable("POSTERN_CONFIG");
	if (*path)
		return 0;
	here = is_here(FILE_HERE, err);
	if (here < 0)
		return err->code;
	*path = here || !exists(FILE_INSTALLED) ? FILE_HERE : FILE_INSTALLED;
	return 0;
}

/* A folder alone: everything else as it is by default. */
static int
config_of_data(struct arena *a, const char *data, struct config *c)
{
	conf_defaults(a, c);
	c->data = conf_path(a, conf_here(a), data);
	return 0;
}

int
find_config(struct arena *a, const char *data, const char *config,
    struct config *c, struct err *err)
{
	int here;

	if (!data && !config)
		config = variable("POSTERN_CONFIG");
	if (!data && !config)
		data = variable("POSTERN_DATA");
	if (config)
		return conf_read(config, a, c, err);
	if (data)
		return config_of_data(a, data, c);
	if ((here = is_here(FILE_HERE, err)) != 0)
		return here < 0 ? err->code : conf_read(FILE_HERE, a, c, err);
	if ((here = is_here(DATA_HERE, err)) != 0)
		return here < 0 ? err->code : config_of_data(a, DATA_HERE, c);
	if (exists(FILE_INSTALLED))
		return conf_read(FILE_INSTALLED, a, c, err);
	if (exists(DATA_INSTALLED))
		return config_of_data(a, DATA_INSTALLED, c);
	return err_set(err, E_NOTFOUND, "neither " FILE_HERE " nor " DATA_HERE
	    " is here, nor is there " FILE_INSTALLED "; say --config FILE or "
	    "--data DIR");
}
