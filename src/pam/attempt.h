/*
 * attempt.h - one password is shown to PAM: libpam, in a process of its own
 * that ends with it. Modules block, sleep, start programs and crash, and all of
 * it is between this process and its end.
 */
#pragma once
#include "pam/messages.h"

struct pam_attempt {
	const char *folder, *service;
	const char *user, *password, *peer;
	uint32_t seconds;	/* of processor time */
};
/* What an attempt leaves in the pipe, whole. */
struct pam_outcome {
	uint32_t proof;		/* enum pam_proof */
	char why[300];		/* ends with a NUL */
};
_Static_assert(sizeof(struct pam_outcome) <= 512, "a pipe takes it at once");

/* In the child: the outcome goes to fd; does not come back. */
no_return void pam_attempt_run(const struct pam_attempt *a, int fd);
