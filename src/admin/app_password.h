/*
 * app_password.h - postern account app-password: passwords of a person's
 * programs.
 */
#pragma once
#include "admin/operator.h"
#include "admin/options.h"

/* The words behind "app-password"; address in the form that is kept. */
struct app_password_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	struct str address;
	const char *label;	/* "": none was said */
};

/* "add", "list", "remove", with an address and perhaps a label behind. */
extern const struct verb app_password_verbs[];
extern const char app_password_usage[];
