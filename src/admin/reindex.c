#include "admin/reindex.h"

#include <stdio.h>

#include "admin/carrying.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "carry/reindex.h"

static const char usage[] =
    "usage: postern account reindex ADDRESS [--json]\n\n"
    "Makes the index anew by which a search in texts is quick, from all mail\n"
    "of the account ADDRESS. It is never needed for a right answer: what is\n"
    "not in the index is read by the first search, which takes as long as\n"
    "that does. The server may run meanwhile.\n\n"
    WHICH_SERVER;

static int
feed_nothing(struct carrying *c unused_arg, void *arg unused_arg,
    struct err *err unused_arg)
{
	return 0;
}

/* The account's number. */
static int
find_account(struct operator *op, struct str address, uint64_t *account,
    struct err *err)
{
	struct accounts_ask ask = { .only = address };
	struct accounts_answer answer;
	struct account_row row;
	struct rd r;
	int rc = operator_store(op, STORE_accounts, &ask, &answer, err);

	if (rc < 0)
		return rc;
	r = rd_of(answer.rows);
	if (!msg_take(&r, &account_row_shape, &row))
		return err_set(err, E_NOTFOUND, "there is no account %.*s",
		    STR_FMT(address));
	*account = row.account;
	return 0;
}

static void
report(const struct carrying *c, const struct words_size_answer *size,
    const struct options *o)
{
	const struct carrier_finish_ask *n = &carrying_sum(c)->n;

	if (o->json)
		printf("{\"reindexed\":%llu,\"octets\":%llu,\"indexed\":%llu,"
		    "\"index_octets\":%llu}\n", (unsigned long long)n->taken,
		    (unsigned long long)n->octets,
		    (unsigned long long)size->messages,
		    (unsigned long long)size->octets);
	else
		printf("%llu message%s (%.1f MB) read; the index has %llu, and "
		    "%.1f MB\n", (unsigned long long)n->taken,
		    n->taken == 1 ? "" : "s", (double)n->octets / 1e6,
		    (unsigned long long)size->messages,
		    (double)size->octets / 1e6);
}

static int
reindex(struct carrying *c, struct operator *op,
    const struct carrier_begin_answer *todo, const struct options *o,
    struct err *err)
{
	struct words_forget_ask forget = { 0 };
	struct words_size_ask ask = { 0 };
	struct words_size_answer size;
	struct done done;
	int fd, rc = find_account(op, todo->address, &forget.account, err);

	if (rc == 0)
		rc = operator_account(op, todo->address, &fd, err);
	if (rc < 0)
		return rc;
	rc = operator_store(op, STORE_words_forget, &forget, &done, err);
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	rc = carrying_run(c, todo, fd, feed_nothing, NULL, err);
	ask.account = forget.account;
	if (rc == 0)
		rc = operator_store(op, STORE_words_size, &ask, &size, err);
	if (rc == 0)
		report(c, &size, o);
	return rc;
}

int
account_reindex(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct carrying *c = NULL;
	struct carrier_begin_answer todo = { 0 };
	struct operator *op = NULL;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS), rc;

	if (n < 0)
		return o.code;
	if (argc - n != 2 || !str_eq(str_c(argv[n]), STR("reindex")))
		return options_wrong(argc, argv, n, usage);
	rc = carrying_begin(&c, reindex_work, &err);
	if (rc == 0)
		rc = typed_address(a->memory, argv[n + 1], &todo.address,
		    &err);
	if (rc == 0)
		rc = operator_open(a, &o, &op, &err);
	if (rc == 0)
		rc = reindex(c, op, &todo, &o, &err);
	operator_close(op);
	carrying_end(c);
	return rc < 0 ? admin_fail("account reindex", "%s", err.text) : 0;
}
