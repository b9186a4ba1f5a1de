#include <expat.h>

#include "base/ip.h"
#include "policy/feedback_int.h"

/*
 * A report of DMARC, XML (RFC 7489 Appendix C). By expat, which is given all of
 * it at once and never a document type: so there is no entity but those of XML
 * itself, and nothing that is read from elsewhere. Namespaces are passed over:
 * RFC 9990 has one, and many write another.
 */

enum { XML_DEPTH = 10, XML_PATH = 200, XML_TEXT = 600,
	XML_ELEMENTS = 250000 };

struct xml_reading {
	struct feedback_reading *r;
	XML_Parser parser;
	const char *fault;	/* static; NULL: none */
	uint32_t elements;
	size_t depth;
	char path[XML_PATH];	/* "feedback/record/row" */
	size_t npath, begins[XML_DEPTH];
	char text[XML_TEXT];	/* of the element that began last */
	size_t ntext;
	/* Of the present record. */
	struct feedback_dmarc_row row;
	struct buf passed;	/* cap 500 */
	char domain[255];	/* of the present result */
	size_t ndomain;
	bool pass, host_known, counted;
};

static void
end_reading(struct xml_reading *x, const char *fault)
{
	if (!x->fault)
		x->fault = fault;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* ---- what is in its elements --------------------------------------------- */

static void
take_number(struct xml_reading *x, struct str text, uint64_t *n)
{
	if (!str_u64(text, n) || *n > FEEDBACK_COUNT_MAX)
		end_reading(x, "it has a number that is none");
}

/* The first of them counts. */
static void
take_words(struct arena *a, struct str *to, struct str text, size_t most)
{
	if (to->n == 0 && text.n > 0)
		*to = feedback_words(a, text, most);
}

static void
take_org(struct xml_reading *x, struct str text)
{
	take_words(x->r->a, &x->r->head.org, text, 255);
}

static void
take_email(struct xml_reading *x, struct str text)
{
	take_words(x->r->a, &x->r->head.contact, text, 320);
}

static void
take_id(struct xml_reading *x, struct str text)
{
	take_words(x->r->a, &x->r->head.id, text, 255);
}

static void
take_begin(struct xml_reading *x, struct str text)
{
	uint64_t n = 0;

	take_number(x, text, &n);
	x->r->head.begins = (int64_t)n;
}

static void
take_end(struct xml_reading *x, struct str text)
{
	uint64_t n = 0;

	take_number(x, text, &n);
	x->r->head.ends = (int64_t)n;
}

static void
take_domain(struct xml_reading *x, struct str text)
{
	if (x->r->head.domain.n == 0)
		x->r->head.domain = feedback_domain(x->r->a, text);
}

/* "p=reject sp=none": the element's name is the tag's. */
static void
take_tag(struct xml_reading *x, struct str text)
{
	struct feedback_head *h = &x->r->head;
	struct str path = str_make(x->path, x->npath);
	struct str name = str_from(path, str_rchr(path, '/') + 1);

	if (text.n > 0 && h->policy.n < 200)
		h->policy = feedback_words(x->r->a, arena_printf(x->r->a,
		    "%.*s%s%.*s=%.*s", STR_FMT(h->policy),
		    h->policy.n > 0 ? " " : "", STR_FMT(name),
		    STR_FMT(str_first(text, 20))), 255);
}

static void
take_host(struct xml_reading *x, struct str text)
{
	struct ip ip;

	if (x->host_known || !ip_parse(text, &ip))
		return;
	x->host_known = true;
	x->row.host = str_dup(x->r->row, ip_octets(&ip));
}

static void
take_count(struct xml_reading *x, struct str text)
{
	take_number(x, text, &x->row.n);
	x->counted = true;
}

/* RFC 9990 says "pass" of what had nothing to fear. */
static void
take_disposition(struct xml_reading *x, struct str text)
{
	x->row.disposition = str_eqi(text, STR("reject")) ? 2 :
	    str_eqi(text, STR("quarantine"));
}

static void
take_dkim(struct xml_reading *x, struct str text)
{
	x->row.dkim_aligned = str_eqi(text, STR("pass"));
}

static void
take_spf(struct xml_reading *x, struct str text)
{
	x->row.spf_aligned = str_eqi(text, STR("pass"));
}

static void
take_reason(struct xml_reading *x, struct str text)
{
	take_words(x->r->row, &x->row.reason, text, 64);
}

static void
take_header_from(struct xml_reading *x, struct str text)
{
	if (x->row.header_from.n == 0)
		x->row.header_from = feedback_domain(x->r->row, text);
}

static void
take_result_domain(struct xml_reading *x, struct str text)
{
	x->ndomain = text.n <= sizeof(x->domain) ? text.n : 0;
	memcpy(x->domain, text.p, x->ndomain);
}

static void
take_result(struct xml_reading *x, struct str text)
{
	x->pass = str_eqi(text, STR("pass"));
}

static void
end_result(struct xml_reading *x, const char *by)
{
	struct str domain = str_make(x->domain, x->ndomain);
	size_t n = x->passed.n;

	if (x->pass && domain.n > 0 && n + domain.n + 6 <= x->passed.cap)
		buf_printf(&x->passed, "%s%s=%.*s", n > 0 ? " " : "", by,
		    STR_FMT(domain));
	x->ndomain = 0;
	x->pass = false;
}

static void
end_dkim(struct xml_reading *x, struct str text unused_arg)
{
	end_result(x, "dkim");
}

static void
end_spf(struct xml_reading *x, struct str text unused_arg)
{
	end_result(x, "spf");
}

/* A row without an address is one of those that are only added up. */
static void
end_record(struct xml_reading *x, struct str text unused_arg)
{
	struct feedback_head *h = &x->r->head;
	struct feedback_dmarc_row *row = &x->row;

	if (!x->counted) {
		end_reading(x, "it has a record without a count");
		return;
	}
	row->passed = feedback_words(x->r->row, buf_get(&x->passed), 500);
	if (row->dkim_aligned || row->spf_aligned)
		h->good += row->n;
	else
		h->bad += row->n;
	if (row->n > 0 && x->host_known)
		feedback_add(x->r, &feedback_dmarc_row_shape, row, row->n);
	else
		h->rest += row->n;
	*row = (struct feedback_dmarc_row){ 0 };
	x->host_known = x->counted = false;
	buf_reset(&x->passed);
	arena_reset(x->r->row);
}

#define META "feedback/report_metadata/"
#define POLICY "feedback/policy_published/"
#define RECORD "feedback/record"
#define EVALUATED RECORD "/row/policy_evaluated/"
#define RESULTS RECORD "/auth_results/"

static const struct {
	const char *path;
	/* The element ends, with this text. */
	void (*take)(struct xml_reading *x, struct str text);
} elements[] = {
	{ META "org_name", take_org },
	{ META "email", take_email },
	{ META "report_id", take_id },
	{ META "date_range/begin", take_begin },
	{ META "date_range/end", take_end },
	{ POLICY "domain", take_domain },
	{ POLICY "p", take_tag },
	{ POLICY "sp", take_tag },
	{ POLICY "np", take_tag },
	{ POLICY "adkim", take_tag },
	{ POLICY "aspf", take_tag },
	{ POLICY "pct", take_tag },
	{ POLICY "testing", take_tag },
	{ RECORD "/row/source_ip", take_host },
	{ RECORD "/row/count", take_count },
	{ EVALUATED "disposition", take_disposition },
	{ EVALUATED "dkim", take_dkim },
	{ EVALUATED "spf", take_spf },
	{ EVALUATED "reason/type", take_reason },
	{ RECORD "/identifiers/header_from", take_header_from },
	{ RESULTS "dkim/domain", take_result_domain },
	{ RESULTS "dkim/result", take_result },
	{ RESULTS "dkim", end_dkim },
	{ RESULTS "spf/domain", take_result_domain },
	{ RESULTS "spf/result", take_result },
	{ RESULTS "spf", end_spf },
	{ RECORD, end_record },
};

/* ---- what expat says ----------------------------------------------------- */

static void XMLCALL
on_begin(void *arg, const char *name, const char **attributes unused_arg)
{
	struct xml_reading *x = arg;
	struct str s = str_c(name);

	s = str_from(s, str_rchr(s, ':') < s.n ? str_rchr(s, ':') + 1 : 0);
	x->ntext = 0;
	if (++x->elements > XML_ELEMENTS)
		end_reading(x, "it has too many elements");
	else if (x->depth == XML_DEPTH ||
	    s.n + 1 > sizeof(x->path) - x->npath)
		end_reading(x, "its elements are too deep");
	else if (x->depth == 0 && !str_eq(s, STR("feedback")))
		end_reading(x, "it is XML of another kind");
	if (x->fault)
		return;
	x->begins[x->depth++] = x->npath;
	if (x->npath > 0)
		x->path[x->npath++] = '/';
	memcpy(x->path + x->npath, s.p, s.n);
	x->npath += s.n;
}

static void XMLCALL
on_text(void *arg, const char *p, int n)
{
	struct xml_reading *x = arg;
	struct str s = str_first(str_make(p, (size_t)n),
	    sizeof(x->text) - x->ntext);

	memcpy(x->text + x->ntext, s.p, s.n);
	x->ntext += s.n;
}

static void XMLCALL
on_end(void *arg, const char *name unused_arg)
{
	struct xml_reading *x = arg;
	struct str path = str_make(x->path, x->npath);
	struct str text = str_make(x->text, x->ntext);

	/* An empty element ends even where it was too deep. */
	if (x->fault || x->depth == 0)
		return;
	while (text.n > 0 && (unsigned char)text.p[0] <= ' ')
		text = str_from(text, 1);
	while (text.n > 0 && (unsigned char)text.p[text.n - 1] <= ' ')
		text.n--;
	for (size_t i = 0; i < NELEM(elements); i++)
		if (str_eq(path, str_c(elements[i].path))) {
			elements[i].take(x, text);
			break;
		}
	x->npath = x->begins[--x->depth];
	x->ntext = 0;
}

static void XMLCALL
on_doctype(void *arg, const char *name unused_arg,
    const char *system unused_arg, const char *public unused_arg,
    int internal unused_arg)
{
	end_reading(arg, "it has a document type, which may define anything");
}

int
feedback_xml(struct feedback_reading *r, struct str text, uint64_t salt,
    struct err *err)
{
	struct xml_reading *x = arena_new_of(r->a, struct xml_reading);
	XML_Parser p = XML_ParserCreate(NULL);
	/* Behind a part of a message may be what ends it. */
	size_t n = str_rchr(text, '>');
	enum XML_Status status;

	bug_if(!p);
	*x = (struct xml_reading){ .r = r, .parser = p,
		.passed = BUF_INIT(500) };
	r->head.kind = AGGREGATE_dmarc;
	(void)XML_SetHashSalt(p, (unsigned long)salt);
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_begin, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
	status = XML_Parse(p, text.p ? text.p : "", (int)(n < text.n ? n + 1 :
	    text.n), 1);
	if (x->fault)
		(void)err_set(err, E_INVALID, "%s", x->fault);
	else if (status != XML_STATUS_OK)
		(void)err_set(err, E_INVALID, "its XML is wrong: %s, line %lu",
		    XML_ErrorString(XML_GetErrorCode(p)),
		    (unsigned long)XML_GetCurrentLineNumber(p));
	XML_ParserFree(p);
	buf_free(&x->passed);
	return x->fault || status != XML_STATUS_OK ? E_INVALID : 0;
}
