/*
 * email_create.h - an email that is written here.              RFC 8621 4.6
 */
#pragma once
#include "jmap/email_store.h"

void email_create(struct call *c, json_t *object, struct set_result *res);
