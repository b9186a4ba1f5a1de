/*
 * conf.h - postern.conf: from text to the configuration as a value.
 */
#pragma once
#include "base/err.h"
#include "rt/config.h"

/* A configuration with every default: all standard ports on every address, one
 * mx and one front per core (8 at most), data in ./postern-data. hostname is
 * empty. strs live in the arena. */
void conf_defaults(struct arena *a, struct config *c);

/* Read a file. Names in it are relative to its folder. What is wrong is said
 * with file, line and what was expected. */
int conf_read(const char *path, struct arena *a, struct config *c,
    struct err *err);

/* Where the data of a file's server lies, whatever else is wrong with it: it
 * may name what is not for us to read. E_NOTFOUND: the file is not there, or
 * not for us. */
int conf_read_data(const char *path, struct arena *a, struct str *data,
    struct err *err);

/* Replace the listening sockets. */
struct conf_listen {
	enum listen_kind kind;
	const char *address;
	uint32_t port;
	enum listen_tls tls;
};
void conf_listen(struct arena *a, struct config *c,
    const struct conf_listen *l, size_t n);

/* An absolute path; relative ones are below `folder`. */
struct str conf_path(struct arena *a, struct str folder, const char *path);
/* The present folder; "." if it has no name. */
struct str conf_here(struct arena *a);

/* "50M", "2G": octets. And in the largest unit that holds them whole. */
must_check bool conf_size_read(struct str s, uint64_t *octets);
void conf_size_put(struct buf *b, uint64_t octets);
