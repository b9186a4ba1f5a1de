/*
 * statements_note.h - the part of statements.h about notes to people, and about
 * people who are away.
 */
#pragma once

#define STATEMENTS_NOTE(S, R, E)                                              \
	S(note_add, "INSERT INTO note VALUES (?1, ?2, ?3, ?4, ?5, ?6)")       \
	R(note_next, (note, account, kind, at, address, facts, target),       \
	    "FROM note JOIN account USING (account) WHERE note>?1"            \
	    " ORDER BY note LIMIT 1")                                         \
	R(note_get, (address, target),                                        \
	    "FROM note JOIN account USING (account) WHERE note=?1")           \
	S(note_del, "DELETE FROM note WHERE note=?1")                         \
	S(note_del_all, "DELETE FROM note WHERE account=?1")                  \
	R(noted_get, (since, at, n),                                          \
	    "FROM noted WHERE account=?1 AND kind=?2 AND word=?3")            \
	S(noted_put, "INSERT INTO noted VALUES (?1, ?2, ?3, ?4, ?5, ?6)"      \
	    " ON CONFLICT (account, kind, word) DO UPDATE"                    \
	    " SET since=excluded.since, at=excluded.at, n=excluded.n")        \
	S(noted_any, "SELECT 1 FROM noted WHERE account=?1 AND kind=?2"       \
	    " AND word<>x'' LIMIT 1")                                         \
	S(noted_lately, "SELECT 1 FROM noted WHERE account=?1 AND kind=?2"    \
	    " AND word=?3 AND at>?4")                                         \
	R(noted_list, (word, since, at),                                      \
	    "FROM noted WHERE account=?1 AND kind=?2 AND at>?3"               \
	    " AND word<>x'' ORDER BY at DESC, since DESC, word")              \
	S(noted_old, "DELETE FROM noted WHERE account=?1 AND kind=?2"         \
	    " AND at<?3 AND word<>x''")                                       \
	S(noted_trim, "DELETE FROM noted WHERE account=?1 AND kind=?2"        \
	    " AND word IN (SELECT word FROM noted WHERE account=?1"           \
	    " AND kind=?2 AND word<>x'' ORDER BY at DESC, word"               \
	    " LIMIT 1000 OFFSET ?3)")                                          \
	S(noted_del_words, "DELETE FROM noted WHERE account=?1 AND kind=?2"   \
	    " AND word<>x''")                                                 \
	R(vacation_get, (version, enabled, begins, ends, has, subject, text,  \
	    html), "FROM vacation WHERE account=?1")                          \
	R(vacation_when, (enabled, begins, ends),                             \
	    "FROM vacation WHERE account=?1")                                 \
	S(vacation_put, "INSERT INTO vacation"                                \
	    " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"                     \
	    " ON CONFLICT (account) DO UPDATE SET version=version+1,"         \
	    " enabled=excluded.enabled, begins=excluded.begins,"              \
	    " ends=excluded.ends, has=excluded.has, html=excluded.html,"      \
	    " subject=excluded.subject, text=excluded.text")                  \
	S(vacation_end, "UPDATE vacation SET version=version+1, enabled=0"    \
	    " WHERE account=?1")                                              \
	S(vacation_del, "DELETE FROM vacation WHERE account=?1")              \
	S(restored_answers, "DELETE FROM note WHERE target<>x''")             \
	S(noted_del_all, "DELETE FROM noted WHERE account=?1")
