/*
 * options.h - the options commands share.
 */
#pragma once
#include <limits.h>

#include "base/err.h"
#include "base/str.h"

struct options {
	const char *data;	/* --data DIR */
	const char *config;	/* --config FILE */
	bool json;		/* --json */
	bool once;		/* --once */
	bool yes;		/* --yes */
	bool password_stdin;	/* --password-stdin */
	bool hash_stdin;	/* --hash-stdin */
	const char *day;	/* --day */
	const char *from;	/* --from HOST */
	uint32_t port_offset;	/* --port-offset, default 1000 */
	const char *sender;	/* --sender */
	const char *rcpt;	/* --rcpt */
	const char *domain;	/* --domain */
	const char *older;	/* --older */
	const char *within;	/* --within */
	bool held;		/* --held */
	bool all;		/* --all */
	bool unsigned_;		/* --unsigned */
	const char *algorithm;	/* --algorithm */
	bool revoke;		/* --revoke */
	bool relayed;		/* --relay */
	bool no_mail;		/* --no-mail */
	bool repair;		/* --repair */
	bool dry_run;		/* --dry-run */
	bool forget;		/* --forget */
	bool force;		/* --force */
	bool make_password;	/* --make-password */
	bool deliver_outside;	/* --deliver-outside */
	bool junk;		/* --junk */
	bool hold;		/* --hold */
	uint32_t days;		/* --days, default 7 */
	const char *services;	/* --for */
	const char *expires;	/* --expires */
	const char *certificate; /* --certificate */
	bool cram_md5;		/* --cram-md5 */
	uint32_t keep;		/* --keep, default 7 */
	uint32_t level;		/* --compress; 0: not */
	bool without_key;	/* --without-key */
	const char *at;		/* --at */
	const char *into;	/* --into */
	const char *folder;	/* --folder */
	const char *account;	/* --account */
	const char *scratch;	/* --scratch */
	const char *peer;	/* --peer */
	const char *helo;	/* --helo */
	const char *to;		/* --to */
	const char *imap;	/* --imap */
	const char *user;	/* --user */
	const char *password_file; /* --password-file */
	const char *trust;	/* --trust */
	bool starttls;		/* --starttls */
	bool plain;		/* --plain */
	bool mbox;		/* --mbox */
	bool apart;		/* --apart */
	const char *reason;	/* --reason */
	const char *door;	/* --at-door */
	const char *destination; /* --destination */
	const char *recipient;	/* --recipient */
	const char *without;	/* --without */
	const char *priority;	/* --priority */
	const char *give_up;	/* --give-up */
	bool drop_queue;	/* --drop-queue */
	const char *limit[6];	/* --messages-per-hour ...: enum send_limit */
	const char *tls;	/* --tls */
	bool make_data;		/* of a command: it may make the folder */
	int code;		/* to return, if options_read() was < 0 */
};

/* Read the options of argv[1...]. takes: the names of those that this command
 * has, spaces between. Returns the index of the first argument; or -1 after
 * usage was shown (--help, code 0) or an option was wrong (code 2). */
int options_read(struct options *o, int argc, char **argv, const char *usage,
    const char *takes);

/* What most commands take; and those that name messages of the queue. */
#define SERVER_OPTIONS "data config json"
#define QUEUE_OPTIONS " sender rcpt domain older held"

/* The end of what --help says. */
#define WHICH_SERVER                                                        \
	"  --data DIR | --config FILE   which server; by default that of\n"   \
	"                               ./postern.conf, ./postern-data or\n"  \
	"                               /etc/postern/postern.conf\n"

/* The first argument of a command that does several things; the last row has no
 * name. */
struct verb {
	const char *name;
	int least, most;	/* arguments behind it; INT_MAX: any number */
	int (*fn)(void *ctx, struct err *err);
};
/* The row of argv[n] with so many arguments, or NULL. */
const struct verb *options_verb(const struct verb *verbs, int argc,
    char **argv, int n);

/* Called wrongly, with argv[n] as the first word: one line on stderr with the
 * form of usage that was meant. Returns 2. */
int options_wrong(int argc, char **argv, int n, const char *usage);
/* Is --json among argv[1...]? options_read() looks of itself. */
void options_note_json(int argc, char **argv);
/* One line on stderr: "postern queue: ...", or with --json an object. */
void options_complain(const char *command, const char *text);
