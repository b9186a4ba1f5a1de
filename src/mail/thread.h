/*
 * thread.h - messages as the conversations they belong to.     RFC 5256 3
 */
#pragma once
#include "mail/search.h"
#include "mime/collation.h"

enum thread_how {
	THREAD_BY_SUBJECT,	/* ORDEREDSUBJECT: same base subject */
	THREAD_BY_REFERENCES,	/* REFERENCES: whose reply it is */
	THREAD_BY_REFS,		/* REFS: that alone, whatever the subject */
};

/* A message, or a dummy: parent of messages whose own parent is not there. */
struct thread_node {
	uint32_t seq, uid;	/* 0: a dummy */
	uint32_t parent, child, next; /* node numbers; 0: none. The parent of
				 * the first ones of threads is node 0 */
	uint32_t last, kids;	/* the last child; how many there are */
};

/* Messages and message ids that a tree can hold. */
enum { THREAD_NODES_MAX = 1 << 20, THREAD_TEXTS_MAX = 64 << 20 };

struct thread_tree {
	struct VEC(struct thread_node) nodes;	/* the first is the root */
};

/* Siblings are in the order of their dates; a thread that begins with a dummy
 * has the date of its first child. With REFS threads are in the order in which
 * their newest messages were received. Suspends, and lets others have a turn.
 * by: how subjects are compared. The caller frees the tree in any case. 0 or
 * E_*; E_LIMIT: it is too much. */
int thread_messages(struct mailbox_view *v, const struct search_result *found,
    enum thread_how how, enum collation by, struct thread_tree *out,
    struct err *err);
void thread_tree_free(struct thread_tree *t);
