/*
 * A message as JMAP says it: whatever it is, what comes out is JSON, and every
 * part of the body is one of the message's.
 */
#include "rt/json.h"
#include "jmap/body.h"
#include "jmap/header.h"
#include "mime/header.h"

enum { OUT_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put_forms(struct buf *b, struct str block)
{
	struct header_property h;
	struct str rest = block;
	struct header_field f;

	out_open(b, '[');
	header_put_all(b, block);
	while (header_next(&rest, &f) && b->n < 1 << 20) {
		h = (struct header_property){ .name = f.name };
		for (h.form = FORM_RAW; f.name.n && h.form < FORMS; h.form++) {
			h.all = h.form % 2;
			header_put(b, block, &h);
		}
	}
	out_close(b, ']');
}

static void
check_list(const struct body_list *list, const struct facts *f)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct facts_part *p = &list->p[i]->is;

		bug_if(list->p[i]->multipart);
		bug_if(p->header_off + p->header_len + p->body_len > f->size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	struct arena *mem = arena_new(64 << 20);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	auto_buf record = BUF_INIT(MIME_RECORD_MAX), out = BUF_INIT(OUT_MAX);
	struct facts f;
	struct body body;
	json_t *json;

	if (size <= 20000) {
		mime_scan_feed(scan, in);
		mime_scan_finish(scan, &record);
		bug_if(facts_decode(buf_get(&record), &f) < 0);
		body_parse(&body, &f, mem);
		bug_if(!body.root);
		check_list(&body.text, &f);
		check_list(&body.html, &f);
		check_list(&body.attachments, &f);
		body_free(&body);
		put_forms(&out, str_first(in, (size_t)f.header_len));
		json = json_take(buf_get(&out));
		bug_if(!json && !buf_failed(&out));
		json_decref(json);
	}
	arena_free(mem);
	return 0;
}
