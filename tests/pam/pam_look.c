/*
 * pam_look.c - a module for tests, in the attempt's own process: by its
 * argument it asks for what nobody should be told, looks for what it was not
 * given, or ends badly. Never installed.
 */
#include <dirent.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* As libpam calls them. */
int pam_sm_authenticate(pam_handle_t *h, int flags, int argc,
    const char **argv);
int pam_sm_setcred(pam_handle_t *h, int flags, int argc, const char **argv);

static int
ask_for(pam_handle_t *h, int style, const char *words)
{
	char *said = NULL;
	int rc = pam_prompt(h, style, &said, "%s", words);

	if (said)
		explicit_bzero(said, strlen(said));
	free(said);
	return rc;
}

/* Descriptors: 0 to 2, the pipe, and the folder that is being read. */
static int
count_files(pam_handle_t *h)
{
	DIR *d = opendir("/proc/self/fd");
	int n = -2;	/* "." and ".." */

	if (!d)
		return PAM_SERVICE_ERR;
	while (readdir(d))
		n++;
	(void)closedir(d);
	(void)pam_error(h, "%d files, %s", n, environ && environ[0] ?
	    environ[1] ? "an environment" : environ[0] : "no environment");
	return PAM_PERM_DENIED;
}

int
pam_sm_authenticate(pam_handle_t *h, int flags, int argc, const char **argv)
{
	const char *what = argc > 0 ? argv[0] : "";

	(void)flags;
	if (strcmp(what, "twice") == 0 && ask_for(h, PAM_PROMPT_ECHO_OFF,
	    "Password: ") == PAM_SUCCESS)
		return ask_for(h, PAM_PROMPT_ECHO_OFF, "Your code: ");
	if (strcmp(what, "name") == 0)
		return ask_for(h, PAM_PROMPT_ECHO_ON, "Your name: ");
	/* It does not mind that nobody answers. */
	if (strcmp(what, "stubborn") == 0) {
		(void)ask_for(h, PAM_PROMPT_ECHO_ON, "Your name: ");
		return PAM_SUCCESS;
	}
	if (strcmp(what, "files") == 0)
		return count_files(h);
	if (strcmp(what, "crash") == 0)
		(void)raise(SIGABRT);
	if (strcmp(what, "exit") == 0)
		_exit(0);
	if (strcmp(what, "hang") == 0)
		for (;;)
			(void)pause();
	return PAM_AUTH_ERR;
}

int
pam_sm_setcred(pam_handle_t *h, int flags, int argc, const char **argv)
{
	(void)h;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
