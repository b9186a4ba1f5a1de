#include "relay/aggregate_xml.h"

#include "base/ip.h"
#include "base/markup.h"

static void
put_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		markup_chr(b, ascii_is_printable(s.p[i]) ? s.p[i] : '?');
}

static void
put_element(struct buf *b, int depth, const char *name, struct str value)
{
	buf_printf(b, "%*s<%s>", 2 * depth, "", name);
	put_text(b, value);
	buf_printf(b, "</%s>\n", name);
}

static struct str
disposition(uint32_t p)
{
	static const struct str words[] = { STR("none"), STR("quarantine"),
		STR("reject") };

	return words[p < NELEM(words) ? p : 0];
}

static struct str
alignment(bool strict)
{
	return strict ? STR("s") : STR("r");
}

static struct str
pass(bool aligned)
{
	return aligned ? STR("pass") : STR("fail");
}

/* fo is not looked at by us, who send no failure reports: it is what a record
 * without it says (RFC 7489 6.3). */
static void
put_policy(struct buf *b, const struct aggregate_head *h)
{
	const struct dmarc_published *p = &h->policy;

	buf_lit(b, "  <policy_published>\n");
	put_element(b, 2, "domain", h->domain);
	put_element(b, 2, "adkim", alignment(p->strict_dkim));
	put_element(b, 2, "aspf", alignment(p->strict_spf));
	put_element(b, 2, "p", disposition(p->p));
	put_element(b, 2, "sp", disposition(p->sp));
	put_element(b, 2, "pct", p->testing ? STR("0") : STR("100"));
	put_element(b, 2, "fo", STR("0"));
	buf_lit(b, "  </policy_published>\n");
}

void
aggregate_xml_begin(struct buf *b, const struct aggregate_head *h)
{
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feedback>\n");
	put_element(b, 1, "version", STR("1.0"));
	buf_lit(b, "  <report_metadata>\n");
	put_element(b, 2, "org_name", h->reporter);
	put_element(b, 2, "email", h->from);
	put_element(b, 2, "report_id", h->id);
	buf_printf(b, "    <date_range>\n      <begin>%lld</begin>\n"
	    "      <end>%lld</end>\n    </date_range>\n",
	    (long long)h->begins, (long long)h->ends);
	if (h->lost > 0)
		buf_printf(b, "    <error>%llu messages of further sources "
		    "are not in this report</error>\n",
		    (unsigned long long)h->lost);
	buf_lit(b, "  </report_metadata>\n");
	put_policy(b, h);
}

/* A line of dmarc_row.dkim. */
static void
put_signature(struct buf *b, struct str line)
{
	struct str domain, selector, result;

	if (!str_cut(line, ' ', &domain, &line) ||
	    !str_cut(line, ' ', &selector, &result))
		return;
	buf_lit(b, "      <dkim>\n");
	put_element(b, 4, "domain", domain);
	if (selector.n > 0)
		put_element(b, 4, "selector", selector);
	put_element(b, 4, "result", result);
	buf_lit(b, "      </dkim>\n");
}

static void
put_results(struct buf *b, const struct dmarc_row *row)
{
	struct str rest = row->dkim, line;

	buf_lit(b, "    <auth_results>\n");
	while (str_cut(rest, '\n', &line, &rest))
		put_signature(b, line);
	buf_lit(b, "      <spf>\n");
	put_element(b, 4, "domain", row->spf_domain);
	put_element(b, 4, "scope", row->spf_helo ? STR("helo") : STR("mfrom"));
	put_element(b, 4, "result", row->spf_result);
	buf_lit(b, "      </spf>\n    </auth_results>\n");
}

static void
put_evaluated(struct buf *b, const struct dmarc_row *row)
{
	buf_lit(b, "      <policy_evaluated>\n");
	put_element(b, 4, "disposition", disposition(row->disposition));
	put_element(b, 4, "dkim", pass(row->dkim_aligned));
	put_element(b, 4, "spf", pass(row->spf_aligned));
	if (row->reason == DMARC_REASON_local_policy)
		buf_lit(b, "        <reason>\n          "
		    "<type>local_policy</type>\n        </reason>\n");
	buf_lit(b, "      </policy_evaluated>\n");
}

void
aggregate_xml_row(struct buf *b, const struct dmarc_row *row, uint64_t n)
{
	struct ip ip;

	if (!ip_of_octets(row->host, &ip))
		return;
	buf_lit(b, "  <record>\n    <row>\n      <source_ip>");
	ip_put(b, &ip);
	buf_printf(b, "</source_ip>\n      <count>%llu</count>\n",
	    (unsigned long long)n);
	put_evaluated(b, row);
	buf_lit(b, "    </row>\n    <identifiers>\n");
	put_element(b, 3, "envelope_from", row->envelope_from);
	put_element(b, 3, "header_from", row->header_from);
	buf_lit(b, "    </identifiers>\n");
	put_results(b, row);
	buf_lit(b, "  </record>\n");
}

void
aggregate_xml_end(struct buf *b)
{
	buf_lit(b, "</feedback>\n");
}
