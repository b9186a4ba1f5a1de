/*
 * schema_20.h - the step to version 20: part of schema.c.
 */
#pragma once

/*
 *   deliver_by, by_mode  of queue: what MAIL said (RFC 2852); nobody could say
 *               so before
 */
static const char version_20[] =
    "ALTER TABLE queue ADD COLUMN deliver_by INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN by_mode INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX queue_by ON queue (deliver_by, message) WHERE by_mode>0;";
