/*
 * The index says of random messages what a look at all their words says, while
 * it grows, shrinks, and is damaged.
 */
#include "base/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/fulltext/fulltext.h"

enum { MESSAGES = 3000, VOCABULARY = 3000, WORDS_EACH = 60, ROUNDS = 150,
	LOOKS = 15, VERSION = 7, ACCOUNT = 3 };

static uint64_t seed = 88172645463325252ull;

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

struct message {
	uint64_t email, content;
	bool cut, added, gone;
	uint16_t words[WORDS_PARTS][WORDS_EACH];
	uint32_t n[WORDS_PARTS];
};

struct folder {
	char path[32];
	int dirfd;
	struct files *files;
	struct fulltext *t;
	char word[VOCABULARY][24];
	struct message *m;	/* MESSAGES of them */
};

static void
make_words(struct folder *p)
{
	static const char *const syllables[] = { "ba", "re", "mi", "to", "ku",
		"sa", "\xc3\xa4", "\xd0\xb6", "0", "zz" };

	for (int i = 0; i < VOCABULARY; i++) {
		size_t n = 0;

		for (uint32_t k = 2 + chance(4); k > 0; k--)
			n += (size_t)snprintf(p->word[i] + n,
			    sizeof(p->word[i]) - n, "%s",
			    syllables[chance(NELEM(syllables))]);
	}
}

static void
make_message(struct folder *p, uint64_t email)
{
	struct message *m = &p->m[email - 1];

	*m = (struct message){ .email = email, .content = 1000 + 3 * email,
		.cut = chance(20) == 0 };
	for (int i = 0; i < WORDS_PARTS; i++) {
		m->n[i] = chance(WORDS_EACH);
		for (uint32_t k = 0; k < m->n[i]; k++)	/* some are common */
			m->words[i][k] = (uint16_t)(chance(3) ?
			    chance(VOCABULARY) : chance(20));
	}
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/fulltext-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->dirfd = open(p->path, O_RDONLY | O_DIRECTORY);
	p->files = files_real(p->dirfd);
	p->t = fulltext_new(p->files);
	p->m = calloc(MESSAGES, sizeof(*p->m));
	make_words(p);
	for (uint64_t i = 1; i <= MESSAGES; i++)
		make_message(p, i);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;
	char command[64];

	fulltext_free(p->t);
	free(p->files);
	(void)close(p->dirfd);
	(void)snprintf(command, sizeof(command), "rm -rf %s", p->path);
	assert_int_equal(system(command), 0);
	free(p->m);
	free(p);
	return 0;
}

/* ---- adding ------------------------------------------------------------ */

static void
add_some(struct folder *p, size_t n)
{
	static struct words_record r[64];
	static struct buf parts[64][WORDS_PARTS];
	struct err err = { 0 };

	assert_true(n <= NELEM(r));
	for (size_t i = 0; i < n; i++) {
		struct message *m = &p->m[chance(MESSAGES)];

		m->added = true;
		m->gone = false;
		r[i] = (struct words_record){ m->email, m->content, m->cut,
			{ { 0 } } };
		for (int part = 0; part < WORDS_PARTS; part++) {
			parts[i][part] = BUF_INIT(1 << 16);
			for (uint32_t k = 0; k < m->n[part]; k++)
				words_put(&parts[i][part], str_c(
				    p->word[m->words[part][k]]));
			r[i].parts[part] = buf_get(&parts[i][part]);
		}
	}
	assert_int_equal(fulltext_add(p->t, ACCOUNT, VERSION, r, n, &err), 0);
	for (size_t i = 0; i < n; i++)
		for (int part = 0; part < WORDS_PARTS; part++)
			buf_free(&parts[i][part]);
}

/* ---- what is so ---------------------------------------------------------- */

static bool
word_holds(struct str word, const struct word_condition *c)
{
	if (c->where == (WORD_AT_START | WORD_AT_END))
		return str_eq(word, c->octets);
	if (c->where == WORD_AT_START)
		return str_starts(word, c->octets);
	if (c->where == WORD_AT_END)
		return word.n >= c->octets.n && str_eq(str_from(word,
		    word.n - c->octets.n), c->octets);
	return str_find(word, c->octets) < word.n;
}

static bool
has_all(const struct folder *p, const struct message *m, unsigned parts,
    const struct word_condition *c, size_t n)
{
	for (int part = 0; part < WORDS_PARTS; part++) {
		size_t held = 0;

		for (size_t i = 0; i < n; i++) {
			bool is = false;

			for (uint32_t k = 0; k < m->n[part]; k++)
				is |= word_holds(str_c(p->word[
				    m->words[part][k]]), &c[i]);
			held += is;
		}
		if (parts & 1u << part && held == n)
			return true;
	}
	return false;
}

