/*
 * value.c - one value of postern.conf: from its text to its field.
 */
#include <arpa/inet.h>

#include "conf/option.h"
#include "dns/name.h"
#include "mime/solicitation.h"

enum { SHOWN_MAX = 60 };

struct conf_unit {
	char name;
	uint64_t factor;
};
static const struct conf_unit sizes[] = { { 'T', 1ull << 40 }, { 'G', 1 << 30 },
	{ 'M', 1 << 20 }, { 'K', 1 << 10 }, { 0, 1 } };
static const struct conf_unit times[] = { { 'd', 86400 }, { 'h', 3600 },
	{ 'm', 60 }, { 's', 1 }, { 0, 1 } };

/* ---- numbers ------------------------------------------------------------- */

static const struct conf_unit *
units_of(enum conf_type type)
{
	static const struct conf_unit none[] = { { 0, 1 } };

	return type == CONF_SIZE ? sizes : type == CONF_TIME ? times : none;
}

/* Digits, and a letter of its unit. */
static bool
read_number(enum conf_type type, struct str s, uint64_t *v)
{
	const struct conf_unit *u = units_of(type);
	char last = s.n > 0 ? s.p[s.n - 1] : '\0';
	uint64_t n;

	while (u->name && ascii_lower(u->name) != ascii_lower(last))
		u++;
	if (u->name)
		s.n--;
	return str_u64(s, &n) && !__builtin_mul_overflow(n, u->factor, v);
}

/* In the largest unit that holds it whole. */
static void
put_number(struct buf *b, enum conf_type type, uint64_t v)
{
	const struct conf_unit *u = units_of(type);

	while (u->name && (v == 0 || v % u->factor != 0))
		u++;
	buf_u64(b, v / u->factor);
	if (u->name)
		buf_chr(b, u->name);
}

static uint64_t
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > CORES_MAX ? CORES_MAX : (uint64_t)n;
}

bool
conf_size_read(struct str s, uint64_t *octets)
{
	return read_number(CONF_SIZE, s, octets);
}

void
conf_size_put(struct buf *b, uint64_t octets)
{
	put_number(b, CONF_SIZE, octets);
}

static bool
read_bool(struct str s, uint64_t *v)
{
	static const char *const words[] = { "false", "true", "no", "yes",
		"off", "on" };

	for (size_t i = 0; i < NELEM(words); i++)
		if (str_eqi(s, str_c(words[i]))) {
			*v = i % 2;
			return true;
		}
	return false;
}

const struct conf_word *
conf_word(const struct conf_word *words, struct str name)
{
	for (; words->name; words++)
		if (str_eqi(name, str_c(words->name)))
			return words;
	return NULL;
}

/* ---- texts --------------------------------------------------------------- */

bool
conf_is_name(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? run == 0 || s.p[i - 1] == '-' :
		    !ascii_is_alnum(s.p[i]) && s.p[i] != '_' &&
		    (s.p[i] != '-' || run == 0))
			return false;
		run = s.p[i] == '.' ? 0 : run + 1;
		if (run > 63)
			return false;
	}
	return run > 0 && s.p[s.n - 1] != '-' && s.n <= 253;
}

bool
conf_is_hostname(struct str s)
{
	const size_t last = str_rchr(s, '.') + 1;

	return conf_is_name(s) && last < s.n && !ascii_is_digit(s.p[last]) &&
	    str_chr(s, '_') == s.n;
}

static bool
is_address(struct str s, int family)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint8_t octets[16];

	if (s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	return inet_pton(family, text, octets) == 1;
}

bool
conf_is_host(struct str s)
{
	struct str in;

	if (s.n < 2 || s.p[0] != '[')
		return conf_is_name(s) && !is_address(s, AF_INET);
	in = str_make(s.p + 1, s.n - 2);
	return s.p[s.n - 1] == ']' && (is_address(in, AF_INET) ||
	    is_address(in, AF_INET6) || (str_starts(in, STR("IPv6:")) &&
	    is_address(str_from(in, 5), AF_INET6)));
}

/* "you@example.org", its domain as it is inside. */
static bool
read_person(struct str text, struct arena *a, struct str *s)
{
	struct str local = str_first(text, str_rchr(text, '@')), domain;

	*s = text;
	if (local.n == 0 || local.n == text.n ||
	    !dns_a_label(str_from(text, local.n + 1), a, &domain) ||
	    !conf_is_name(domain))
		return false;
	*s = arena_printf(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(domain));
	return true;
}

