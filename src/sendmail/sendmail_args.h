/*
 * sendmail_args.h - the options that programs give to sendmail. Pure.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

enum sendmail_mode { SENDMAIL_DELIVER, SENDMAIL_SMTP, SENDMAIL_LIST,
	SENDMAIL_RETRY, SENDMAIL_NOTHING };

struct sendmail_args {
	enum sendmail_mode mode;
	bool to_header;		/* -t */
	bool ignore_dot;	/* -i, -oi */
	bool verbose;		/* -v */
	const char *from;	/* -f, -r; NULL: the user here */
	const char *name;	/* -F */
	const char *config;	/* -C */
	uint32_t notify;	/* -N: NOTIFY_* */
	uint32_t ret;		/* -R: RET_* */
	const char *envid;	/* -V, in plain */
	int first;		/* of the recipients in argv */
};

/* argv[0] is the name it is called by: sendmail, mailq, newaliases. 0, or
 * E_INVALID. */
int sendmail_args_read(int argc, char **argv, struct sendmail_args *a,
    struct err *err);
