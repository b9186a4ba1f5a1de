/*
 * block_oauth.c - the end of an oauth block.
 */
#include <errno.h>
#include <fcntl.h>

#include "conf/option.h"
#include "errand/https_url.h"

enum { KEYS_FILE_MAX = 16384 };

/* Its text; what is in it is for who uses it to say. */
static int
read_keys(const char *path, struct arena *a, struct str *out, struct err *err)
{
	char *text = arena_alloc(a, KEYS_FILE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, KEYS_FILE_MAX + 1);

	if (n < 0)
		(void)err_sys(err, E_IO, "keys %s", path);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return err->code;
	*out = str_trim(str_make(text, (size_t)n));
	if (n > KEYS_FILE_MAX || out->n == 0 || out->p[0] != '{')
		return err_set(err, E_INVALID, "keys %s: expected a JWK Set, "
		    "up to %d octets of JSON", path, KEYS_FILE_MAX);
	return 0;
}

static int
check_url(const char *option, struct str text, struct err *err)
{
	struct https_url u;

	if (text.n == 0 || https_url_read(text, &u))
		return 0;
	return err_set(err, E_INVALID, "%s: expected an URL like "
	    "\"https://id.example.org/path\", not \"%.*s\"", option,
	    STR_FMT(str_first(text, 60)));
}

/* What goes into answers as it is: printable, and no quotes. */
static bool
is_plain(struct str s)
{
	return str_is_printable(s) && str_chr(s, '"') == s.n &&
	    str_chr(s, '\\') == s.n;
}

static int
check_words(const struct oauth_conf *c, struct err *err)
{
	if (!is_plain(c->scope) || !is_plain(c->audience) ||
	    !is_plain(c->claim))
		return err_set(err, E_INVALID, "audience, scope and claim: "
		    "expected printable ASCII without quotes");
	if (c->issuer.n == 0 || c->audience.n == 0)
		return err_set(err, E_INVALID, "expected issuer and audience");
	if (check_url("issuer", c->issuer, err) < 0 ||
	    check_url("keys-url", c->keys_url, err) < 0 ||
	    check_url("introspection", c->introspection, err) < 0)
		return err->code;
	return 0;
}

/* Where there are several, each says whom it knows: else one could say who the
 * others' people are. */
static int
check_others(struct conf_reader *r, const struct oauth_conf *c,
    struct err *err)
{
	struct rd before = rd_of(conf_list(r, CONF_OAUTH));
	struct oauth_conf other;
	size_t n = 0;

	while (rd_left(&before) > 0 &&
	    msg_take(&before, &oauth_conf_shape, &other)) {
		n++;
		if (str_eq(other.issuer, c->issuer))
			return err_set(err, E_INVALID, "this issuer stands "
			    "above already");
		if (other.domains.n == 0 || c->domains.n == 0)
			return err_set(err, E_INVALID, "with several issuers "
			    "each has its domains = { ... }");
	}
	return n < OAUTH_ISSUERS_MAX ? 0 : err_set(err, E_INVALID,
	    "more than %d issuers", OAUTH_ISSUERS_MAX);
}

int
conf_end_oauth(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_oauth *c = record;
	struct oauth_conf *o = &c->oauth;
	struct arena *a = conf_memory(r);

	if (check_words(o, err) < 0 || check_others(r, o, err) < 0)
		return err->code;
	if ((o->client_id.n > 0) != (c->secret_file.n > 0))
		return err_set(err, E_INVALID, "client-id goes with "
		    "client-secret-file");
	if (o->client_id.n > 0 && o->introspection.n == 0)
		return err_set(err, E_INVALID, "client-id is for introspection "
		    "only");
	if (c->keys_file.n > 0 && read_keys(str_dupz(a, c->keys_file), a,
	    &o->keys, err) < 0)
		return err->code;
	if (c->secret_file.n > 0 && conf_first_line("client-secret-file",
	    str_dupz(a, c->secret_file), a, &o->client_secret, err) < 0)
		return err->code;
	conf_append(r, CONF_OAUTH, o);
	return 0;
}
