/*
 * import_int.h - what the files of import share.
 */
#pragma once
#include <openssl/evp.h>

#include "carry/import.h"
#include "carry/intake.h"
#include "carry/maildir_name.h"
#include "carry/mbox.h"
#include "carry/uidlist.h"

enum { IMPORT_BATCH = 64 };

/* A message of a Maildir, before store has said whether it is new. */
struct import_file {
	int fd;
	struct incoming m;
};

struct import {
	struct carrier *c;
	struct intake *in;
	struct arena *mem, *item_mem;
	int *fd;		/* of the item at work; -1: somebody has it */
	struct str folder, here; /* the Maildir's: in the source, and here */
	struct maildir_keywords keywords;
	struct uidlist *uids;	/* of what becomes INBOX; NULL */
	struct buf uids_text;
	struct buf roots;	/* certificates to trust */
	struct arena *batch_mem;
	size_t n;
	struct import_file file[IMPORT_BATCH];
};

/* An out of octets_at, whose arg is an int: the descriptor. */
ssize_t import_read(void *arg, uint64_t at, void *p, size_t n,
    struct err *err);
int import_whole(int fd, struct text_out out, struct err *err);
/* A put of text_out, whose arg is a text_crlf. */
void import_crlf(void *arg, struct str octets);
struct str import_label(const struct carrier_next_answer *item,
    struct arena *a);

int import_maildir_add(struct import *im,
    const struct carrier_next_answer *item, int fd, struct err *err);
int import_maildir_flush(struct import *im, struct err *err);
/* All of a person's mail at another server; fd is its own from now on. */
int import_server(struct import *im, const struct carrier_next_answer *item,
    int fd, struct err *err);
/* See import_prepare(). */
struct tls_lib *import_tls_lib(void);
/* All of it, into im->here. */
int import_mbox(struct import *im, const struct carrier_next_answer *item,
    int fd, struct err *err);

/* The Maildir's list of UIDs is needed no more. */
void import_forget_uids(struct import *im);
/* The source of a message by its octets. */
struct import_hash {
	EVP_MD_CTX *ctx;
};
void import_hash_begin(struct import_hash *h, struct str folder,
    struct str more);
void import_hash_put(void *hash, struct str octets);
void import_hash_end(struct import_hash *h,
    unsigned char source[SOURCE_LEN]);
