/*
 * rig.h - a master with small roles in a process of its own, and its log.
 */
#pragma once
#include <sys/types.h>

#include "base/test.h"
#include "master/serve.h"

struct rig {
	char folder[32];
	pid_t pid;
	int log, tell;		/* pipes from it */
	struct buf text;	/* all it has logged */
	size_t mark;		/* rig_line() looks behind it */
	struct config config;
	struct buf listeners;
	char file[48];		/* postern.conf, if it has one */
	const char *libexec;
};

void rig_open(struct rig *r, const char *libexec, const char *hostname);
/* What postern.conf says from now on; before the start: that there is one. */
void rig_write_config(struct rig *r, const char *text);
void rig_start(struct rig *r);
/* A line with both words, behind the mark; waits for it. */
struct str rig_line(struct rig *r, const char *who, const char *what,
    int within_ms);
/* Is there none? Does not wait. */
bool rig_none(struct rig *r, const char *who, const char *what);
/* The number behind "key=". */
uint32_t rig_number(struct str line, const char *key);
void rig_mark(struct rig *r);
void rig_signal(struct rig *r, int signo);
/* Its exit code. */
int rig_wait(struct rig *r, int within_ms);
void rig_close(struct rig *r);
int64_t rig_now_ms(void);
