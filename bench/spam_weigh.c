/*
 * spam_weigh SEED GOOD SPAM OTHER...: learn from the messages of two folders,
 * in an order that SEED says, and print the score of each message in the
 * others: "OTHER/name score". Called by bench/spam.
 *
 * What store keeps of it is left out: the traits and the weights are the
 * product's own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/rd.h"
#include "base/vec.h"
#include "mail/traits.h"
#include "mime/charset.h"
#include "store/engine/weights.h"

struct example {
	char path[600];
	bool spam;
};
struct examples {
	struct VEC(struct example) of;
};

static void
add_folder(struct examples *all, const char *path, bool spam)
{
	DIR *d = opendir(path);
	struct dirent *f;

	bug_if(!d);
	while ((f = readdir(d))) {
		struct example x = { .spam = spam };
		struct str name = str_c(f->d_name);

		if (!str_endsi(name, STR(".txt")))
			continue;
		(void)snprintf(x.path, sizeof(x.path), "%s/%s", path,
		    f->d_name);
		vec_push(&all->of, x);
	}
	(void)closedir(d);
}

static struct str
traits_in(const char *path, struct arena *a)
{
	static char text[TRAITS_HEAD], crlf[2 * TRAITS_HEAD];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	size_t out = 0;

	bug_if(n < 0);
	(void)close(fd);
	for (ssize_t i = 0; i < n; i++) {
		if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
			crlf[out++] = '\r';
		crlf[out++] = text[i];
	}
	arena_reset(a);
	return traits_of(str_make(crlf, out), a);
}

static int
by_chance(const void *x, const void *y)
{
	const struct example *const *a = x, *const *b = y;
	uint32_t m = 0, n = 0;

	for (const char *p = (*a)->path; *p; p++)
		m = (m ^ (uint8_t)*p) * 16777619;
	for (const char *p = (*b)->path; *p; p++)
		n = (n ^ (uint8_t)*p) * 16777619;
	return m < n ? -1 : m > n;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(TRAITS_MEM);
	struct weights *w = calloc(1, sizeof(*w));
	struct examples all = { 0 };
	struct example **order;
	struct rd number;
	size_t seed;

	charset_prepare();
	if (argc < 4 || !w)
		return 2;
	number = rd_of(str_c(argv[1]));
	seed = rd_num32(&number);
	add_folder(&all, argv[2], false);
	add_folder(&all, argv[3], true);
	order = calloc(all.of.n + 1, sizeof(*order));
	bug_if(!order);
	for (size_t i = 0; i < all.of.n; i++)
		order[i] = &all.of.p[i];
	qsort(order, all.of.n, sizeof(*order), by_chance);
	for (size_t i = 0; i < all.of.n; i++) {
		const struct example *x = order[(i + seed) %
		    all.of.n];
		struct str t = traits_in(x->path, a);

		(void)weights_learn(w, t, x->spam, weights_score(w, t), 1);
	}
	for (int i = 4; i < argc; i++) {
		struct examples other = { 0 };

		add_folder(&other, argv[i], false);
		for (size_t k = 0; k < other.of.n; k++)
			(void)printf("%s %.3f\n", other.of.p[k].path,
			    weights_score(w, traits_in(other.of.p[k].path,
			    a)));
		vec_free(&other.of);
	}
	vec_free(&all.of);
	free(order);
	free(w);
	arena_free(a);
	return 0;
}
