#include "admin/filter.h"

#include "admin/typed.h"

static const struct unit {
	char letter;
	int64_t seconds;
	const char *name;
} units[] = {
	{ 'd', 86400, "d" },
	{ 'h', 3600, "h" },
	{ 'm', 60, "min" },
	{ 's', 1, "s" },
};

bool
duration_read(struct str s, int64_t *seconds)
{
	uint32_t n;

	if (s.n < 2 || !str_u32(str_first(s, s.n - 1), &n))
		return false;
	for (size_t i = 0; i < NELEM(units); i++)
		if (units[i].letter == s.p[s.n - 1]) {
			*seconds = n * units[i].seconds;
			return true;
		}
	return false;
}

/* Two units of the smaller kind say more than one of the larger. */
void
duration_put(struct buf *b, int64_t seconds)
{
	size_t i = 0;

	seconds = seconds > 0 ? seconds : 0;
	while (i + 1 < NELEM(units) && seconds < 2 * units[i].seconds)
		i++;
	buf_printf(b, "%lld %s", (long long)(seconds / units[i].seconds),
	    units[i].name);
}

bool
queue_id_read(const char *text, uint64_t *id)
{
	return str_u64(str_c(text), id) && *id > 0;
}

static int
read_address(const char *option, const char *value, struct arena *a,
    struct str *out, struct err *err)
{
	struct str s = str_c(value);
	size_t at = str_rchr(s, '@');

	if (!value)
		return 0;
	if (at + 1 >= s.n || s.n > 320)
		return err_set(err, E_INVALID, "%s wants an address or "
		    "@a.domain, not \"%s\"", option, value);
	return typed_address(a, value, out, err);
}

int
filter_read(const struct options *o, int64_t now, struct arena *a,
    struct queue_filter *f, bool *any, struct err *err)
{
	int64_t age;

	*f = (struct queue_filter){ .held = o->held };
	if (read_address("--sender", o->sender, a, &f->sender, err) < 0 ||
	    read_address("--rcpt", o->rcpt, a, &f->rcpt, err) < 0 ||
	    (o->domain && typed_domain(a, o->domain, &f->domain, err) < 0))
		return err->code;
	if (o->domain && (f->domain.n == 0 || f->domain.n > 255 ||
			     str_chr(f->domain, '@') < f->domain.n))
		return err_set(err, E_INVALID, "--domain wants a domain, not "
		    "\"%s\"", o->domain);
	if (o->older) {
		if (!duration_read(str_c(o->older), &age))
			return err_set(err, E_INVALID, "--older wants a "
			    "time like 30s, 5m, 2h or 3d, not \"%s\"",
			    o->older);
		f->before = now - age;
	}
	*any = o->sender || o->rcpt || o->domain || o->older || o->held;
	return 0;
}

struct queue_list_ask
filter_list(const struct queue_filter *f)
{
	return (struct queue_list_ask){ .message = f->message,
		.sender = f->sender, .rcpt = f->rcpt, .domain = f->domain,
		.before = f->before, .held = f->held };
}

struct queue_change_ask
filter_change(const struct queue_filter *f, enum queue_action action)
{
	return (struct queue_change_ask){ .action = action,
		.message = f->message, .sender = f->sender, .rcpt = f->rcpt,
		.domain = f->domain, .before = f->before, .held = f->held };
}
