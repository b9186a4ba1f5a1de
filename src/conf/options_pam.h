/*
 * options_pam.h - the options of a pam block: rows of options.c's table.
 */
#pragma once
#include "conf/option.h"

#define PAM_AT(field) offsetof(struct pam_conf, field), \
	sizeof(((struct pam_conf *)NULL)->field)

#define PAM_OPTIONS \
	{ "service", CONF_PAM, CONF_TEXT, 1, 64, "postern", \
	    PAM_AT(service), "which file of `folder` says what is asked", \
	    .more = "Small letters, digits, - and _." }, \
	{ "folder", CONF_PAM, CONF_PATH, 1, 4000, "/etc/pam.d", \
	    PAM_AT(folder), "where the files of services are" }, \
	{ "groups", CONF_PAM, CONF_TEXT, 0, 200, "shadow", \
	    PAM_AT(groups), "groups that modules run in, a space between", \
	    .more = "As root only, where modules have a user of their own. " \
	    "`shadow` is what pam_unix needs to read /etc/shadow." }, \
	{ "timeout", CONF_PAM, CONF_TIME, 1, 15, "8s", \
	    PAM_AT(timeout_s), "how long a login waits for an answer", \
	    .more = "What is not over then is killed." }, \
	{ "remember", CONF_PAM, CONF_TIME, 0, 3600, "5m", \
	    PAM_AT(remember_s), \
	    "how long a password that was right is not asked about", \
	    .more = "One that was changed there is good here so long." },
