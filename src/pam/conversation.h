/*
 * conversation.h - what modules of PAM ask, and what they are told: the
 * password once, and nothing else. No I/O, and nothing of libpam but its words.
 *                                                                  pam_conv(3)
 */
#pragma once
#include <security/pam_appl.h>

#include "base/buf.h"

enum { CONVERSATION_WORDS = 200 };

struct conversation {
	const char *password;
	bool said;
	bool refused;		/* something else was asked, or it again */
	/* What modules said to the person, who does not see it: printable, one
	 * line, as much as there is room for. */
	char words[CONVERSATION_WORDS];
	size_t nwords;
};

/* The function that pam_start() is given; data is a struct conversation. */
int conversation_answer(int n, const struct pam_message **messages,
    struct pam_response **responses, void *data);
