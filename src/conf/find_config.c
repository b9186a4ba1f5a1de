#include "conf/find_config.h"

#include <unistd.h>

#include "conf/conf.h"

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int
find_config(struct arena *a, const char *data, const char *config,
    struct config *c, struct err *err)
{
	struct str here = conf_here(a);

	if (config)
		return conf_read(config, a, c, err);
	if (!data && exists("postern.conf"))
		return conf_read("postern.conf", a, c, err);
	if (!data && !exists("postern-data"))
		return err_set(err, E_NOTFOUND, "neither postern.conf nor "
		    "postern-data is here; say --config FILE or --data DIR");
	conf_defaults(a, c);
	c->data = conf_path(a, here, data ? data : "postern-data");
	if (!exists(str_dupz(a, c->data)))
		return err_set(err, E_NOTFOUND, "there is no data folder %s",
		    data);
	return 0;
}
