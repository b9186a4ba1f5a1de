/*
 * admin.h - the command line: a table of commands, one file each.
 */
#pragma once
#include "admin/options.h"
#include "base/arena.h"

struct admin {
	struct arena *memory;	/* of the whole command */
};

struct command {
	const char *name;
	const char *help;	/* one line */
	/* argv[0] is the command's name. Returns the exit code: 0, 1 after
	 * one clear line on stderr, 2 when it was called wrongly. */
	int (*run)(struct admin *a, int argc, char **argv);
};

/* main() of postern. */
int admin_main(int argc, char **argv);

/* One line on stderr: "postern account: ..."; with --json an object with
 * "error". Returns 1. */
int admin_fail(const char *command, const char *fmt, ...) printf_like(2, 3);

int cmd_account(struct admin *a, int argc, char **argv);
int cmd_alias(struct admin *a, int argc, char **argv);
int cmd_backup(struct admin *a, int argc, char **argv);
int cmd_restore(struct admin *a, int argc, char **argv);
/* Both "allow" and "block". */
int cmd_ban(struct admin *a, int argc, char **argv);
int cmd_rule(struct admin *a, int argc, char **argv);
int cmd_check_config(struct admin *a, int argc, char **argv);
int cmd_demo(struct admin *a, int argc, char **argv);
int cmd_domain(struct admin *a, int argc, char **argv);
int cmd_export(struct admin *a, int argc, char **argv);
int cmd_held(struct admin *a, int argc, char **argv);
int cmd_import(struct admin *a, int argc, char **argv);
int cmd_journal(struct admin *a, int argc, char **argv);
int cmd_ldap(struct admin *a, int argc, char **argv);
int cmd_pam(struct admin *a, int argc, char **argv);
int cmd_learn(struct admin *a, int argc, char **argv);
int cmd_lists(struct admin *a, int argc, char **argv);
int cmd_reports(struct admin *a, int argc, char **argv);
int cmd_sources(struct admin *a, int argc, char **argv);
int cmd_mx(struct admin *a, int argc, char **argv);
int cmd_probe(struct admin *a, int argc, char **argv);
int cmd_reload(struct admin *a, int argc, char **argv);
int cmd_status(struct admin *a, int argc, char **argv);
int cmd_stop(struct admin *a, int argc, char **argv);
int cmd_queue(struct admin *a, int argc, char **argv);
int cmd_run(struct admin *a, int argc, char **argv);
/* Both "send" and "sendmail": runs another executable. */
int cmd_sendmail(struct admin *a, int argc, char **argv);
int cmd_trace(struct admin *a, int argc, char **argv);
int cmd_check(struct admin *a, int argc, char **argv);
int cmd_explain(struct admin *a, int argc, char **argv);
int cmd_verify(struct admin *a, int argc, char **argv);
int cmd_version(struct admin *a, int argc, char **argv);
/* Is this a name that programs call sendmail by? */
bool is_sendmail_name(const char *path);
