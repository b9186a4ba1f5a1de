#include "errand/https_url.h"

#include "base/rd.h"

enum { HTTPS_PORT = 443, NAME_MAX = 253, LABEL_MAX = 63 };

bool
https_is_host(struct str name)
{
	size_t label = 0;

	if (name.n == 0 || name.n > NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '.' && label == 0)
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || (c != '.' && c != '-' && c != '_' &&
		    !ascii_is_digit(c) && !(c >= 'a' && c <= 'z')))
			return false;
	}
	return label > 0;
}

static bool
is_host_octet(char c)
{
	return c != ':' && c != '/';
}

/* pchar without pct-encoded, and "/".                         RFC 3986 3.3 */
static bool
is_path(char c)
{
	return ascii_is_alnum(c) || (c != '\0' && memchr("-._~!$&'()*+,;=:@/",
	    c, 18) != NULL);
}

/* Of whom the last label is digits no certificate would have a name. */
static bool
is_address(struct str host)
{
	struct str last = str_from(host, str_rchr(host, '.') + 1);

	return str_rchr(host, '.') == host.n || ascii_is_digit(last.p[0]);
}

/* "." and ".." would lead elsewhere.                        RFC 3986 5.2.4 */
static bool
goes_straight(struct str path)
{
	struct str part;

	while (path.n > 0) {
		(void)str_cut(path, '/', &part, &path);
		if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	}
	return true;
}

bool
https_url_read(struct str text, struct https_url *out)
{
	struct rd r = rd_of(text);
	struct https_url u = { .port = HTTPS_PORT };
	uint32_t port = HTTPS_PORT;

	if (text.n > HTTPS_URL_MAX || !rd_opt_word(&r, STR("https://")))
		return false;
	u.host = rd_some(&r, is_host_octet);
	if (rd_opt(&r, ':'))
		port = rd_num32(&r);
	u.path = rd_while(&r, is_path);
	if (!rd_done(&r) || port == 0 || port > 65535 ||
	    !https_is_host(u.host) || is_address(u.host) ||
	    (u.path.n > 0 && u.path.p[0] != '/') || !goes_straight(u.path))
		return false;
	u.port = (uint16_t)port;
	*out = u;
	return true;
}
