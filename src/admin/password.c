#include "admin/password.h"

#include <errno.h>
#include <sys/random.h>
#include <termios.h>

#include "base/buf.h"
#include "vault/password_rule.h"

static int
read_line(struct arena *a, struct str *line, struct err *err)
{
	char text[PASSWORD_MOST + 2];
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
	if (n > PASSWORD_MOST)
		return err_set(err, E_LIMIT, "the password is longer than %d "
		    "octets", PASSWORD_MOST);
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

/* What people who type commands may do about it. */
static int
check(struct str password, struct str address, struct err *err)
{
	struct err why = { 0 };
	int rc = password_check(password, address, &why);

	return rc < 0 ? err_set(err, rc, "%s; one is made with "
	    "--make-password", why.text) : 0;
}

/* Four groups of five of 32 signs that are not taken for each other. */
struct str
password_make(struct arena *a)
{
	static const char signs[] = "23456789abcdefghjkmnpqrstuvwxyzo";
	auto_buf b = BUF_INIT(64);
	unsigned char random[20];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		bug("no random octets");
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i > 0 && i % 5 == 0)
			buf_chr(&b, '-');
		buf_chr(&b, signs[random[i] % 32]);
	}
	explicit_bzero(random, sizeof(random));
	return str_dup(a, buf_get(&b));
}

int
password_hash_read(struct arena *a, struct str *hash, struct err *err)
{
	return read_line(a, hash, err);
}

int
password_read(bool from_stdin, struct str address, struct arena *a,
    struct str *password, struct err *err)
{
	struct str again;

	if (from_stdin)
		return read_line(a, password, err) < 0 ? err->code :
		    check(*password, address, err);
	if (ask_password("Password: ", a, password, err) < 0 ||
	    check(*password, address, err) < 0 ||
	    ask_password("Again: ", a, &again, err) < 0)
		return err->code;
	if (!str_eq(*password, again))
		return err_set(err, E_INVALID, "the two passwords differ");
	return 0;
}
