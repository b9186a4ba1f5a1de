#include "conf/conf_int.h"

#include <arpa/inet.h>

/* Checks of single values, while their line is known. ------------------- */

struct range {
	const char *name;
	long low, high;
};

int
conf_check_number(cfg_t *cfg, cfg_opt_t *opt)
{
	static const struct range ranges[] = {
		{ "port", 1, 65535 },
		{ "fallback-port", 1, 65535 },
		{ "connections", 1, 2000 },
		{ "per-destination", 1, 1000 },
		{ "rate", 0, 1000000 },
		{ "mx-workers", 1, WORKERS_MAX },
		{ "front-workers", 1, WORKERS_MAX },
		{ "max-connections", 1, 1000000 },
		{ "max-recipients", 100, 2000 }, /* RFC 5321 4.5.3.1.8 */
		{ "smtp-timeout", 1, 86400 },
		{ "imap-timeout", 1, 604800 },
		{ "compress", 0, 19 },
		{ "uid-base", 1000, 2000000000 },
	};
	long v = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	for (size_t i = 0; i < NELEM(ranges); i++) {
		const struct range *r = &ranges[i];

		if (!str_eq(str_c(opt->name), str_c(r->name)))
			continue;
		if (v >= r->low && v <= r->high)
			return 0;
		cfg_error(cfg, "%s: expected a number from %ld to %ld, not "
			       "%ld", opt->name, r->low, r->high, v);
		return -1;
	}
	return 0;
}

/* Octets: "50M". */
bool
conf_size(const char *text, uint64_t *v)
{
	const struct str units = STR("KMGT");
	struct str s = str_c(text);
	unsigned shift = 0;
	uint64_t n;

	if (s.n > 0 && !ascii_is_digit(s.p[s.n - 1])) {
		size_t u = str_chr(units, ascii_upper(s.p[s.n - 1]));

		if (u == units.n)
			return false;
		shift = 10 * ((unsigned)u + 1);
		s.n--;
	}
	if (!str_u64(s, &n) || n > UINT64_MAX >> 1 >> shift)
		return false;
	*v = n << shift;
	return true;
}

int
conf_check_size(cfg_t *cfg, cfg_opt_t *opt)
{
	uint64_t v;

	if (conf_size(cfg_opt_getstr(opt), &v))
		return 0;
	cfg_error(cfg, "%s: expected a size like 50M or 2G, not \"%s\"",
	    opt->name, cfg_opt_getstr(opt));
	return -1;
}

static bool
is_hostname(struct str s)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && i + 1 < s.n && s.p[i + 1] != '.')
			continue;
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	}
	return true;
}

int
conf_check_hostname(cfg_t *cfg, cfg_opt_t *opt)
{
	if (is_hostname(str_c(cfg_opt_getstr(opt))))
		return 0;
	cfg_error(cfg, "hostname: expected a name like mail.example.org, "
		       "not \"%s\"", cfg_opt_getstr(opt));
	return -1;
}

const struct word *
conf_word(const struct word *words, const char *name)
{
	for (; words->name; words++)
		if (str_eqi(str_c(words->name), str_c(name)))
			return words;
	return NULL;
}

int
conf_check_word(cfg_t *cfg, cfg_opt_t *opt, const struct word *words)
{
	const char *value = cfg_opt_getstr(opt);
	auto_buf b = BUF_INIT(200);

	if (conf_word(words, value))
		return 0;
	for (const struct word *w = words; w->name; w++)
		buf_printf(&b, "%s%s", w == words ? "" : ", ", w->name);
	cfg_error(cfg, "%s: expected one of %.*s, not \"%s\"", opt->name,
	    STR_FMT(buf_get(&b)), value);
	return -1;
}

/* Seconds: "90", "5m", "4h", "5d". */
bool
conf_duration(const char *text, uint32_t *seconds)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	struct str s = str_c(text);
	uint32_t n, factor = 1;

	for (size_t i = 0; i < NELEM(units) && s.n > 0; i++)
		if (ascii_lower(s.p[s.n - 1]) == units[i].unit) {
			factor = units[i].seconds;
			s.n--;
			break;
		}
	return str_u32(s, &n) && !__builtin_mul_overflow(n, factor, seconds);
}

int
conf_check_duration(cfg_t *cfg, cfg_opt_t *opt)
{
	uint32_t v;

	if (conf_duration(cfg_opt_getstr(opt), &v))
		return 0;
	cfg_error(cfg, "%s: expected a time like 90s, 5m, 4h or 5d, not "
		       "\"%s\"", opt->name, cfg_opt_getstr(opt));
	return -1;
}

static bool
is_address(const char *text, int family)
{
	uint8_t octets[16];

	return inet_pton(family, text, octets) == 1;
}

int
conf_check_v4(cfg_t *cfg, cfg_opt_t *opt)
{
	if (is_address(cfg_opt_getstr(opt), AF_INET))
		return 0;
	cfg_error(cfg, "%s: expected an IPv4 address, not \"%s\"", opt->name,
	    cfg_opt_getstr(opt));
	return -1;
}

int
conf_check_v6(cfg_t *cfg, cfg_opt_t *opt)
{
	if (is_address(cfg_opt_getstr(opt), AF_INET6))
		return 0;
	cfg_error(cfg, "%s: expected an IPv6 address, not \"%s\"", opt->name,
	    cfg_opt_getstr(opt));
	return -1;
}

bool
conf_server(struct arena *a, const char *text, struct nameserver_conf *out)
{
	struct str s = str_c(text), port = STR("53");
	size_t at = str_rchr(s, '@');
	const char *address;

	if (at < s.n)
		port = str_from(s, at + 1);
	out->address = str_dup(a, str_first(s, at));
	address = str_dupz(a, out->address);
	return str_u32(port, &out->port) && out->port > 0 &&
	    out->port <= UINT16_MAX &&
	    (is_address(address, AF_INET) || is_address(address, AF_INET6));
}

int
conf_check_server(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct arena *a = arena_new(4096);
	struct nameserver_conf server;
	bool good = strlen(text) < 100 && conf_server(a, text, &server);

	arena_free(a);
	if (good)
		return 0;
	cfg_error(cfg, "%s: expected an address like 192.0.2.53 or "
		       "192.0.2.53@5353, not \"%s\"", opt->name, text);
	return -1;
}
