#include "redteam.h"

void
attempt(struct attack *a, const char *what, bool refused, const char *how)
{
	log_event(a->role->log, LOG_INFO, "attempt",
	    F_STR("what", str_c(what)),
	    F_STR("result", refused ? STR("refused") : STR("SUCCEEDED")),
	    F_STR("how", str_c(how)));
}

void
attempt_rc(struct attack *a, const char *what, int rc, const struct err *err)
{
	char how[280];

	(void)snprintf(how, sizeof(how), "%s: %s", err_name(rc),
	    rc < 0 ? err->text : "");
	attempt(a, what, rc < 0, how);
}