/* One more server: "192.0.2.53@5353". */
static bool
add_server(struct str s, struct arena *a, struct str *list)
{
	struct nameserver_conf row = { .port = 53 };
	struct str port;
	auto_buf b = BUF_INIT(8000);

	if (str_cut(s, '@', &row.address, &port) && !str_u32(port, &row.port))
		return false;
	if (row.port == 0 || row.port > UINT16_MAX ||
	    (!is_address(row.address, AF_INET) &&
	    !is_address(row.address, AF_INET6)))
		return false;
	buf_str(&b, *list);
	msg_put(&b, &nameserver_conf_shape, &row);
	*list = str_dup(a, buf_get(&b));
	return true;
}

static struct str
one_more(struct str list, struct str s, struct arena *a)
{
	return list.n == 0 ? str_dup(a, s) : arena_printf(a, "%.*s %.*s",
	    STR_FMT(list), STR_FMT(s));
}

/* One more class of solicitation, commas between, as EHLO has them. */
static bool
add_class(struct str s, struct arena *a, struct str *list)
{
	if (!solicitation_is_word(s))
		return false;
	*list = list->n == 0 ? str_dup(a, s) : arena_printf(a, "%.*s,%.*s",
	    STR_FMT(*list), STR_FMT(s));
	return true;
}

static bool
add_domain(struct str s, struct arena *a, struct str *list)
{
	struct str name;

	if (!dns_name(s, a, &name) || !conf_is_hostname(name))
		return false;
	*list = one_more(*list, name, a);
	return true;
}

/* One more, whole or a domain of them. */
static bool
add_sender(struct str s, struct arena *a, struct str *list)
{
	struct str one;

	if (str_chr(s, '@') == s.n)
		return add_domain(s, a, list);
	if (str_chr(s, ' ') < s.n || !read_person(s, a, &one))
		return false;
	*list = one_more(*list, one, a);
	return true;
}

/* One more network: "192.0.2.0/24", "2001:db8::1". */
static bool
add_network(struct str s, struct arena *a, struct str *list)
{
	struct str address, length;
	uint32_t bits = 0;
	bool v6;

	if (str_cut(s, '/', &address, &length) && !str_u32(length, &bits))
		return false;
	v6 = is_address(address, AF_INET6);
	if (bits > (v6 ? 128 : 32) || (!v6 && !is_address(address, AF_INET)))
		return false;
	*list = one_more(*list, s, a);
	return true;
}

/* ---- a value of any type ------------------------------------------------- */

static bool
is_number(const struct conf_option *o)
{
	return o->type >= CONF_NUMBER;
}

void
conf_put_range(struct buf *b, const struct conf_option *o)
{
	put_number(b, o->type, o->low);
	buf_lit(b, " to ");
	put_number(b, o->type, o->high);
}

/* readable: it is one of these, but not in its range. */
static void
put_wanted(struct buf *b, const struct conf_option *o, bool readable)
{
	static const char *const wanted[] = {
		[CONF_TEXT] = "a text", [CONF_PATH] = "the name of a file",
		[CONF_HOSTNAME] = "a name like mail.example.org",
		[CONF_PERSON] = "an address like you@example.org",
		[CONF_PROXY] = ("socks5://host:1080, haproxy://host:port or "
		    "none"),
		[CONF_SECRET] = "a file whose first line is a password",
		[CONF_HOST] = "a name, or an address like [192.0.2.1]",
		[CONF_ADDRESS] = "*, localhost or an address",
		[CONF_IPV4] = "an IPv4 address",
		[CONF_IPV6] = "an IPv6 address",
		[CONF_SERVERS] = "an address like 192.0.2.53@5353",
		[CONF_NETWORKS] = "a network like 192.0.2.0/24",
		[CONF_DOMAINS] = "a domain like example.org",
		[CONF_SOURCES] = ("an address like 192.0.2.1, or "
		    "192.0.2.1@out.example.org"),
		[CONF_SENDERS] = "an address or a domain",
		[CONF_CLASSES] = "a class like net.example:ADV",
		[CONF_NUMBER] = "a number", [CONF_WORKERS] = "a number",
		[CONF_SIZE] = "a size like 50M or 2G",
		[CONF_TIME] = "a time like 90s, 5m, 4h or 5d",
		[CONF_BOOL] = "true or false", [CONF_WORD] = "one of ",
	};

	buf_printf(b, "%s", wanted[o->type]);
	if (o->type == CONF_WORD)
		for (const struct conf_word *w = o->words; w->name; w++)
			buf_printf(b, "%s%s", w == o->words ? "" : ", ",
			    w->name);
	else if (readable && !is_number(o))
		buf_printf(b, " of %llu to %llu octets",
		    (unsigned long long)o->low, (unsigned long long)o->high);
	else if (readable || o->type == CONF_NUMBER ||
	    o->type == CONF_WORKERS) {
		buf_lit(b, " from ");
		conf_put_range(b, o);
	}
}

