#include "rt/bans.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LENGTHS = 129, MAPPED = 96, TRIES = 4 };

struct ban_table {
	uint32_t n, nlengths;
	/* Rows of one length follow each other, the longest length first. */
	struct { uint32_t bits, from; } length[LENGTHS];
	struct ban row[BANS_MAX];
};
/* What is in use is table[turn & 1]. */
struct ban_tables {
	_Atomic uint64_t turn;
	struct ban_table table[2];
};

struct bans {
	struct ban_tables *t;
	bool writes;
};

const char *
ban_why_name(uint32_t why)
{
	static const char *const names[BAN_WHYS] = { "", "operator",
		"recipients", "logins", "errors" };

	return why < BAN_WHYS ? names[why] : "";
}

/* ---- networks as numbers of 128 bits ------------------------------------- */

static void
put_address(uint8_t to[16], const struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	memcpy(to, ip->v6 ? ip->octets : mapped, sizeof(mapped));
	memcpy(to + 12, ip->v6 ? ip->octets + 12 : ip->octets, 4);
}

void
ban_of(struct ban *b, const struct ip *ip, uint32_t bits)
{
	*b = (struct ban){ .bits = ip->v6 ? bits : bits + MAPPED };
	put_address(b->network, ip);
}

void
ban_network(const struct ban *b, struct ip *ip, uint32_t *bits)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	*ip = (struct ip){ .v6 = b->bits < MAPPED || memcmp(b->network, mapped,
	    sizeof(mapped)) != 0 };
	memcpy(ip->octets, ip->v6 ? b->network : b->network + 12, ip->v6 ? 16 :
	    4);
	*bits = ip->v6 ? b->bits : b->bits - MAPPED;
}

static int
compare(const void *x, const void *y)
{
	const struct ban *a = x, *b = y;

	if (a->bits != b->bits)
		return a->bits > b->bits ? -1 : 1;
	return memcmp(a->network, b->network, sizeof(a->network));
}

/* ---- the memory ---------------------------------------------------------- */

int
bans_make(struct err *err)
{
	int fd = memfd_create("postern-bans", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	/* Of a fixed size: nobody makes it too short for the others. */
	if (fd >= 0 && ftruncate(fd, sizeof(struct ban_tables)) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ==
		0)
		return fd;
	(void)err_sys(err, E_IO, "memory for bans");
	if (fd >= 0)
		(void)close(fd);
	return E_IO;
}

int
bans_read_only(int fd, struct err *err)
{
	char path[40];
	int to;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	to = open(path, O_RDONLY | O_CLOEXEC);
	return to >= 0 ? to : err_sys(err, E_IO, "open %s", path);
}

struct bans *
bans_new(int fd, bool writes)
{
	struct bans *b = calloc(1, sizeof(*b));
	void *p = mmap(NULL, sizeof(struct ban_tables), PROT_READ |
	    (writes ? PROT_WRITE : 0), fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE : MAP_SHARED, fd, 0);

	bug_if(!b || p == MAP_FAILED);
	if (fd >= 0)
		(void)close(fd);
	*b = (struct bans){ p, writes };
	return b;
}

void
bans_free(struct bans *b)
{
	if (!b)
		return;
	(void)munmap(b->t, sizeof(*b->t));
	free(b);
}

/* ---- written ------------------------------------------------------------- */

void
bans_set(struct bans *b, struct ban *rows, size_t n)
{
	uint64_t turn = atomic_load(&b->t->turn) + 1;
	struct ban_table *t = &b->t->table[turn & 1];

	bug_if(!b->writes);
	t->n = (uint32_t)(n < BANS_MAX ? n : BANS_MAX);
	t->nlengths = 0;
	if (t->n > 0)
		qsort(rows, t->n, sizeof(*rows), compare);
	for (uint32_t i = 0; i < t->n; i++) {
		bug_if(rows[i].bits >= LENGTHS);
		if (i == 0 || rows[i].bits != rows[i - 1].bits) {
			t->length[t->nlengths].bits = rows[i].bits;
			t->length[t->nlengths++].from = i;
		}
		t->row[i] = rows[i];
	}
	atomic_store(&b->t->turn, turn);
}

/* ---- looked at ----------------------------------------------------------- */

static bool
find_in(const struct ban_table *t, const uint8_t address[16],
    enum ban_door door, int64_t now_s, struct ban *out)
{
	uint32_t all = t->n < BANS_MAX ? t->n : BANS_MAX;

	for (uint32_t l = 0; l < t->nlengths && l < LENGTHS; l++) {
		uint32_t to = l + 1 < t->nlengths && l + 1 < LENGTHS ?
		    t->length[l + 1].from : all;
		struct ban key = { .bits = t->length[l].bits };
		struct ip ip = { .v6 = true };
		const struct ban *is;
		size_t from = t->length[l].from;

		if (to > all || from >= to)
			continue;
		memcpy(ip.octets, address, sizeof(ip.octets));
		ip_mask(&ip, key.bits);
		memcpy(key.network, ip.octets, sizeof(key.network));
		is = bsearch(&key, t->row + from, to - from, sizeof(key),
		    compare);
		if (is && is->doors & door && is->until > now_s) {
			*out = *is;
			return true;
		}
	}
	return false;
}

/* A change that comes in between may spoil what is read: look again. */
bool
bans_find(const struct bans *b, const char *address, enum ban_door door,
    int64_t now_s, struct ban *out)
{
	uint8_t octets[16];
	struct ip ip;
	bool is = false;

	if (!b || !ip_parse(str_c(address), &ip))
		return false;
	put_address(octets, &ip);
	for (int i = 0; i < TRIES; i++) {
		uint64_t turn = atomic_load(&b->t->turn);

		is = find_in(&b->t->table[turn & 1], octets, door, now_s, out);
		if (atomic_load(&b->t->turn) == turn)
			break;
	}
	return is;
}
