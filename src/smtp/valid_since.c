#include "smtp/valid_since.h"

#include "mime/date.h"
#include "mime/header.h"
#include "smtp/path.h"

/* A date-time has no ";", an addr-spec may in quotes. */
static bool
read_value(struct str value, struct arena *a, struct valid_since *out)
{
	size_t at = str_rchr(value, ';');
	struct str address = str_trim(str_first(value, at));
	struct mail_date date;
	struct path path;

	if (at == value.n || !smtp_is_text(address) ||
	    !smtp_mailbox(address, a, &path) || path.domain.n == 0 ||
	    !date_parse(str_from(value, at + 1), &date))
		return false;
	*out = (struct valid_since){ path.text, date.at };
	return true;
}

bool
valid_since_next(struct str *fields, struct arena *a, struct valid_since *out)
{
	struct header_field f;

	while (header_next(fields, &f))
		if (str_eqi(f.name, STR("Require-Recipient-Valid-Since")) &&
		    read_value(f.value, a, out))
			return true;
	return false;
}
