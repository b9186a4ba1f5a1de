/*
 * domain_relay.c - the addresses of a domain whose mail is passed on.
 */
#include <errno.h>
#include <stdlib.h>

#include "admin/domain.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "base/vec.h"

enum { CHUNK = 128 * 1024, ADDRESSES_MAX = 1000000, LINES_MAX = 256 << 20 };

/* In the order of their octets once they are sorted, in which store tells
 * them. */
struct addresses {
	struct VEC(struct str) v;
};

struct relayed_domain {
	struct arena *a;	/* of all that is read */
	struct operator *op;
	struct str name;
	bool json;
};

/* "bob", "bob@example.org", "*": what stands before the @, as store keeps
 * it. */
static int
local_of(struct relayed_domain *d, struct str typed, struct str *local,
    struct err *err)
{
	size_t at = str_rchr(typed, '@');
	struct str domain;

	if (at < typed.n) {
		if (typed_domain(d->a, str_dupz(d->a, str_from(typed, at + 1)),
			&domain, err) < 0)
			return err->code;
		if (!str_eqi(domain, d->name))
			return err_set(err, E_INVALID, "%.*s is no address of "
			    "%.*s", STR_FMT(str_first(typed, 320)),
			    STR_FMT(d->name));
	}
	*local = str_lower(d->a, str_first(typed, at));
	if (local->n == 0 || local->n > RELAYED_LOCAL_MAX)
		return err_set(err, E_INVALID, "\"%.*s\" is no address",
		    STR_FMT(str_first(typed, 320)));
	return 0;
}

static int
add_address(struct addresses *to, struct str local, struct err *err)
{
	if (to->v.n == ADDRESSES_MAX)
		return err_set(err, E_LIMIT, "more than %d addresses",
		    ADDRESSES_MAX);
	vec_push(&to->v, local);
	return 0;
}

static int
compare_addresses(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
sort_addresses(struct addresses *s)
{
	if (s->v.n > 0)
		qsort(s->v.p, s->v.n, sizeof(*s->v.p), compare_addresses);
}

/* ---- to and from store --------------------------------------------------- */

static int
send_rows(struct relayed_domain *d, struct buf *rows, bool remove,
    struct err *err)
{
	struct relayed_change_ask ask = { operator_change(d->op), d->name,
		remove, buf_get(rows) };
	struct done done;
	int rc = rows->n == 0 ? 0 : operator_store(d->op,
	    STORE_relayed_change, &ask, &done, err);

	buf_reset(rows);
	return rc;
}

static int
change_all(struct relayed_domain *d, const struct addresses *s, bool remove,
    struct err *err)
{
	auto_buf rows = BUF_INIT(MSG_CHUNK);
	int rc = 0;

	for (size_t i = 0; i < s->v.n && rc == 0; i++) {
		msg_put(&rows, &relayed_row_shape, &(struct relayed_row){
		    s->v.p[i] });
		if (rows.n > CHUNK)
			rc = send_rows(d, &rows, remove, err);
	}
	return rc < 0 ? rc : send_rows(d, &rows, remove, err);
}

static int
read_all(struct relayed_domain *d, struct addresses *out, struct err *err)
{
	struct relayed_ask ask = { d->name, STR_NULL };
	struct relayed_answer answer;
	struct relayed_row row;
	int rc = 0;

	do {
		struct rd r;

		if (operator_store(d->op, STORE_relayed, &ask, &answer,
			err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rc == 0 && rd_left(&r) > 0 &&
		    msg_take(&r, &relayed_row_shape, &row)) {
			ask.after = str_dup(d->a, row.local);
			rc = add_address(out, ask.after, err);
		}
	} while (rc == 0 && answer.more);
	return rc;
}

/* ---- a file of them ------------------------------------------------------ */

/* One a line; empty ones and what begins with "#" are none. */
static int
read_lines(struct relayed_domain *d, FILE *f, struct addresses *out,
    struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &size, f)) >= 0) {
		struct str s = str_trim(str_make(line, (size_t)n)), local;

		if (s.n == 0 || s.p[0] == '#')
			continue;
		rc = local_of(d, s, &local, err);
		if (rc == 0)
			rc = add_address(out, local, err);
	}
	if (rc == 0 && ferror(f))
		rc = err_sys(err, E_IO, "the addresses");
	free(line);
	return rc;
}

