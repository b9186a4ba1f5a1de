#include "mail/sasl_login.h"

#include "mail/bearer_login.h"
#include "mail/cram_login.h"
#include "mail/external_login.h"

#define EXTERNAL STR("EXTERNAL")
#define CRAM_MD5 STR("CRAM-MD5")

bool
sasl_find(const struct stream *s, const struct vault *v, struct str name,
    struct sasl_way *way)
{
	struct sasl_way w = { .log_in = scram_log_in };

	if (scram_find(s, name, &w.name)) {
		*way = w;
		return true;
	}
	w.log_in = bearer_log_in;
	if (bearer_find(v, name, &w.name)) {
		*way = w;
		return true;
	}
	if (str_eqi(name, EXTERNAL) && external_is_there(s))
		*way = (struct sasl_way){ EXTERNAL, false, external_log_in };
	else if (str_eqi(name, CRAM_MD5) && vault_has_cram(v))
		*way = (struct sasl_way){ CRAM_MD5, true, cram_log_in };
	else
		return false;
	return true;
}

static void
put_one(struct buf *b, struct str before, struct str name)
{
	buf_str(b, before);
	buf_str(b, name);
}

void
sasl_put_others(const struct stream *s, const struct vault *v, struct buf *b,
    struct str before)
{
	if (external_is_there(s))
		put_one(b, before, EXTERNAL);
	if (vault_has_cram(v))
		put_one(b, before, CRAM_MD5);
	bearer_put_offered(v, b, before);
}
