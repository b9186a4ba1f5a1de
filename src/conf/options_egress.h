/*
 * options_egress.h - the options of how connections leave: rows of options.c's
 * table.
 */
#pragma once
#include "conf/option.h"

#define EGRESS_AT(type, field) offsetof(struct type, field), \
	sizeof(((struct type *)NULL)->field)

#define EGRESS_PROXY_MORE \
	"`socks5://user@host:1080` (RFC 1928, RFC 1929) or " \
	"`haproxy://host:port`, which is told by the PROXY protocol from " \
	"`source` to connect, and where to. It may be a private address. Who " \
	"is connected to is found out here all the same. See doc/egress.md."

#define EGRESS_RELAY_OPTIONS \
	{ "proxy", CONF_RELAY, CONF_PROXY, 1, 1000, NULL, \
	    EGRESS_AT(config, relay_proxy), "a proxy that mail leaves by", \
	    .more = EGRESS_PROXY_MORE, .unset = "none", \
	    .example = "socks5://postern@192.0.2.9:1080" }, \
	{ "proxy-password-file", CONF_RELAY, CONF_SECRET, 1, 255, NULL, \
	    EGRESS_AT(config, relay_proxy_password), \
	    "a file whose first line is the password there", \
	    .unset = "as the proxy's address says", \
	    .example = "proxy.password" }

#define POOL_OPTIONS \
	{ "addresses", CONF_POOL, CONF_SOURCES, 1, 8000, NULL, \
	    EGRESS_AT(pool_conf, addresses), "addresses of this machine", \
	    .more = "Each may have a name of its own for EHLO behind it: " \
	    "`192.0.2.11@out2.example.org`. Of IPv4 64 at most, and of IPv6.", \
	    .unset = "there has to be one", \
	    .example = "{ \"192.0.2.10\", \"2001:db8::10\" }" }, \
	{ "hello", CONF_POOL, CONF_HOSTNAME, 1, 255, NULL, \
	    EGRESS_AT(pool_conf, hello), "who they are in EHLO", \
	    .more = "It should be what the reverse DNS says of them.", \
	    .unset = "`hostname`", .example = "out.example.org" }, \
	{ "senders", CONF_POOL, CONF_SENDERS, 1, 8000, NULL, \
	    EGRESS_AT(pool_conf, senders), "whose mail leaves from there", \
	    .more = "Addresses, or domains of them; an address goes before " \
	    "its domain.", .unset = "that of routes with this `pool`", \
	    .example = "{ \"news@example.org\", \"example.net\" }" }

#define EGRESS_ROUTE_OPTIONS \
	{ "pool", CONF_ROUTE, CONF_TEXT, 1, POOL_NAME_MAX, NULL, \
	    EGRESS_AT(conf_route, route.pool), \
	    "the addresses to dial from: the name of a `pool` above", \
	    .unset = "that of the sender" }, \
	{ "proxy", CONF_ROUTE, CONF_PROXY, 1, 1000, NULL, \
	    EGRESS_AT(conf_route, route.proxy), \
	    "a proxy that mail leaves by, or `none`", \
	    .more = "As in `relay`.", .unset = "that of `relay`", \
	    .example = "haproxy://[192.0.2.9]:2500" }, \
	{ "proxy-password-file", CONF_ROUTE, CONF_SECRET, 1, 255, NULL, \
	    EGRESS_AT(conf_route, route.proxy_password), \
	    "a file whose first line is the password there", \
	    .unset = "as the proxy's address says" }
