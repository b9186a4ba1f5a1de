#include "base/err.h"
#include "relay/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A code (an octet), a status and a line end, and a text, of one site: it has
 * a connection left, and is left alone for an hour at most. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str host = STR("mx.example.org");
	struct str in = str_make((const char *)data, size), status, text;
	struct shape *s = shape_new();
	int64_t now = 1000;

	if (size > 0 && str_cut(str_from(in, 1), '\n', &status, &text)) {
		for (uint32_t i = 0; i < 4; i++) {
			struct shape_told t = shape_heard(s, host,
			    400 + data[0], status, text, i % 2, i * 7, now);

			bug_if(t.pause_s > SHAPE_PAUSE_MAX_S);
			bug_if(t.slower && t.allowed == 0);
			bug_if(t.pause_s != 0 && t.pause_s !=
			    shape_wait_s(text));
			bug_if(shape_allowed(s, host, 20) == 0);
			bug_if(shape_paused_until(s, host, now) > now +
			    SHAPE_PAUSE_MAX_S * 1000);
			now += 10000;
		}
		(void)shape_site_of(text);
		bug_if(shape_messages(text, 100) > 100);
	}
	shape_free(s);
	return 0;
}