static enum fulltext_has
expected(const struct folder *p, const struct message *m, unsigned parts,
    const struct word_condition *c, size_t n)
{
	if (!m->added || m->gone)
		return INDEX_KNOWS_NOT;
	if (has_all(p, m, parts, c, n))
		return INDEX_HAS;
	return m->cut ? INDEX_CUT : INDEX_HAS_NOT;
}

/* 1: all as it is; 0: it knows nothing, or says that it is damaged. */
static int
look_once(struct folder *p, size_t *known)
{
	struct word_condition c[3];
	size_t which = 99, n = 1 + chance(3);
	unsigned parts = 1 + chance(7);
	struct fulltext_found *x;
	struct err err = { 0 };
	int rc;

	for (size_t i = 0; i < n; i++) {
		struct str w = str_c(p->word[chance(2) ? chance(20) :
		    chance(VOCABULARY)]);
		size_t from = chance((uint32_t)w.n);

		c[i].octets = str_first(str_from(w, from), 1 + chance(9));
		c[i].where = chance(4);
	}
	rc = fulltext_look(p->t, ACCOUNT, VERSION, &x, &err);
	if (rc == 0 && x)
		rc = fulltext_find(x, parts, c, n, &which, &err);
	if (rc < 0 || !x) {
		assert_true(rc == 0 || rc == E_DAMAGED);
		fulltext_found_free(x);
		return 0;
	}
	fulltext_looked(x);
	for (int i = 0; i < MESSAGES; i++) {
		const struct message *m = &p->m[i];
		enum fulltext_has has = fulltext_has(x, which, m->email,
		    m->content);

		assert_int_equal(fulltext_has(x, which, m->email,
		    m->content + 1), INDEX_KNOWS_NOT);
		*known += has != INDEX_KNOWS_NOT;
		if (*known == SIZE_MAX || has != INDEX_KNOWS_NOT)
			assert_int_equal(has, expected(p, m, parts, c, n));
	}
	fulltext_found_free(x);
	return 1;
}

static size_t
number_known(const struct folder *p)
{
	size_t n = 0;

	for (int i = 0; i < MESSAGES; i++)
		n += p->m[i].added && !p->m[i].gone;
	return n;
}

static void
look(struct folder *p)
{
	size_t known = 0;

	assert_int_equal(look_once(p, &known), number_known(p) > 0);
	assert_int_equal(known, number_known(p));
	assert_int_equal(fulltext_size(p->t, ACCOUNT).messages, known);
}

static bool
is_gone(void *arg, const struct indexed *x)
{
	const struct folder *p = arg;

	return p->m[x->email - 1].gone;
}

static void
sweep_some(struct folder *p)
{
	struct err err = { 0 };
	size_t n, gone = 0;

	for (uint32_t i = chance(MESSAGES / 4); i > 0; i--) {
		struct message *m = &p->m[chance(MESSAGES)];

		gone += m->added && !m->gone;
		m->gone = m->added;
	}
	assert_int_equal(fulltext_sweep(p->t, ACCOUNT, is_gone, p, &n, &err),
	    0);
	assert_int_equal(n, gone);
	for (int i = 0; i < MESSAGES; i++)
		if (p->m[i].gone)
			p->m[i].added = p->m[i].gone = false;
}

static void
test_random(void **state)
{
	struct folder *p = *state;

	look(p);
	for (int i = 0; i < ROUNDS; i++) {
		add_some(p, 1 + chance(64));
		look(p);
		if (chance(10) == 0)
			sweep_some(p);
		look(p);
	}
	assert_true(number_known(p) > MESSAGES / 8);
	fulltext_drop(p->t, ACCOUNT);
	for (int i = 0; i < MESSAGES; i++)
		p->m[i].added = false;
	look(p);
}

