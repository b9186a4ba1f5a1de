/*
 * attached.h - what is done about the files that a message brings, by what the
 * configuration says of each kind. Pure.
 */
#pragma once
#include "base/arena.h"
#include "policy/file_look.h"
#include "policy/score.h"
#include "rt/config.h"

/* Of each enum file_class. */
struct attached_rules {
	enum attached_then then[FILE_CLASSES];
};
struct attached_rules attached_rules_of(const struct config *c);

struct attached {
	enum attached_then then;
	struct str what;	/* which file, if it is not ATTACHED_MARK */
	struct str words;	/* for the verdict: empty, or behind a space */
};
/* The hardest rule decides. Each kind that is there is a finding. Strs are in
 * the arena. */
void attached_decide(const struct attached_rules *rules,
    const struct file_finds *finds, struct arena *a, struct findings *f,
    struct attached *out);
