#include "mime/url.h"

#include "base/timetext.h"

/* pct-encoded, RFC 3986 2.1: false if a "%" is none, or there is a NUL. */
static bool
decode(struct str text, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int high, low;

		p[n] = text.p[i];
		if (text.p[i] == '%') {
			if (text.n - i < 3)
				return false;
			high = ascii_hex(text.p[i + 1]);
			low = ascii_hex(text.p[i + 2]);
			if (high < 0 || low < 0)
				return false;
			p[n] = (char)(high << 4 | low);
			i += 2;
		}
		if (p[n++] == '\0')
			return false;
	}
	*out = str_make(p, n);
	return true;
}

/* Cut what is before the first `mark` (any case) off *text; false and all of
 * it if there is none. */
static bool
cut_at(struct str *text, struct str mark, struct str *before)
{
	size_t at = str_findi(*text, mark);

	*before = str_first(*text, at);
	if (at == text->n)
		return false;
	*text = str_from(*text, at + mark.n);
	return true;
}

/* ---- what of the message ----------------------------------------------- */

/* partial-range = number ["." nz-number] */
static bool
partial_range(struct str text, struct url_section *sec)
{
	struct str offset, length;

	sec->partial = true;
	sec->length = UINT64_MAX;
	if (str_cut(text, '.', &offset, &length) &&
	    (!str_u64(length, &sec->length) || sec->length == 0))
		return false;
	return str_u64(offset, &sec->offset);
}

static bool
is_field_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("():\"\\", c);
}

/* header-list = "(" header-fld-name *(SP header-fld-name) ")" */
static void
header_list(struct rd *r, struct arena *a, struct url_section *sec)
{
	bool quoted;

	(void)(rd_need(r, ' ') && rd_need(r, '('));
	sec->by_name = true;
	sec->field = arena_array(a, URL_FIELDS_MAX, sizeof(*sec->field));
	do {
		if (sec->nfield == URL_FIELDS_MAX)
			rd_fail(r);
		if (!rd_ok(r))
			return;
		quoted = rd_opt(r, '"');
		sec->field[sec->nfield++] = rd_some(r, is_field_char);
		if (quoted)
			(void)rd_need(r, '"');
	} while (rd_opt(r, ' '));
	(void)rd_need(r, ')');
}

/* section-text = section-msgtext / "MIME" */
static void
section_text(struct rd *r, struct arena *a, struct url_section *sec)
{
	if (rd_opt_word(r, STR("TEXT"))) {
		sec->what = FACTS_TEXT;
	} else if (sec->npart > 0 && rd_opt_word(r, STR("MIME"))) {
		sec->what = FACTS_MIME;
	} else if (rd_opt_word(r, STR("HEADER"))) {
		sec->what = FACTS_HEADER;
		if (!rd_opt_word(r, STR(".FIELDS")))
			return;
		sec->except = rd_opt_word(r, STR(".NOT"));
		header_list(r, a, sec);
	} else {
		rd_fail(r);
	}
}

/* section-spec = section-msgtext / (section-part ["." section-text])
 * section-part = nz-number *("." nz-number)               RFC 9051 9 */
static bool
section_spec(struct str text, struct arena *a, struct url_section *sec)
{
	struct str decoded;
	struct rd r;
	bool more = true;

	if (!decode(text, a, &decoded))
		return false;
	r = rd_of(decoded);
	sec->part = arena_array(a, URL_PARTS_MAX, sizeof(*sec->part));
	while (more && ascii_is_digit((char)rd_peek(&r))) {
		if (sec->npart == URL_PARTS_MAX)
			return false;
		sec->part[sec->npart] = rd_num32(&r);
		if (sec->part[sec->npart++] == 0)
			return false;
		more = rd_opt(&r, '.');
	}
	if (more)
		section_text(&r, a, sec);
	return rd_done(&r);
}

/* ---- which message ------------------------------------------------------ */

/* uidvalidity = ";UIDVALIDITY=" nz-number; names are UTF-8 (RFC 5092 8). In
 * RFC 4468 3.4 and older ones it is "/;UIDVALIDITY=". */
static bool
mailbox_ref(struct str text, struct arena *a, struct url *out)
{
	struct str name;

	if (cut_at(&text, STR(";UIDVALIDITY="), &name) &&
	    (!str_u32(text, &out->uidvalidity) || out->uidvalidity == 0))
		return false;
	if (out->uidvalidity && name.n > 0 && name.p[name.n - 1] == '/')
		name.n--;
	return name.n > 0 && name.p[0] != '/' &&
	    decode(name, a, &out->mailbox) &&
	    out->mailbox.n <= URL_NAME_MAX && str_is_utf8(out->mailbox);
}

/* imessagepart = imailbox-ref iuid [isection] [ipartial] */
static bool
message_part(struct str text, struct arena *a, struct url *out)
{
	struct str before;

	if (!cut_at(&text, STR("/;UID="), &before) ||
	    !mailbox_ref(before, a, out))
		return false;
	if (cut_at(&text, STR("/;PARTIAL="), &before) &&
	    !partial_range(text, &out->section))
		return false;
	text = before;
	if (cut_at(&text, STR("/;SECTION="), &before) &&
	    !section_spec(text, a, &out->section))
		return false;
	return str_u32(before, &out->uid) && out->uid > 0;
}

/* ---- where, and who may ------------------------------------------------- */

/* achar = unreserved / sub-delims-sh / pct-encoded / "&" / "=" */
static bool
is_achar(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-._~!$'()*+,%&=", c));
}

