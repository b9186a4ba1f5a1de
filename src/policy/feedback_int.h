/*
 * feedback_int.h - what the files of feedback.c share: a report that is being
 * read.
 */
#pragma once
#include "policy/feedback.h"

struct feedback_reading {
	struct arena *a;
	struct arena *row;	/* for what lives as long as one */
	struct feedback_head head;
	struct buf rows;	/* FEEDBACK_ROWS_OCTETS */
};

/* What others wrote, as it may be shown: printable ASCII, no longer than most.
 * Whoever may be told a thing again and again keeps the first. */
struct str feedback_words(struct arena *a, struct str text, size_t most);
/* A row of this shape that is about n; or no room for it. */
void feedback_add(struct feedback_reading *r, const struct msg_shape *shape,
    const void *row, uint64_t n);
/* A domain: lower case; or empty, and nothing of the arena is used. */
struct str feedback_domain(struct arena *a, struct str text);

/* A text without the mark of UTF-8, which some write, and white space in front
 * of it: feedback_file.c. */
struct str feedback_begins(struct str text);

/* feedback_unpack.c: *text is in the file or in room. */
int feedback_unpack(struct str file, struct buf *room, struct str *text,
    struct err *err);
/* feedback_xml.c, feedback_json.c */
int feedback_xml(struct feedback_reading *r, struct str text, uint64_t salt,
    struct err *err);
int feedback_json(struct feedback_reading *r, struct str text,
    struct err *err);
