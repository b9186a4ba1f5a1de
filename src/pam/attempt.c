#include "pam/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "pam/conversation.h"

/* What the modules mean. With anything else nobody has looked, or could not:
 * whoever it was is told to come again, and nothing is counted. So what
 * pam_exec says of a program that said no (PAM_SYSTEM_ERR) is no. */
static enum pam_proof
proof_of(int code)
{
	switch (code) {
	case PAM_SUCCESS:
		return PAM_YES;
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_PERM_DENIED:
	case PAM_MAXTRIES:
	case PAM_ACCT_EXPIRED:
	case PAM_AUTHTOK_EXPIRED:
	case PAM_NEW_AUTHTOK_REQD:
	case PAM_CRED_INSUFFICIENT:
	case PAM_CONV_ERR:
	case PAM_SYSTEM_ERR:
		return PAM_NO;
	default:
		return PAM_AWAY;
	}
}

/* Wrong passwords are answered when vault answers all that is wrong; a process
 * that sleeps until then is one that others wait for. */
static void
do_not_sleep(int code, unsigned us, void *data)
{
	(void)code;
	(void)us;
	(void)data;
}

static int
set_items(pam_handle_t *h, const struct pam_attempt *a)
{
	void (*const delay)(int, unsigned, void *) = do_not_sleep;
	int rc = pam_set_item(h, PAM_TTY, "postern");
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	if (rc == PAM_SUCCESS && a->peer[0])
		rc = pam_set_item(h, PAM_RHOST, a->peer);
	return rc == PAM_SUCCESS ? pam_set_item(h, PAM_FAIL_DELAY, item) : rc;
}

/* A service that there is not would be that of "other". */
static bool
have_service(const struct pam_attempt *a, struct pam_outcome *out)
{
	int at = open(a->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool yes = at >= 0 && faccessat(at, a->service, R_OK, 0) == 0;

	if (!yes)
		(void)snprintf(out->why, sizeof(out->why), "service %.64s in "
		    "%.100s: %s", a->service, a->folder, strerror(errno));
	if (at >= 0)
		(void)close(at);
	return yes;
}

/* Plain wrong is not said: vault's journal has that. */
static void
say_why(struct pam_outcome *out, const struct conversation *c, int code,
    const char *step, const char *text)
{
	struct str words = str_make(c->words, c->nwords);

	if (c->refused)
		text = "a module asks for something else than the password";
	else if ((code == PAM_AUTH_ERR || code == PAM_USER_UNKNOWN) &&
	    words.n == 0)
		return;
	(void)snprintf(out->why, sizeof(out->why), words.n ? "%s: %s (%.*s)" :
	    "%s: %s", step, text, STR_FMT(words));
}

static void
ask_pam(const struct pam_attempt *a, struct pam_outcome *out)
{
	struct conversation c = { .password = a->password };
	const struct pam_conv conv = { conversation_answer, &c };
	const char *step = "pam_start";
	pam_handle_t *h = NULL;
	int code = pam_start_confdir(a->service, a->user, &conv, a->folder,
	    &h);

	if (code == PAM_SUCCESS)
		code = set_items(h, a);
	if (code == PAM_SUCCESS) {
		step = "pam_authenticate";
		code = pam_authenticate(h, PAM_DISALLOW_NULL_AUTHTOK);
	}
	/* Is the account one that may log in: expired, locked, at this hour? */
	if (code == PAM_SUCCESS) {
		step = "pam_acct_mgmt";
		code = pam_acct_mgmt(h, PAM_DISALLOW_NULL_AUTHTOK);
	}
	out->proof = c.refused ? PAM_NO : proof_of(code);
	if (code != PAM_SUCCESS)
		say_why(out, &c, code, step, pam_strerror(h, code));
	if (h)
		(void)pam_end(h, code);
}

/* Nothing is open but the pipe, and nothing is inherited that a module might
 * believe. */
static bool
arrange(const struct pam_attempt *a, int *fd)
{
	static const int again[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct rlimit cpu = { a->seconds, a->seconds + 1 };
	int null = open("/dev/null", O_RDWR), pipe = dup(*fd);

	for (size_t i = 0; i < NELEM(again); i++)
		(void)signal(again[i], SIG_DFL);
	if (null < 0 || pipe < 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			return false;
	if (dup3(pipe, 3, O_CLOEXEC) < 0 && errno != EINVAL)
		return false;
	*fd = 3;
	return fcntl(3, F_SETFD, FD_CLOEXEC) == 0 &&
	    close_range(4, ~0U, 0) == 0 &&
	    setrlimit(RLIMIT_CPU, &cpu) == 0 && clearenv() == 0 &&
	    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0;
}

void
pam_attempt_run(const struct pam_attempt *a, int fd)
{
	struct pam_outcome out = { .proof = PAM_AWAY };

	if (!arrange(a, &fd))
		_exit(70);
	if (have_service(a, &out))
		ask_pam(a, &out);
	if (write(fd, &out, sizeof(out)) != (ssize_t)sizeof(out))
		_exit(70);
	_exit(0);
}
