/*
 * statements_ldap.h - the part of statements.h about accounts that a directory
 * elsewhere says are there.
 */
#pragma once

#define STATEMENTS_LDAP(S, R, E)                                              \
	R(ldap_get, (id, dn, gone), "FROM ldap_account WHERE account=?1")     \
	S(ldap_of_id, "SELECT account FROM ldap_account WHERE id=?1")         \
	S(ldap_count, "SELECT count(*) FROM ldap_account")                    \
	R(ldap_list, (account, address, id, dn, gone, quota),                 \
	    "FROM ldap_account JOIN account USING (account)"                  \
	    " WHERE account>?1 ORDER BY account LIMIT ?2")                    \
	S(ldap_put, "INSERT INTO ldap_account VALUES (?1, ?2, ?3, 0)"         \
	    " ON CONFLICT (account) DO UPDATE SET id=excluded.id,"            \
	    " dn=excluded.dn, gone=0")                                        \
	S(ldap_gone, "UPDATE ldap_account SET gone=?1 WHERE account=?2"       \
	    " AND gone=0")                                                    \
	S(ldap_del, "DELETE FROM ldap_account WHERE account=?1")              \
	R(ldap_aliases, (domain, local), "FROM ldap_alias WHERE account=?1"   \
	    " ORDER BY domain, local")                                        \
	S(ldap_alias_get, "SELECT account FROM ldap_alias WHERE domain=?1"    \
	    " AND local=?2")                                                  \
	S(ldap_alias_put, "INSERT OR REPLACE INTO ldap_alias"                 \
	    " VALUES (?1, ?2, ?3)")                                           \
	S(ldap_alias_del, "DELETE FROM ldap_alias WHERE domain=?1"            \
	    " AND local=?2")                                                  \
	S(ldap_alias_del_all, "DELETE FROM ldap_alias WHERE account=?1")      \
	S(verify_ldap, "SELECT account FROM ldap_account WHERE account"       \
	    " NOT IN (SELECT account FROM account) UNION ALL"                 \
	    " SELECT account FROM ldap_alias WHERE account"                   \
	    " NOT IN (SELECT account FROM ldap_account)")
