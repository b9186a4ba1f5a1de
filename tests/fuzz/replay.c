/*
 * replay.c - main() of a fuzz target where there is no libFuzzer.
 *
 *   target [FILE | FOLDER]...
 *
 * Feeds each file once, each of its prefixes for small ones, and a few
 * thousand mutations by a fixed seed: the same inputs at every run.
 */
#include <dirent.h>
#include <stdint.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 20, PREFIXES = 512, MUTATIONS = 300 };

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A copy of exactly n octets, so that a sanitizer sees one octet too far. */
static void
feed(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	bug_if(!copy);
	memcpy(copy, data, n);
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void
feed_mutations(uint8_t *data, size_t n)
{
	uint64_t seed = 0x9e3779b97f4a7c15u ^ n;

	for (int i = 0; n > 0 && n <= 4096 && i < MUTATIONS; i++) {
		size_t at = next(&seed) % n;
		uint8_t saved = data[at];

		data[at] = (uint8_t)next(&seed);
		feed(data, n);
		data[at] = saved;
	}
}

static int
feed_file(const char *path)
{
	static uint8_t data[FILE_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return 0;
	n = fread(data, 1, sizeof(data), f);
	(void)fclose(f);
	feed(data, n);
	for (size_t k = 0; k < n && n <= PREFIXES; k++)
		feed(data, k);
	feed_mutations(data, n);
	return 1;
}

static int
feed_path(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!dir)
		return feed_file(path);
	while ((e = readdir(dir))) {
		char full[1024];

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(full, sizeof(full), "%s/%s", path, e->d_name);
		n += feed_path(full);
	}
	(void)closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	int n = 0;

	feed((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		n += feed_path(argv[i]);
	printf("%d inputs replayed\n", n);
	return 0;
}
