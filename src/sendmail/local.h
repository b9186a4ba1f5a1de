/*
 * local.h - postern-sendmail: what any user of the machine may run.
 *
 * One executable: sendmail as programs call it, and `postern send`. It has no
 * rights of its own; what it may do store decides, by the user the kernel
 * reports.
 */
#pragma once
#include "sendmail/submit_header.h"
#include "sendmail/submit_local.h"

/* sysexits.h, which says more. */
enum local_exit { LOCAL_OK = 0, LOCAL_USAGE = 64, LOCAL_DATA = 65,
	LOCAL_NO_INPUT = 66, LOCAL_NO_USER = 67, LOCAL_UNAVAILABLE = 69,
	LOCAL_TEMPORARY = 75, LOCAL_NOT_ALLOWED = 77 };

struct local {
	struct arena *memory;
	struct loop *loop;
	const char *command;	/* for what goes to stderr */
	const char *data;	/* the server's folder */
	uint32_t compress;
	struct submit_header header;
	const char *sender;	/* reverse-path asked for; NULL: the user's */
	uint32_t notify, ret;
	struct str envid;	/* in xtext */
	struct submit_local *to;
	struct submission *submission;
	uint64_t octets;	/* of the text so far */
	uint64_t message;	/* its number, at the end */
	int fd;			/* where the text comes from */
	bool cut;		/* SMTP on it ended too early */
};

/* One line on stderr; returns code. */
int local_fail(const struct local *p, int code, const char *fmt, ...)
    printf_like(3, 4);
/* The line of err, and the exit code that fits it. */
int local_fail_err(const struct local *p, const struct err *err);

/* Run fn on a fiber until it returns an exit code. */
int local_run(struct local *p, int (*fn)(struct local *p, void *arg),
    void *arg);

/* The pieces of handing in a message, each 0 or an exit code after its line on
 * stderr: connect (the header has a domain then), the envelope, the text, and
 * the end. They suspend. */
int local_open(struct local *p);
int local_envelope(struct local *p);
int local_text(struct local *p, struct str octets);
int local_finish(struct local *p);

/* The commands. argv[0] is the name it was called by. */
int local_sendmail(struct local *p, int argc, char **argv);
int local_send(struct local *p, int argc, char **argv);
/* SMTP on stdin and stdout. */
int local_smtp(struct local *p);