static bool
read_value(const struct conf_option *o, struct str text, struct str folder,
    struct arena *a, uint64_t *v, struct str *s)
{
	const struct conf_word *w;
	struct err unsaid = { 0 };	/* put_wanted() has words enough */

	switch (o->type) {
	case CONF_TEXT:
		*s = str_dup(a, text);
		return true;
	case CONF_HOSTNAME:
		return dns_a_label(str_dup(a, text), a, s) &&
		    conf_is_hostname(*s);
	case CONF_PERSON:
		return read_person(text, a, s);
	case CONF_HOST:
		return dns_a_label(str_dup(a, text), a, s) && conf_is_host(*s);
	case CONF_PROXY:
		return conf_proxy_read(text, a, s);
	case CONF_SECRET:
		return text.n > 0 && conf_first_line(o->name, str_dupz(a,
		    conf_path(a, folder, str_dupz(a, text))), a, s,
		    &unsaid) == 0;
	case CONF_PATH:
		*s = conf_path(a, folder, str_dupz(a, text));
		return text.n > 0;
	case CONF_ADDRESS:
		*s = str_dup(a, text);
		return str_eq(text, STR("*")) ||
		    str_eq(text, STR("localhost")) ||
		    is_address(text, AF_INET) || is_address(text, AF_INET6);
	case CONF_IPV4:
	case CONF_IPV6:
		*s = str_dup(a, text);
		return is_address(text, o->type == CONF_IPV4 ? AF_INET :
		    AF_INET6);
	case CONF_SERVERS:
		return add_server(text, a, s);
	case CONF_NETWORKS:
		return add_network(text, a, s);
	case CONF_DOMAINS:
		return add_domain(text, a, s);
	case CONF_SOURCES:
		return conf_source_read(text, a, s);
	case CONF_SENDERS:
		return add_sender(text, a, s);
	case CONF_CLASSES:
		return add_class(text, a, s);
	case CONF_WORKERS:
		if (str_eqi(text, STR("cores"))) {
			*v = cores();
			return true;
		}
		return read_number(o->type, text, v);
	case CONF_BOOL:
		return read_bool(text, v);
	case CONF_WORD:
		w = conf_word(o->words, text);
		*v = w ? w->value : 0;
		return w != NULL;
	case CONF_TIME:		/* of which unit a number would be? */
		return read_number(o->type, text, v) &&
		    (*v == 0 || !ascii_is_digit(text.p[text.n - 1]));
	default:
		return read_number(o->type, text, v);
	}
}

/* False if it is too large for its range. */
static bool
put_value(const struct conf_option *o, uint64_t v, struct str s, char *at)
{
	uint64_t measure = is_number(o) ? v : s.n;
	uint32_t v4 = (uint32_t)v;

	if (measure < o->low || measure > o->high)
		return false;
	if (!is_number(o))
		memcpy(at, &s, sizeof(s));
	else if (o->width == sizeof(uint8_t))
		*at = (char)v;
	else if (o->width == sizeof(v4))
		memcpy(at, &v4, sizeof(v4));
	else
		memcpy(at, &v, sizeof(v));
	return true;
}

bool
conf_set(const struct conf_option *o, struct str text, struct str folder,
    struct arena *a, void *record, struct err *err)
{
	char *at = (char *)record + o->offset;
	auto_buf wanted = BUF_INIT(300);
	struct str s = STR("");
	uint64_t v = 0;
	bool readable;

	if (conf_is_list(o))
		memcpy(&s, at, sizeof(s));	/* one more */
	readable = read_value(o, text, folder, a, &v, &s);
	if (readable && put_value(o, v, s, at))
		return true;
	put_wanted(&wanted, o, readable);
	/* There may be a password in it, which is for nobody to read. */
	if (o->type == CONF_PROXY) {
		(void)err_set(err, E_INVALID, "%s: expected %.*s", o->name,
		    STR_FMT(buf_get(&wanted)));
		return false;
	}
	(void)err_set(err, E_INVALID, o->type == CONF_NUMBER ||
	    o->type == CONF_WORKERS ? "%s: expected %.*s, not %.*s%s" :
	    "%s: expected %.*s, not \"%.*s%s\"", o->name,
	    STR_FMT(buf_get(&wanted)), STR_FMT(str_first(text, SHOWN_MAX)),
	    text.n > SHOWN_MAX ? "..." : "");
	return false;
}

void
conf_set_defaults(enum conf_block block, struct str folder, struct arena *a,
    void *record)
{
	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];
		struct err err = { 0 };

		if (o->block == block && o->value && !conf_set(o,
		    str_c(o->value), folder, a, record, &err))
			bug("%s", err.text);
	}
}
