#include "store/engine/column_keywords.h"

#include "base/crc32c.h"

/* The owner of the mailbox chooses the words: they are found by hash, and sets
 * of the same hash are in a chain. */
static uint64_t
hash_of(struct str words)
{
	uint64_t low = crc32c(0, words.p, words.n);

	return low | (uint64_t)crc32c(~0u, words.p, words.n) << 32;
}

static uint64_t
hash_of_word(struct str word)
{
	uint32_t low = 0, high = ~0u;
	size_t i;

	for (i = 0; i < word.n; i++) {
		char c = ascii_lower(word.p[i]);

		low = crc32c(low, &c, 1);
		high = crc32c(high, &c, 1);
	}
	return low | (uint64_t)high << 32;
}

static struct str
copy_of(struct str s)
{
	char *copy = malloc(s.n + 1);

	bug_if(!copy);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return str_make(copy, s.n);
}

/* Words of one hash count as one: then a list lacks one of them. */
static void
use_keyword(struct column *c, struct str word)
{
	uint64_t hash = hash_of_word(word);
	uint32_t i = (uint32_t)map_get_number(&c->by_word, hash, 0, 0);

	if (i) {
		c->keywords.p[i].sets++;
		return;
	}
	if (c->keywords.n == 0)
		vec_push(&c->keywords, (struct keyword){ 0 });
	i = c->unused_keyword;
	if (i) {
		c->unused_keyword = c->keywords.p[i].next;
	} else {
		i = (uint32_t)c->keywords.n;
		(void)vec_add(&c->keywords);
	}
	c->keywords.p[i] = (struct keyword){ copy_of(word), 1, 0 };
	map_put_number(&c->by_word, hash, 0, 0, i);
}

static void
unuse_keyword(struct column *c, struct str word)
{
	uint64_t hash = hash_of_word(word);
	uint32_t i = (uint32_t)map_get_number(&c->by_word, hash, 0, 0);

	if (i == 0 || --c->keywords.p[i].sets > 0)
		return;
	map_del(&c->by_word, hash, 0, 0);
	free((char *)(uintptr_t)c->keywords.p[i].word.p);
	c->keywords.p[i] = (struct keyword){ STR_NULL, 0, c->unused_keyword };
	c->unused_keyword = i;
}

static void
each_keyword(struct column *c, struct str words,
    void (*one)(struct column *c, struct str word))
{
	struct str word;
	bool more;

	do {
		more = str_cut(words, ' ', &word, &words);
		if (word.n)
			one(c, word);
	} while (more);
}

static uint32_t
first_set(const struct column *c, uint64_t hash)
{
	return (uint32_t)map_get_number(&c->by_words, hash, 0, 0);
}

static uint32_t
new_set(struct column *c, struct str words, uint64_t hash)
{
	uint32_t i = c->unused_set;

	if (i) {
		c->unused_set = c->sets.p[i].next;
	} else {
		i = (uint32_t)c->sets.n;
		(void)vec_add(&c->sets);
	}
	c->sets.p[i] = (struct keyword_set){ copy_of(words), 0,
		first_set(c, hash) };
	each_keyword(c, words, use_keyword);
	map_put_number(&c->by_words, hash, 0, 0, i);
	return i;
}

uint32_t
column_use_set(struct column *c, struct str words)
{
	uint64_t hash;
	uint32_t i;

	if (words.n == 0)
		return 0;
	hash = hash_of(words);
	for (i = first_set(c, hash); i; i = c->sets.p[i].next)
		if (str_eq(c->sets.p[i].words, words))
			break;
	if (i == 0)
		i = new_set(c, words, hash);
	c->sets.p[i].users++;
	return i;
}

void
column_unuse_set(struct column *c, uint32_t i)
{
	struct keyword_set *s = &c->sets.p[i];
	uint64_t hash;
	uint32_t at;

	if (i == 0 || --s->users > 0)
		return;
	hash = hash_of(s->words);
	at = first_set(c, hash);
	if (at == i && s->next)
		map_put_number(&c->by_words, hash, 0, 0, s->next);
	else if (at == i)
		map_del(&c->by_words, hash, 0, 0);
	for (; at != i && c->sets.p[at].next != i; at = c->sets.p[at].next)
		;
	if (at != i)
		c->sets.p[at].next = s->next;
	each_keyword(c, s->words, unuse_keyword);
	free((char *)(uintptr_t)s->words.p);
	*s = (struct keyword_set){ STR_NULL, 0, c->unused_set };
	c->unused_set = i;
}