/* Another version forgets what there is, and says nothing of it. */
static void
test_version(void **state)
{
	struct folder *p = *state;
	struct fulltext_found *x;
	struct words_record r = { 5, 5, false, { { 0 } } };
	struct err err = { 0 };

	add_some(p, 64);
	assert_int_equal(fulltext_look(p->t, ACCOUNT, VERSION + 1, &x, &err),
	    0);
	assert_null(x);
	assert_int_equal(fulltext_add(p->t, ACCOUNT, VERSION + 1, &r, 1,
	    &err), 0);
	assert_int_equal(fulltext_size(p->t, ACCOUNT).messages, 1);
	assert_int_equal(fulltext_look(p->t, ACCOUNT, VERSION, &x, &err), 0);
	assert_null(x);
	fulltext_drop(p->t, ACCOUNT);
	assert_int_equal(fulltext_size(p->t, ACCOUNT).octets, 0);
	r.parts[WORDS_BODY] = STR("\x02" "a\n");	/* no word */
	assert_int_equal(fulltext_add(p->t, ACCOUNT, VERSION, &r, 1, &err),
	    E_INVALID);
	assert_int_equal(fulltext_size(p->t, ACCOUNT).messages, 0);
}

/* What was found is found again without a look, until something changes. */
static void
test_kept(void **state)
{
	struct folder *p = *state;
	struct word_condition c = { STR("ba"), 0 };
	struct fulltext_found *x, *again;
	struct err err = { 0 };
	size_t which;

	add_some(p, 64);
	assert_null(fulltext_recall(p->t, ACCOUNT, VERSION, STR("ba")));
	assert_int_equal(fulltext_look(p->t, ACCOUNT, VERSION, &x, &err), 0);
	assert_int_equal(fulltext_find(x, WORDS_OF_BODY, &c, 1, &which, &err),
	    0);
	fulltext_looked(x);
	fulltext_keep(x, STR("ba"));
	again = fulltext_recall(p->t, ACCOUNT, VERSION, STR("ba"));
	assert_ptr_equal(again, x);
	fulltext_found_free(again);
	assert_null(fulltext_recall(p->t, ACCOUNT, VERSION, STR("b")));
	assert_null(fulltext_recall(p->t, ACCOUNT, VERSION + 1, STR("ba")));
	assert_null(fulltext_recall(p->t, ACCOUNT + 1, VERSION, STR("ba")));
	add_some(p, 1);
	assert_null(fulltext_recall(p->t, ACCOUNT, VERSION, STR("ba")));
	(void)fulltext_has(x, which, 1, 1);	/* still his who has it */
	fulltext_found_free(x);
}

static void
change_file(struct folder *p, uint64_t size)
{
	char octet;
	uint64_t at = chance((uint32_t)size);
	int fd = openat(p->dirfd, "index/0000000000000003", O_RDWR);

	assert_true(fd >= 0);
	if (chance(4) == 0) {
		assert_int_equal(ftruncate(fd, (off_t)at), 0);
	} else {
		assert_int_equal(pread(fd, &octet, 1, (off_t)at), 1);
		octet = (char)(octet ^ (1 << chance(8)));
		assert_int_equal(pwrite(fd, &octet, 1, (off_t)at), 1);
	}
	(void)close(fd);
}

/* Nothing that is said is wrong; and it goes on from there. */
static void
test_damage(void **state)
{
	struct folder *p = *state;
	size_t said = 0, silent = 0;

	for (int i = 0; i < ROUNDS; i++) {
		size_t known = 0;
		struct err err = { 0 };
		struct words_record none = { 1, 1, false, { { 0 } } };

		fulltext_drop(p->t, ACCOUNT);
		for (int k = 0; k < MESSAGES; k++)
			p->m[k].added = p->m[k].gone = false;
		for (uint32_t k = 1 + chance(6); k > 0; k--)
			add_some(p, 64);
		change_file(p, fulltext_size(p->t, ACCOUNT).octets);
		if (look_once(p, &known))
			said++;
		else
			silent++;
		for (int k = 0; k < LOOKS; k++) {
			known = 0;
			(void)look_once(p, &known);
		}
		assert_in_range(known, 0, number_known(p));
		(void)fulltext_add(p->t, ACCOUNT, VERSION, &none, 1, &err);
		(void)look_once(p, &known);
	}
	assert_true(said > 5 && silent > 5);
}

static bool
not_four(void *arg unused_arg, uint64_t account)
{
	return account != 4;
}

static void
test_others(void **state)
{
	struct folder *p = *state;
	struct words_record r = { 5, 5, false, { { 0 } } };
	struct err err = { 0 };

	for (uint64_t account = 3; account < 6; account++)
		assert_int_equal(fulltext_add(p->t, account, VERSION, &r, 1,
		    &err), 0);
	fulltext_drop_others(p->t, not_four, NULL);
	for (uint64_t account = 3; account < 6; account++)
		assert_int_equal(fulltext_size(p->t, account).messages,
		    account == 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_version, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_kept, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_damage, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_others, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
