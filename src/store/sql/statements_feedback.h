/*
 * statements_feedback.h - the part of statements.h about reports that others
 * sent us.
 */
#pragma once

#define STATEMENTS_FEEDBACK(S, R, E)                                          \
	S(feedback_find, "SELECT report FROM feedback WHERE sender=?1"        \
	    " AND kind=?2 AND domain=?3 AND id=?4")                           \
	S(feedback_add, "INSERT INTO feedback (sender, kind, domain, id, at," \
	    " octets, head, rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")   \
	S(feedback_of_one, "SELECT ifnull(sum(octets), 0) FROM feedback"      \
	    " WHERE sender=?1")                                               \
	S(feedback_all, "SELECT ifnull(sum(octets), 0) FROM feedback")        \
	S(feedback_drop_of_one, "DELETE FROM feedback WHERE report=("         \
	    "SELECT min(report) FROM feedback WHERE sender=?1)")              \
	S(feedback_drop_first, "DELETE FROM feedback WHERE report=("          \
	    "SELECT min(report) FROM feedback)")                              \
	S(feedback_drop_old, "DELETE FROM feedback WHERE report IN ("         \
	    "SELECT report FROM feedback WHERE at<?1 LIMIT ?2)")              \
	R(feedback_list, (report, at, domain, head),                          \
	    "FROM feedback WHERE report>?1 ORDER BY report LIMIT ?2")         \
	R(feedback_get, (report, at, head, rows),                             \
	    "FROM feedback WHERE report=?1")
