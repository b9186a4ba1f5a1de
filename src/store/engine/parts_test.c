/*
 * Tests of the small parts that need no disk: addresses, keywords, rows,
 * views.
 */
#include "base/test.h"

#include "store/engine/engine_int.h"
#include "store/engine/keywords.h"
#include "store/engine/view.h"

static void
test_address(void **state unused_arg)
{
	static const struct {
		const char *address, *domain, *local; /* NULL: refused */
	} table[] = {
		{ "Alice@Example.TEST", "example.test", "alice" },
		{ "a@b@c.test", "c.test", "a@b" },
		{ "@example.test", NULL, NULL },
		{ "alice", NULL, NULL },
		{ "alice@", NULL, NULL },
		{ "al ice@x.test", NULL, NULL },
		{ "alice@x.te st", NULL, NULL },
		{ "alice\r\n@x.test", NULL, NULL },
		{ "<alice@x.test>", NULL, NULL },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "8901234@x.test", NULL, NULL },
		{ "\xc3\xa9@x.test", "x.test", "\xc3\xa9" },
		{ "\xc3@x.test", NULL, NULL },
	};
	struct arena *a = arena_new(65536);
	struct str domain, local;
	size_t i;

	for (i = 0; i < NELEM(table); i++) {
		bool ok = address_key(str_c(table[i].address), a, &domain,
		    &local);

		assert_int_equal(ok, table[i].domain != NULL);
		if (!ok)
			continue;
		assert_str(domain, table[i].domain);
		assert_str(local, table[i].local);
	}
	assert_true(address_is_safe(STR("")));
	assert_true(address_is_safe(STR("\"a b\"@x.test")));
	assert_false(address_is_safe(STR("a@x\r\nX: y")));
	assert_false(address_is_safe(STR("a\0b@x")));
	arena_free(a);
}

static void
test_keywords(void **state unused_arg)
{
	struct arena *a = arena_new(65536);
	struct err err;
	struct str out;
	char many[1100];

	assert_int_equal(keywords_union(STR("a B"), STR("b c  C"), a, &out,
	    &err), 0);
	assert_str(out, "a B c");
	assert_int_equal(keywords_without(STR("a B c"), STR("b A"), a, &out,
	    &err), 0);
	assert_str(out, "c");
	assert_int_equal(keywords_without(STR("a"), STR("a"), a, &out, &err),
	    0);
	assert_int_equal(out.n, 0);
	assert_int_equal(keywords_union(STR_NULL, STR("a\r\nb"), a, &out,
	    &err), E_INVALID);
	assert_int_equal(keywords_union(STR_NULL, STR("a(b"), a, &out, &err),
	    E_INVALID);
	memset(many, 'x', sizeof(many));
	assert_int_equal(keywords_union(STR("a"), str_make(many,
	    sizeof(many)), a, &out, &err), E_LIMIT);
	arena_free(a);
}

/* The row written by hand is the row of the table. */
static void
test_row(void **state unused_arg)
{
	struct column_row r = { .uid = 7, .flags = 5, .modseq = 1ull << 40,
		.email = 99, .thread = 98, .blob = 97, .size = 123456789012,
		.received = -5, .offset_min = -90, .prefix_len = 33 };
	struct fetch_row same = { .seq = 3, .uid = 7, .modseq = 1ull << 40,
		.flags = 5, .keywords = STR("a b"), .received = -5,
		.offset_min = -90, .size = 123456789012, .prefix_len = 33,
		.email = 99, .thread = 98, .content = 97, .facts = STR("facts"),
		.prefix = STR("a: b"),
		.chunks = STR("chunk") };
	const struct brought with = { STR("facts"), STR("a:"), STR(" b"),
		STR("chunk") };
	struct buf a = BUF_INIT(1000), b = BUF_INIT(1000);

	view_put_row(&a, 3, &r, STR("a b"), &with);
	msg_put(&b, &fetch_row_shape, &same);
	assert_strs(buf_get(&a), buf_get(&b));
	assert_int_equal(a.n, view_row_octets(STR("a b"), &with));
	buf_free(&a);
	buf_free(&b);
}

/* ---- views: against one that counts everything anew -------------------- */

enum { ROWS = 60 };

struct model {
	uint32_t uid[ROWS];
	uint64_t created[ROWS], expunged[ROWS];
	size_t n;
};

