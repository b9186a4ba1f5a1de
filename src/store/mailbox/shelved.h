/*
 * shelved.h - facts of a page of rows from the account's shelf, and onto it.
 */
#pragma once
#include "store/engine/engine_int.h"

struct shelf_page {
	uint64_t account, mailbox;
	struct shelved *v;	/* a row each; NULL: the shelf is not asked */
	bool keeps;		/* what it has not is worth keeping */
};

/* Look for the facts of n rows, or of as many as have `enough` octets; v[i].uid
 * and .blob say which. Nothing that goes wrong with the shelf is an error of
 * who reads. */
void shelf_page_look(struct reader *r, struct shelf_page *p, size_t n,
    size_t enough);
/* Rows from..to are neighbours, and their facts, brought from elsewhere, are
 * in v. */
void shelf_page_keep(struct reader *r, const struct shelf_page *p, size_t from,
    size_t to);
