/*
 * statements_pam.h - the part of statements.h about accounts whose password
 * this machine's PAM proves.
 */
#pragma once

#define STATEMENTS_PAM(S, R, E)                                               \
	R(pam_get, (user), "FROM pam_account WHERE account=?1")               \
	R(pam_list, (account, address, user),                                 \
	    "FROM pam_account JOIN account USING (account)"                   \
	    " WHERE account>?1 ORDER BY account LIMIT ?2")                    \
	S(pam_put, "INSERT INTO pam_account VALUES (?1, ?2)"                  \
	    " ON CONFLICT (account) DO UPDATE SET user=excluded.user")        \
	S(pam_del, "DELETE FROM pam_account WHERE account=?1")                \
	S(verify_pam, "SELECT account FROM pam_account WHERE account"         \
	    " NOT IN (SELECT account FROM account) OR account"                \
	    " IN (SELECT account FROM ldap_account)")