static void
fill(struct column *c, const struct model *m)
{
	uint64_t modseq;
	size_t i;

	c->live.p = calloc(ROWS, sizeof(*c->live.p));
	c->dead.p = calloc(ROWS, sizeof(*c->dead.p));
	for (i = 0; i < m->n; i++)
		if (!m->expunged[i])
			c->live.p[c->live.n++] = (struct column_row){
				.uid = m->uid[i], .created = m->created[i] };
	for (modseq = 1; modseq < 1000; modseq++)
		for (i = 0; i < m->n; i++)
			if (m->expunged[i] == modseq)
				c->dead.p[c->dead.n++] = (struct column_row){
					.uid = m->uid[i],
					.created = m->created[i],
					.expunged = modseq };
}

static void
check_view(const struct column *c, const struct model *m, uint64_t arrivals,
    uint64_t expunges, struct arena *a)
{
	struct view_on v;
	size_t i, n = 0;

	view_make(&v, c, arrivals, expunges, a);
	for (i = 0; i < m->n; i++) {
		if (m->created[i] > arrivals || (m->expunged[i] &&
		    m->expunged[i] <= expunges))
			continue;
		assert_true(n < v.n);
		assert_int_equal(view_row(&v, n)->uid, m->uid[i]);
		assert_int_equal(view_seek(&v, m->uid[i]), n);
		n++;
	}
	assert_int_equal(v.n, n);
	assert_int_equal(view_seek(&v, 10000), n);
}

static void
test_views(void **state unused_arg)
{
	struct arena *a = arena_new(16 << 20);
	uint32_t seed = 1;
	int round;

	for (round = 0; round < 200; round++) {
		struct model m = { .n = 0 };
		struct column c = { 0 };
		uint32_t uid = 0;
		uint64_t x;

		for (; m.n < ROWS; m.n++) {
			seed = seed * 1664525u + 1013904223u;
			uid += 1 + (seed >> 30);
			m.uid[m.n] = uid;
			m.created[m.n] = m.n + 2;
			m.expunged[m.n] = (seed >> 20) % 3 ? 0 :
			    100 + (seed >> 10) % 50;
		}
		fill(&c, &m);
		for (x = 0; x < 160; x += 7)
			check_view(&c, &m, x % 70, x, a);
		free(c.live.p);
		free(c.dead.p);
		arena_reset(a);
	}
	arena_free(a);
}

static struct str
pairs(const uint32_t *p, size_t n)
{
	return str_make((const char *)p, n * 4);
}

static void
test_select(void **state unused_arg)
{
	struct column_row live[5] = { { .uid = 2 }, { .uid = 4 },
		{ .uid = 6 }, { .uid = 8 }, { .uid = 10 } };
	struct column c = { .live = { .p = live, .n = 5 } };
	struct arena *a = arena_new(65536);
	const uint32_t star[] = { UINT32_MAX, UINT32_MAX };
	const uint32_t beyond[] = { 99, UINT32_MAX };
	const uint32_t many[] = { 8, 7, 2, 3, 4, 4, 50, 60 };
	const uint32_t seqs[] = { 4, 9, 1, 1, 0, 0 };
	struct view_on v;
	struct view_set s;
	struct err err;

	view_make(&v, &c, 100, 100, a);
	assert_int_equal(view_select(&v, pairs(star, 2), true, &s, a, &err),
	    0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.range[0].from, 4);
	/* "99:*" holds the last one, RFC 3501 6.4.8 */
	assert_int_equal(view_select(&v, pairs(beyond, 2), true, &s, a,
	    &err), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.range[0].from, 4);
	assert_int_equal(view_select(&v, pairs(many, 8), true, &s, a, &err),
	    0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.range[0].from, 0);
	assert_int_equal(s.range[0].to, 2);
	assert_int_equal(s.range[1].from, 3);
	assert_int_equal(s.range[1].to, 4);
	assert_int_equal(view_select(&v, pairs(seqs, 6), false, &s, a, &err),
	    0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.range[0].to, 1);
	assert_int_equal(s.range[1].from, 3);
	assert_int_equal(s.range[1].to, 5);
	assert_int_equal(view_select(&v, STR("abc"), false, &s, a, &err),
	    E_INVALID);
	c.live.n = 0;
	view_make(&v, &c, 100, 100, a);
	assert_int_equal(view_select(&v, pairs(star, 2), true, &s, a, &err),
	    0);
	assert_int_equal(s.n, 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
