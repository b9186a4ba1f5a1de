/*
 * data_folder.h - the data folder from outside: whose is it, is it one, and
 * who listens in it.
 *
 * Whoever can change a folder on the way to it could put another one there,
 * with a socket of his own, and be told the next password. So all of them have
 * to be root's or our own, with nobody else who may write into them (but where
 * the sticky bit keeps what others have made). Links on the way are followed
 * if they are root's or our own.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

enum data_folder_use {
	DATA_FOLDER_FIND,	/* one that is there */
	DATA_FOLDER_MAKE,	/* or in a folder that is missing or empty */
};

struct data_folder {
	int fd;
	bool made;		/* the folder: by this call */
};

/* path is absolute. The caller closes fd. E_NOTFOUND: there is none;
 * E_DENIED: somebody else could change it; E_INVALID: it is something else,
 * or half of one. What was there before keeps its owner and its mode. */
int data_folder_open(const char *path, enum data_folder_use use,
    struct data_folder *out, struct err *err);

/* Connect to a socket in it that root or we ourselves listen on. A descriptor,
 * which blocks; E_NOTFOUND: nobody listens; E_DENIED: somebody else does. */
int data_folder_connect(int folder, const char *name, struct err *err);
