/*
 * connect.h - a connection to the directory: dialled, made safe, and spoken on
 * one request at a time.                          RFC 4511, RFC 4513 3
 */
#pragma once
#include "dns/hosts.h"
#include "ldap/protocol.h"
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"

/* What all connections have in common; strs are the configuration's. */
struct ldap_server {
	struct loop *loop;
	struct dns *dns;
	struct tls_client *tls;
	struct ldap_conf conf;
};

struct ldap_link;

/* To the first of its addresses that answers, with TLS as the configuration
 * says. Suspends. E_CANCELED, or why not. */
int ldap_link_open(const struct ldap_server *s, struct ldap_link **out,
    int64_t until_ms, struct err *err);
/* The deadline of what follows. */
void ldap_link_until(struct ldap_link *l, int64_t until_ms);
/* Says goodbye, if that needs no waiting. NULL is fine. */
void ldap_link_close(struct ldap_link *l);

/* The server's word on who this is (enum ldap_code): *code. A password that is
 * empty would be nobody's (RFC 4513 5.1.2), and is a bug. */
int ldap_link_bind(struct ldap_link *l, struct str dn, struct str password,
    uint32_t *code, struct err *err);

/* One page of a search. each() is called for an entry, which is good until it
 * returns; it must not suspend. *cookie, in the arena, is empty after the last.
 * References to other servers are not followed (RFC 4511 4.5.3). */
int ldap_link_search(struct ldap_link *l, const struct ldap_search *s,
    void (*each)(void *arg, const struct ldap_message *entry), void *arg,
    struct arena *a, struct str *cookie, struct err *err);
