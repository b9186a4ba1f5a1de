/*
 * ids.h - message ids.                                     RFC 5322 3.6.4
 *
 * Internal to mime/.
 */
#pragma once
#include "base/str.h"

/* Take the next id (without < >, as it stands) off a field value; false at
 * the end. A value without "<" is one id as a whole, up to white space. */
bool ids_next(struct str *value, struct str *id);
