#include "mime/fields.h"

#define NAME(lit) { "" lit, sizeof(lit) - 1 }

static const struct str names[NFIELDS] = {
	[F_DATE] = NAME("Date"),
	[F_SUBJECT] = NAME("Subject"),
	[F_FROM] = NAME("From"),
	[F_SENDER] = NAME("Sender"),
	[F_REPLY_TO] = NAME("Reply-To"),
	[F_TO] = NAME("To"),
	[F_CC] = NAME("Cc"),
	[F_BCC] = NAME("Bcc"),
	[F_IN_REPLY_TO] = NAME("In-Reply-To"),
	[F_MESSAGE_ID] = NAME("Message-ID"),
	[F_REFERENCES] = NAME("References"),
	[F_TYPE] = NAME("Content-Type"),
	[F_ENCODING] = NAME("Content-Transfer-Encoding"),
	[F_ID] = NAME("Content-ID"),
	[F_DESCRIPTION] = NAME("Content-Description"),
	[F_MD5] = NAME("Content-MD5"),
	[F_DISPOSITION] = NAME("Content-Disposition"),
	[F_LANGUAGE] = NAME("Content-Language"),
	[F_LOCATION] = NAME("Content-Location"),
};

void
fields_read(struct fields *f, struct str block)
{
	struct header_field h;

	*f = (struct fields){ .block = block };
	while (header_next(&block, &h)) {
		if (str_eqi(h.name, STR("Received")))
			f->received++;
		else if (str_eqi(h.name, STR("TLS-Required")))
			f->tls_optional |= str_eqi(str_trim(h.value),
			    STR("No"));
		else if (!f->solicitation.p &&
		    str_eqi(h.name, STR("Solicitation")))
			f->solicitation = str_trim(h.value);
		for (size_t i = 0; i < NFIELDS; i++) {
			if (h.name.n != names[i].n ||
			    !str_eqi(h.name, names[i]))
				continue;
			if (!f->v[i].p)
				f->v[i] = str_trim(h.value);
			else
				f->again |= 1u << i;
			break;
		}
	}
}

bool
fields_next(struct str *rest, enum field which, struct str *value)
{
	struct header_field h;

	while (header_next(rest, &h)) {
		if (!str_eqi(h.name, names[which]))
			continue;
		*value = str_trim(h.value);
		return true;
	}
	return false;
}
