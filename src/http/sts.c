/*
 * sts.c - the policies of our domains, about TLS on the way here: RFC 8461 3.3.
 *
 * Each is at a host of its own, mta-sts and the domain. What a policy says is
 * the same for all of them.
 */
#include "http/http_int.h"

/* mta-sts.example.org: one of ours? */
static bool
names_domain(const struct http_request *r, struct str *domain)
{
	struct str name, port;

	if (!http_host(r->head.host, &name, &port) ||
	    !str_startsi(name, STR("mta-sts.")))
		return false;
	*domain = str_from(name, strlen("mta-sts."));
	return domain->n > 0 && domain->n < HTTP_HOST_MAX;
}

/* GET /.well-known/mta-sts.txt */
static struct http_answer
show_policy(struct http_request *r)
{
	const struct http_service *sv = r->session->service;
	struct buf text = BUF_INIT(1000);
	struct err err = { 0 };
	struct str domain;
	int rc = E_NOTFOUND;

	if (names_domain(r, &domain))
		rc = vault_domain_is_ours(sv->vault, domain, &err);
	if (rc == E_NOTFOUND)
		return http_problem(r, 404, NULL);
	if (rc < 0)
		return http_fail(r, "mta-sts", &err);
	sts_our_text(&text, sv->sts_mode, str_c(sv->hostname));
	domain = str_dup(r->mem, buf_get(&text));
	buf_free(&text);
	/* Senders keep it by its own max_age and none of HTTP's: 3.3. */
	r->caching = STR("max-age=60");
	return (struct http_answer){ 200, STR("text/plain"), domain };
}

const struct http_route http_sts_routes[] = {
	{ HTTP_GET, STR("/.well-known/mta-sts.txt"), HTTP_ANYBODY, STR_NULL, 0,
	    show_policy },
};
const size_t http_nsts_routes = NELEM(http_sts_routes);
