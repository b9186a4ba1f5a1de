/*
 * set.h - what all /set have in common.                        RFC 8620 5.3
 */
#pragma once
#include "jmap/jmap_int.h"

enum { STATE_MAX = 32 };

/* What became of one object. */
struct set_result {
	const char *error;	/* type of a SetError; NULL: it is done */
	char why[200];
	json_t *wrong;		/* names of properties; NULL: none are said */
	struct str id;		/* of what was created */
	struct buf out;		/* members that the client does not know */
};

struct set_ops {
	bool only_create;	/* the answer says nothing of the others */
	const char *parent;	/* a property that may name another object of
				 * the same call; NULL: none */
	int (*state)(struct call *c, char state[STATE_MAX], struct err *err);
	/* Each fills in *res; NULL: that cannot be done (forbidden). */
	void (*create)(struct call *c, json_t *object, struct set_result *res);
	void (*update)(struct call *c, struct str id, json_t *patch,
	    struct set_result *res);
	void (*destroy)(struct call *c, struct str id,
	    struct set_result *res);
};

/* Of what never changes: its state, and /changes. */
#define CONSTANT_STATE "0"
int constant_state(struct call *c, char state[STATE_MAX], struct err *err);
const char *constant_changes(struct call *c);
/* /changes of what nobody keeps the changes of: none since this state, and no
 * other one is known. */
const char *no_changes(struct call *c, const char *state);

/* The id of the one identity there is. */
#define IDENTITY "i1"

const char *set_run(struct call *c, const struct set_ops *ops);

void set_refuse(struct set_result *res, const char *type, const char *fmt, ...)
    printf_like(3, 4);
/* invalidProperties: this one. */
void set_wrong(struct set_result *res, const char *property, const char *why);
/* From E_*. */
void set_fail(struct call *c, struct set_result *res, const struct err *err);
