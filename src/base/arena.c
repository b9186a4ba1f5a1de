#include "base/arena.h"

#include <stdarg.h>

#include "base/err.h"

enum { BLOCK = 4096, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct block *head;
	size_t used, cap;
};

struct arena *
arena_new(size_t cap_octets)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		bug("out of memory");
	a->cap = cap_octets;
	return a;
}

static struct block *
block_new(struct arena *a, size_t n)
{
	size_t size = !HAVE_ASAN && n < BLOCK - sizeof(struct block)
	    ? BLOCK - sizeof(struct block)
	    : n;
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		bug("out of memory: %zu octets", size);
	b->size = size;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->head;
	size_t want;
	void *p;

	if (n > a->cap - a->used)
		bug("arena over its cap of %zu octets", a->cap);
	want = HAVE_ASAN ? n : (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (HAVE_ASAN || !b || want > b->size - b->used)
		b = block_new(a, want);
	p = b->data + b->used;
	b->used += want;
	a->used += n;
	return n ? memset(p, 0, n) : p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		bug("array of %zu times %zu octets", n, size);
	return arena_alloc(a, total);
}

static void
free_blocks(struct arena *a, bool keep_one)
{
	struct block *next, *kept = NULL;

	for (struct block *b = a->head; b; b = next) {
		next = b->next;
		if (!HAVE_ASAN && keep_one && !kept &&
		    b->size == BLOCK - sizeof(*b))
			kept = b;
		else
			free(b);
	}
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
	}
	a->head = kept;
	a->used = 0;
}

void
arena_reset(struct arena *a)
{
	free_blocks(a, true);
}

void
arena_trim(struct arena *a)
{
	free_blocks(a, false);
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a, false);
	free(a);
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

struct str
str_dup(struct arena *a, struct str s)
{
	return str_make(str_dupz(a, s), s.n);
}

char *
str_dupz(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct str
str_lower(struct arena *a, struct str s)
{
	char *p = str_dupz(a, s);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(p[i]);
	return str_make(p, s.n);
}

struct str
str_printable(struct arena *a, struct str s, size_t most)
{
	size_t n = s.n < most ? s.n : most;
	char *p = arena_alloc(a, n);

	for (size_t i = 0; i < n; i++)
		p[i] = ascii_is_printable(s.p[i]) ? s.p[i] : '?';
	return str_make(p, n);
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	p = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_make(p, (size_t)n);
}
