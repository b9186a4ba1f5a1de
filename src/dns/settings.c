#include "dns/settings.h"

#include <arpa/inet.h>

#include "dns/name.h"

/* Small: what is asked often is little. One thread, so no slabs. Nothing is
 * read or written once it runs. The address ranges and zones that libunbound
 * answers by itself are not its business here: who has such a zone names its
 * servers. */
static const char fixed[] =
    "server:\n"
    "  chroot: \"\"\n"
    "  username: \"\"\n"
    "  directory: \"\"\n"
    "  use-syslog: no\n"
    "  verbosity: 0\n"
    "  val-log-level: 2\n" /* makes it say why something is bogus */
    "  module-config: \"validator iterator\"\n"
    "  do-not-query-localhost: no\n"
    "  msg-cache-size: 2m\n"
    "  rrset-cache-size: 4m\n"
    "  key-cache-size: 1m\n"
    "  neg-cache-size: 256k\n"
    "  msg-cache-slabs: 1\n"
    "  rrset-cache-slabs: 1\n"
    "  infra-cache-slabs: 1\n"
    "  key-cache-slabs: 1\n"
    "  infra-cache-numhosts: 2000\n"
    "  outgoing-range: 128\n"
    "  num-queries-per-thread: 512\n"
    "  outgoing-num-tcp: 8\n"
    "  cache-max-ttl: 86400\n"
    "  cache-max-negative-ttl: 900\n"
    "  minimal-responses: yes\n"
    "  rrset-roundrobin: yes\n"
    "  local-zone: \"test.\" nodefault\n"
    "  local-zone: \"127.in-addr.arpa.\" nodefault\n";

static bool
is_address(struct str s)
{
	uint8_t octets[16];
	char text[48];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	return inet_pton(AF_INET, text, octets) == 1 ||
	    inet_pton(AF_INET6, text, octets) == 1;
}

static int
put_address(struct buf *b, const char *what, struct str address,
    uint32_t port, struct err *err)
{
	if (!is_address(address) || port > UINT16_MAX)
		return err_set(err, E_INVALID, "%.*s port %u is no address "
		    "of a name server", STR_FMT(address), port);
	buf_printf(b, "  %s: %.*s@%u\n", what, STR_FMT(address),
	    port ? port : 53);
	return 0;
}

/* In quotes: what would end them cannot be in it. */
static int
put_anchor(struct buf *b, struct str path, struct err *err)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '"' || (unsigned char)path.p[i] < ' ')
			return err_set(err, E_INVALID, "the name of the "
			    "trust anchor's file holds a quote");
	if (path.n > 0)
		buf_printf(b, "  trust-anchor-file: \"%.*s\"\n",
		    STR_FMT(path));
	return 0;
}

/* All servers of the zone, wherever they stand. */
static int
put_stub_zone(const struct settings *s, struct str zone, struct str name,
    struct buf *b, struct err *err)
{
	struct rd r = rd_of(s->config->stub_zones);
	struct stub_conf c;

	buf_printf(b, "stub-zone:\n  name: \"%.*s.\"\n", STR_FMT(name));
	while (rd_left(&r) > 0 && msg_take(&r, &stub_conf_shape, &c))
		if (str_eqi(c.zone, zone) && put_address(b, "stub-addr",
		    c.address, c.port, err) < 0)
			return err->code;
	return 0;
}

static bool
came_before(struct str stub_zones, size_t octets, struct str zone)
{
	struct rd r = rd_of(str_first(stub_zones, octets));
	struct stub_conf c;

	while (rd_left(&r) > 0 && msg_take(&r, &stub_conf_shape, &c))
		if (str_eqi(c.zone, zone))
			return true;
	return false;
}

/* The root has never heard of many a stub zone, and proves it: an anchor that
 * nobody chose says nothing about them. */
static int
put_stubs(const struct settings *s, struct buf *b, struct arena *a,
    struct err *err)
{
	struct str all = s->config->stub_zones, name;
	struct rd r = rd_of(all);
	struct stub_conf c;
	auto_buf zones = BUF_INIT(65536);

	while (rd_left(&r) > 0) {
		size_t at = all.n - rd_left(&r);

		if (!msg_take(&r, &stub_conf_shape, &c))
			return err_set(err, E_INVALID, "malformed stub zones");
		if (!dns_name(c.zone, a, &name))
			return err_set(err, E_INVALID, "\"%.*s\" is no name of "
			    "a zone", STR_FMT(c.zone));
		if (came_before(all, at, c.zone))
			continue;
		buf_printf(b, "  local-zone: \"%.*s.\" nodefault\n",
		    STR_FMT(name));
		if (s->anchor_is_default)
			buf_printf(b, "  domain-insecure: \"%.*s.\"\n",
			    STR_FMT(name));
		if (put_stub_zone(s, c.zone, name, &zones, err) < 0)
			return err->code;
	}
	buf_str(b, buf_get(&zones));
	return buf_failed(&zones) ?
	    err_set(err, E_LIMIT, "too many stub zones") : 0;
}

static int
put_nameservers(const struct settings *s, struct buf *b, size_t *n,
    struct err *err)
{
	struct rd r = rd_of(s->config->nameservers);
	struct nameserver_conf c;

	while (rd_left(&r) > 0 && *n < NAMESERVERS_MAX) {
		if (!msg_take(&r, &nameserver_conf_shape, &c))
			return err_set(err, E_INVALID,
			    "malformed name servers");
		if (put_address(b, "forward-addr", c.address, c.port, err) < 0)
			return err->code;
		(*n)++;
	}
	return 0;
}

/* "nameserver 192.0.2.1"; whatever else there is, is not for us. */
static void
put_resolv_conf(struct str text, struct buf *b, size_t *n)
{
	struct str line, word;

	while (text.n > 0 && *n < NAMESERVERS_MAX) {
		(void)str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (!str_starts(line, STR("nameserver")))
			continue;
		word = str_from(line, strlen("nameserver"));
		if (word.n == 0 || (word.p[0] != ' ' && word.p[0] != '\t'))
			continue;
		word = str_trim(word);
		if (is_address(word) &&
		    put_address(b, "forward-addr", word, 53, NULL) == 0)
			(*n)++;
	}
}

int
settings_write(const struct settings *s, struct buf *b, struct err *err)
{
	struct arena *a = arena_new(1 << 16);
	auto_buf forward = BUF_INIT(4096);
	size_t n = 0;
	int rc;

	buf_put(b, fixed, sizeof(fixed) - 1);
	rc = put_anchor(b, s->trust_anchor, err);
	if (rc == 0)
		rc = put_stubs(s, b, a, err);
	arena_free(a);
	if (rc == 0)
		rc = put_nameservers(s, &forward, &n, err);
	if (rc < 0)
		return rc;
	if (s->config->nameservers.n == 0)
		put_resolv_conf(s->resolv_conf, &forward, &n);
	if (n > 0) {
		buf_lit(b, "forward-zone:\n  name: \".\"\n");
		buf_str(b, buf_get(&forward));
	}
	if (buf_failed(b) || buf_failed(&forward))
		return err_set(err, E_LIMIT, "too many zones of name servers");
	return 0;
}