static bool
enc_user(struct str text, struct arena *a, struct str *out)
{
	struct rd r = rd_of(text);

	return rd_some(&r, is_achar).n > 0 && rd_done(&r) &&
	    decode(text, a, out);
}

static bool
is_host_char(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-._~:[]", c));
}

/* iuserinfo = enc-user [iauth]; iauth = ";AUTH=" ( "*" / enc-auth-type ): how
 * to log in where one has to, which is not here. */
static bool
userinfo(struct str text, struct arena *a, struct url *out)
{
	struct str user, iauth, how;

	if (!str_cut(text, ';', &user, &iauth))
		return enc_user(text, a, &out->user);
	return str_startsi(iauth, STR("AUTH=")) &&
	    enc_user(str_from(iauth, 5), a, &how) &&
	    enc_user(user, a, &out->user);
}

/* iserver = [iuserinfo "@"] host [":" port] */
static bool
server(struct str text, struct arena *a, struct url *out)
{
	size_t at = str_rchr(text, '@');
	struct str host = at < text.n ? str_from(text, at + 1) : text;
	struct rd r = rd_of(host);
	size_t colon = str_rchr(host, ':'), close = str_rchr(host, ']');
	/* Those of an address literal are no port. */
	bool has_port = colon < host.n && (close == host.n || close < colon);
	uint32_t port;

	if (at < text.n && !userinfo(str_first(text, at), a, out))
		return false;
	if (rd_some(&r, is_host_char).n == 0 || !rd_done(&r))
		return false;
	out->host = has_port ? str_first(host, colon) : host;
	return out->host.n > 0 && (!has_port || colon + 1 == host.n ||
	    str_u32(str_from(host, colon + 1), &port));
}

/* date-time of RFC 3339 5.6, of any zone. */
static bool
date_time(struct str text, struct arena *a, int64_t *at)
{
	struct str zone = str_from(text, text.n < 6 ? 0 : text.n - 6);
	struct rd r = rd_of(str_from(zone, 1));
	uint32_t hours, minutes;
	int64_t east_s;

	if (time_read_utc(text, at))
		return true;
	if (zone.n < 6 || !strchr("+-", zone.p[0]))
		return false;
	hours = rd_num32(&r);
	(void)rd_need(&r, ':');
	minutes = rd_num32(&r);
	if (!rd_done(&r) || hours > 23 || minutes > 59 ||
	    !time_read_utc(arena_printf(a, "%.*sZ",
	    STR_FMT(str_first(text, text.n - 6))), at))
		return false;
	east_s = (int64_t)(hours * 60 + minutes) * 60;
	*at -= zone.p[0] == '+' ? east_s : -east_s;
	return true;
}

/* access = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
 */
static bool
access_identifier(struct str text, struct arena *a, struct url *out)
{
	static const struct {
		struct str word;
		enum url_access access;
	} people[] = {
		{ STR("submit+"), URL_submit },
		{ STR("user+"), URL_user },
	};

	if (str_eqi(text, STR("authuser")))
		out->access = URL_authuser;
	else if (str_eqi(text, STR("anonymous")))
		out->access = URL_anonymous;
	for (size_t i = 0; i < NELEM(people); i++)
		if (str_startsi(text, people[i].word)) {
			out->access = people[i].access;
			return enc_user(str_from(text, people[i].word.n), a,
			    &out->who);
		}
	return out->access != 0;
}

static bool
is_mechanism_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.';
}

/* iua-verifier = ":" uauth-mechanism ":" enc-urlauth; enc-urlauth = 32*HEXDIG
 */
static bool
verifier(struct str text, struct arena *a, struct url *out)
{
	struct rd r = rd_of(text);
	char *token = arena_alloc(a, text.n / 2 + 1);
	struct str hex;

	out->mechanism = rd_some(&r, is_mechanism_char);
	(void)rd_need(&r, ':');
	hex = rd_rest(&r);
	if (!rd_ok(&r) || hex.n < 32 || hex.n % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.n; i += 2) {
		int high = ascii_hex(hex.p[i]), low = ascii_hex(hex.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		token[i / 2] = (char)(high << 4 | low);
	}
	out->token = str_make(token, hex.n / 2);
	return true;
}

/* iurlauth = [expire] ";URLAUTH=" access [iua-verifier]; what is before it is
 * left in *text. */
static bool
urlauth(struct str *text, struct arena *a, struct url *out)
{
	struct str before, access, rest = *text;
	size_t end;

	if (!cut_at(&rest, STR(";URLAUTH="), &before))
		return true;
	if (str_cut(rest, ':', &access, &rest)) {
		if (!verifier(rest, a, out))
			return false;
		end = out->rump.n - rest.n - 1;
		out->rump = str_first(out->rump, end);
	}
	*text = rest = before;
	if (cut_at(&rest, STR(";EXPIRE="), text) &&
	    (!date_time(rest, a, &out->expires) || out->expires <= 0))
		return false;
	return out->user.p && access_identifier(access, a, out);
}

static bool
is_url_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", c);
}

bool
url_parse(struct str text, struct arena *a, struct url *out)
{
	struct rd r = rd_of(text);
	struct str where;

	*out = (struct url){ .rump = text,
		.section = { .what = FACTS_BODY_ALL } };
	if (str_starts(text, STR("/")))
		return message_part(str_from(text, 1), a, out);
	if (rd_while(&r, is_url_char).n < text.n ||
	    !rd_opt_word(&(struct rd){ text.p, text.p + text.n, false },
	    STR("imap://")))
		return false;
	return str_cut(str_from(text, 7), '/', &where, &text) &&
	    server(where, a, out) && urlauth(&text, a, out) &&
	    message_part(text, a, out);
}
