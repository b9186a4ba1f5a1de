/*
 * main.c - postern-sendmail: who calls it, and by which name.
 */
#include <openssl/crypto.h>
#include <pwd.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sendmail/local.h"

enum { MEMORY = 256 << 20 };

/* "&" in a name is the login with a capital: passwd(5) of old. */
static struct str
full_name(struct arena *a, struct str gecos, struct str login)
{
	auto_buf b = BUF_INIT(1024);

	gecos = str_first(gecos, str_chr(gecos, ','));
	for (size_t i = 0; i < gecos.n; i++) {
		if (gecos.p[i] != '&') {
			buf_chr(&b, gecos.p[i]);
			continue;
		}
		if (login.n > 0)
			buf_chr(&b, ascii_upper(login.p[0]));
		buf_str(&b, str_from(login, 1));
	}
	return str_trim(str_dup(a, buf_get(&b)));
}

static void
who_am_i(struct local *p)
{
	struct submit_header *l = &p->header;
	const struct passwd *pw = getpwuid(getuid());
	const char *name = getenv("NAME");

	l->uid = (uint32_t)getuid();
	l->login = pw && pw->pw_name[0] ?
	    str_dup(p->memory, str_c(pw->pw_name)) :
	    arena_printf(p->memory, "uid%u", l->uid);
	if (name)
		l->name = str_first(str_trim(str_c(name)), 200);
	else if (pw && pw->pw_gecos)
		l->name = full_name(p->memory, str_c(pw->pw_gecos), l->login);
}

/* argv[1] is the name it goes by; `postern` puts it there. Alone it is
 * sendmail. */
int
main(int argc, char **argv)
{
	static struct clock clock;
	struct local p = { .memory = arena_new(MEMORY), .compress = 1 };
	bool named = argc > 1 && argv[1][0] != '-';
	bool send = named && str_eq(str_c(argv[1]), STR("send"));
	int code;

	if (argc < 1)
		return LOCAL_USAGE;
	argc -= named;
	argv += named;
	if (!named)
		argv[0] = (char *)(uintptr_t)"sendmail";
	/* On this stack: a fiber's is small. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	clock = clock_real();
	p.loop = loop_new(&clock, NULL);
	p.command = send ? "postern send" : "sendmail";
	p.header.memory = p.memory;
	p.header.now = (int64_t)time(NULL);
	p.header.id = arena_printf(p.memory, "%016llx",
	    (unsigned long long)loop_random64(p.loop));
	who_am_i(&p);
	code = send ? local_send(&p, argc, argv) :
		      local_sendmail(&p, argc, argv);
	loop_free(p.loop);
	arena_free(p.memory);
	return code;
}
