/*
 * Any text as postern.conf: it is read, or refused with its line; what was
 * read can be sent to a role.
 */
#include "conf/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data,
	    size > CONF_OCTETS_MAX ? CONF_OCTETS_MAX : size);
	struct arena *a = arena_new(CONF_SCRATCH);
	auto_buf wire = BUF_INIT(MSG_MAX);
	struct config c, *again = arena_new_of(a, struct config);
	struct err err = { 0 };

	conf_defaults(a, &c);
	if (conf_parse(text, "f", STR("/nonexistent"), a, &c, &err) < 0) {
		bug_if(!str_starts(str_c(err.text), STR("f:")));
	} else {
		msg_put(&wire, &config_shape, &c);
		bug_if(buf_failed(&wire));
		bug_if(!msg_whole(buf_get(&wire), &config_shape, again));
	}
	arena_free(a);
	return 0;
}
