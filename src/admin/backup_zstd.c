#include "admin/backup_zstd.h"

#include <stdlib.h>
#include <zstd.h>

enum { PIECE = 1 << 18,
	/* The window of BACKUP_LEVEL_MAX has 8 MB. */
	WINDOW_LOG_MAX = 23 };

struct backup_zstd {
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;	/* one of the two */
	backup_zstd_out *out;
	void *arg;
	size_t left;		/* 0: what was put is whole */
	char room[PIECE];
};

struct backup_zstd *
backup_zstd_new(int level, backup_zstd_out *out, void *arg)
{
	struct backup_zstd *z = calloc(1, sizeof(*z));

	bug_if(!z);
	z->out = out;
	z->arg = arg;
	z->left = 1;
	if (level > 0) {
		z->pack = ZSTD_createCCtx();
		bug_if(!z->pack || ZSTD_isError(ZSTD_CCtx_setParameter(z->pack,
		    ZSTD_c_compressionLevel, level)) ||
		    ZSTD_isError(ZSTD_CCtx_setParameter(z->pack,
			ZSTD_c_checksumFlag, 1)));
	} else {
		z->unpack = ZSTD_createDCtx();
		bug_if(!z->unpack || ZSTD_isError(ZSTD_DCtx_setParameter(
		    z->unpack, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)));
	}
	return z;
}

void
backup_zstd_free(struct backup_zstd *z)
{
	if (!z)
		return;
	(void)ZSTD_freeCCtx(z->pack);
	(void)ZSTD_freeDCtx(z->unpack);
	free(z);
}

/* A step: as much of *in as there is room for. *made: octets that came out. */
static int
step(struct backup_zstd *z, ZSTD_inBuffer *in, ZSTD_EndDirective how,
    size_t *made, struct err *err)
{
	ZSTD_outBuffer out = { z->room, sizeof(z->room), 0 };
	size_t rc = z->pack ? ZSTD_compressStream2(z->pack, &out, in, how) :
	    ZSTD_decompressStream(z->unpack, &out, in);

	if (ZSTD_isError(rc))
		return err_set(err, E_DAMAGED, "zstd: %s",
		    ZSTD_getErrorName(rc));
	z->left = rc;
	*made = out.pos;
	return out.pos == 0 ? 0 : z->out(z->arg, str_make(z->room, out.pos),
	    err);
}

int
backup_zstd_put(struct backup_zstd *z, struct str octets, struct err *err)
{
	ZSTD_inBuffer in = { octets.p, octets.n, 0 };
	size_t made;
	int rc = 0;

	while (rc == 0 && in.pos < in.size) {
		if (z->unpack && z->left == 0)
			return err_set(err, E_DAMAGED, "zstd: something "
			    "stands behind its end");
		rc = step(z, &in, ZSTD_e_continue, &made, err);
	}
	return rc;
}

/* What nothing comes out of any more and is not at its end lacks something. */
int
backup_zstd_end(struct backup_zstd *z, struct err *err)
{
	ZSTD_inBuffer in = { NULL, 0, 0 };
	size_t made = 1;
	int rc = 0;

	if (z->pack)
		z->left = 1;
	while (rc == 0 && z->left > 0 && made > 0)
		rc = step(z, &in, ZSTD_e_end, &made, err);
	return rc < 0 || z->left == 0 ? rc : err_set(err, E_DAMAGED,
	    "zstd: it ends before its end");
}
