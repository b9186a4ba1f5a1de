/*
 * schema_21.h - the step to version 21: part of schema.c.
 */
#pragma once

/*
 *   solicit     of queue: what MAIL said (RFC 3865); nobody could say so
 *               before
 */
static const char version_21[] =
    "ALTER TABLE queue ADD COLUMN solicit BLOB NOT NULL DEFAULT x'';";