static int
read_file(struct relayed_domain *d, const char *path, struct addresses *out,
    struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "re");
	int rc;

	if (!f)
		return err_sys(err, E_IO, "%s", path);
	rc = read_lines(d, f, out, err);
	if (!is_stdin)
		(void)fclose(f);
	return rc;
}

/* What is in this and not in that; both are sorted. */
static void
subtract(const struct addresses *this, const struct addresses *that,
    struct addresses *out)
{
	for (size_t i = 0, k = 0; i < this->v.n; i++) {
		struct str s = this->v.p[i];

		while (k < that->v.n && str_cmp(that->v.p[k], s) < 0)
			k++;
		if ((k == that->v.n || !str_eq(that->v.p[k], s)) &&
		    (i == 0 || !str_eq(this->v.p[i - 1], s)))
			vec_push(&out->v, s);
	}
}

/* ---- what is asked for --------------------------------------------------- */

static int
list_addresses(struct relayed_domain *d, struct addresses *s, struct err *err)
{
	static const struct table_column columns[] = {
		{ "address", false, true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };

	if (read_all(d, s, err) < 0)
		return err->code;
	for (size_t i = 0; i < s->v.n; i++)
		*table_row(&t, d->a) = arena_printf(d->a, "%.*s@%.*s",
		    STR_FMT(s->v.p[i]), STR_FMT(d->name));
	table_print(&t, d->json);
	return 0;
}

static int
change_named(struct relayed_domain *d, char **typed, bool remove,
    struct addresses *s, struct err *err)
{
	struct str local;

	for (char **one = typed; *one; one++)
		if (local_of(d, str_c(*one), &local, err) < 0 ||
		    add_address(s, local, err) < 0)
			return err->code;
	if (change_all(d, s, remove, err) < 0)
		return err->code;
	for (size_t i = 0; i < s->v.n; i++) {
		struct str full = arena_printf(d->a, "%.*s@%.*s",
		    STR_FMT(s->v.p[i]), STR_FMT(d->name));

		if (d->json)
			json_say(remove ? "removed" : "added", full, "",
			    STR_NULL);
		else
			printf("mail for %.*s is %s\n", STR_FMT(full),
			    remove ? "refused" : "passed on");
	}
	return 0;
}

/* Those that come first: what stays is never refused meanwhile. */
static int
set_addresses(struct relayed_domain *d, const char *path,
    struct addresses s[4], struct err *err)
{
	struct addresses *want = &s[0], *have = &s[1], *come = &s[2],
	    *go = &s[3];

	if (read_file(d, path, want, err) < 0 || read_all(d, have, err) < 0)
		return err->code;
	/* What should have written them has failed, most likely. */
	if (want->v.n == 0)
		return err_set(err, E_INVALID, "there is no address in it, and "
		    "all mail for %.*s would be refused", STR_FMT(d->name));
	sort_addresses(want);
	sort_addresses(have);
	subtract(want, have, come);
	subtract(have, want, go);
	if (change_all(d, come, false, err) < 0 ||
	    change_all(d, go, true, err) < 0)
		return err->code;
	if (d->json)
		printf("{\"added\":%zu,\"removed\":%zu}\n", come->v.n,
		    go->v.n);
	else
		printf("%.*s: %zu addresses, %zu of them new, %zu gone\n",
		    STR_FMT(d->name), have->v.n + come->v.n - go->v.n,
		    come->v.n, go->v.n);
	return 0;
}

bool
domain_addresses_fits(char **words)
{
	if (!words[0])
		return true;
	if (str_eq(str_c(words[0]), STR("set")))
		return words[1] && !words[2];
	return words[1] && (str_eq(str_c(words[0]), STR("add")) ||
	    str_eq(str_c(words[0]), STR("remove")));
}

int
domain_addresses(struct operator *op, struct str name, char **words, bool json,
    struct err *err)
{
	struct relayed_domain d = { arena_new(LINES_MAX), op, name, json };
	struct addresses s[4] = { 0 };
	struct arena *before = operator_answers_in(op, d.a);
	int rc;

	if (!words[0])
		rc = list_addresses(&d, s, err);
	else if (str_eq(str_c(words[0]), STR("set")))
		rc = set_addresses(&d, words[1], s, err);
	else
		rc = change_named(&d, words + 1, str_eq(str_c(words[0]),
		    STR("remove")), s, err);
	for (size_t i = 0; i < NELEM(s); i++)
		vec_free(&s[i].v);
	(void)operator_answers_in(op, before);
	arena_free(d.a);
	return rc;
}
