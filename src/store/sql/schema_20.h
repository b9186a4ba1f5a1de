/*
 * schema_20.h - the step to version 20: part of schema.c.
 */
#pragma once

/*
 *   deliver_by, by_mode  of queue: what MAIL said (RFC 2852); nobody could say
 *               so before
 *
 * Reports that others sent us (policy/feedback.c): what is kept of one is in
 * head (struct feedback_head) and rows, as they are answered. There were none.
 *
 *   sender      a domain that was proven to have sent it; empty: none was
 *   octets      that it costs, of the bounds
 */
static const char version_20[] =
    "ALTER TABLE queue ADD COLUMN deliver_by INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE queue ADD COLUMN by_mode INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX queue_by ON queue (deliver_by, message) WHERE by_mode>0;"
    "CREATE TABLE feedback (report INTEGER PRIMARY KEY,"
    " sender BLOB NOT NULL, kind INTEGER NOT NULL, domain BLOB NOT NULL,"
    " id BLOB NOT NULL, at INTEGER NOT NULL, octets INTEGER NOT NULL,"
    " head BLOB NOT NULL, rows BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX feedback_name ON feedback"
    " (sender, kind, domain, id);"
    "CREATE INDEX feedback_of ON feedback (sender, report, octets);"
    "CREATE INDEX feedback_at ON feedback (at);";
