/* Arguments of the commands about URLs.                       RFC 4467 9 */
#include "imap/grammar/args.h"

/* resetkey = "RESETKEY" [SP mailbox *(SP mechanism)] */
void
args_resetkey(struct scan *s, union args *out)
{
	struct resetkey_args *a = &out->resetkey;

	a->named = scan_opt(s, ' ');
	if (a->named)
		a->mailbox = scan_mailbox(s);
	while (a->named && scan_opt(s, ' ')) {
		if (a->n == MECHANISMS_MAX) {
			scan_over(s, "Too many mechanisms");
			return;
		}
		a->mechanism[a->n++] = scan_name(s, "expected a mechanism");
	}
	scan_end(s);
}

static void
urls(struct scan *s, struct urls_args *a, bool mechanisms)
{
	a->url = arena_array(s->a, URLS_MAX, sizeof(*a->url));
	a->mechanism = arena_array(s->a, URLS_MAX, sizeof(*a->mechanism));
	scan_sp(s);
	do {
		if (a->n == URLS_MAX) {
			scan_over(s, "Too many URLs");
			return;
		}
		a->url[a->n] = scan_astring(s);
		if (mechanisms) {
			scan_sp(s);
			a->mechanism[a->n] = scan_name(s,
			    "expected a mechanism");
		}
		a->n++;
	} while (scan_opt(s, ' '));
	scan_end(s);
}

/* genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism) */
void
args_genurlauth(struct scan *s, union args *out)
{
	urls(s, &out->urls, true);
}

/* urlfetch = "URLFETCH" 1*(SP url-full) */
void
args_urlfetch(struct scan *s, union args *out)
{
	urls(s, &out->urls, false);
}
