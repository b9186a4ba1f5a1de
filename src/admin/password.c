#include "admin/password.h"

#include <errno.h>
#include <termios.h>

enum { PASSWORD_MAX = 1000 };

static int
read_line(struct arena *a, struct str *line, struct err *err)
{
	char text[PASSWORD_MAX + 2];
	size_t n = 0;

	while (n < sizeof(text)) {
		ssize_t got = read(STDIN_FILENO, text + n, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || text[n] == '\n')
			break;
		n++;
	}
	if (n > 0 && text[n - 1] == '\r')
		n--;
	if (n > PASSWORD_MAX)
		return err_set(err, E_LIMIT, "the password is longer than %d "
		    "octets", PASSWORD_MAX);
	if (n == 0)
		return err_set(err, E_INVALID, "the password is empty");
	*line = str_dup(a, str_make(text, n));
	explicit_bzero(text, sizeof(text));
	return 0;
}

static int
ask_password(const char *prompt, struct arena *a, struct str *line,
    struct err *err)
{
	struct termios old, silent;
	int rc;

	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return err_set(err, E_INVALID, "no terminal to ask for the "
		    "password; use --password-stdin");
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	rc = read_line(a, line, err);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fputc('\n', stderr);
	return rc;
}

int
password_read(bool from_stdin, struct arena *a, struct str *password,
    struct err *err)
{
	struct str again;

	if (from_stdin)
		return read_line(a, password, err);
	if (ask_password("Password: ", a, password, err) < 0 ||
	    ask_password("Again: ", a, &again, err) < 0)
		return err->code;
	if (!str_eq(*password, again))
		return err_set(err, E_INVALID, "the two passwords differ");
	return 0;
}
