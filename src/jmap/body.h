/*
 * body.h - the parts of a message as JMAP says them.         RFC 8621 4.1.4
 */
#pragma once
#include "base/vec.h"
#include "mime/facts.h"

struct body_part {
	struct facts_part is;
	struct body_part *parent, *child, *last, *next;
	uint32_t number;	/* among all parts of the message, from 1 on;
				 * its partId */
	bool multipart;
	struct str type;	/* "text/plain", in small letters */
	struct str name, charset, cid;	/* p NULL: none */
};

struct body_list VEC(struct body_part *);
struct body {
	struct body_part *root;
	struct body_list text, html, attachments;
};

/* Everything lives in the arena but the lists, which body_free() frees. */
void body_parse(struct body *body, const struct facts *f, struct arena *a);
void body_free(struct body *body);
/* The part of this number, also one in a message in the message; its `is` and
 * what follows from it. False: there is none. */
bool body_find(struct body_part *p, const struct facts *f, struct arena *a,
    uint32_t number);
