#include "vault/password_rule.h"

#include "vault/password_rule_int.h"

static bool
is_common(struct str password)
{
	struct str row, word;

	for (size_t i = 0; i < common_npasswords; i++)
		for (row = str_c(common_passwords[i]); row.n > 0;) {
			(void)str_cut(row, ' ', &word, &row);
			if (str_eqi(word, password))
				return true;
		}
	return false;
}

int
password_check(struct str password, struct str address, struct err *err)
{
	struct str local = str_first(address, str_rchr(address, '@'));

	if (password.n == 0)
		return err_set(err, E_INVALID, "the password is empty");
	if (str_utf8_length(password) < PASSWORD_LEAST)
		return err_set(err, E_INVALID, "a password has %d characters "
		    "at least",
		    PASSWORD_LEAST);
	if (is_common(password) || str_eqi(password, address) ||
	    str_eqi(password, local))
		return err_set(err, E_INVALID, "this password is one of those "
		    "that are tried first");
	return 0;
}
