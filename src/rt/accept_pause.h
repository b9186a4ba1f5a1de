/*
 * accept_pause.h - a socket that has nobody taken from it while we lack what a
 * connection needs: it would else wake us for ever.
 */
#pragma once
#include "rt/loop.h"

/* Zeroed at first. */
struct accept_pause {
	struct timer over;
	struct loop *loop;
	struct watch *watch;	/* NULL: it is not looked away from */
};

/* accept() has just failed, errno says why. If it is for want of descriptors or
 * memory that is logged, and w rests for a moment. */
void accept_failed(struct accept_pause *p, struct loop *l, struct watch *w);
bool accept_paused(const struct accept_pause *p);
/* Before w goes, or is not to be looked at for another reason. */
void accept_pause_end(struct accept_pause *p, struct loop *l);
