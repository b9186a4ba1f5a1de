#include "base/err.h"
#include "policy/dns_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_up(void *arg, struct str name unused_arg, enum dns_type type unused_arg,
    struct lookup_answer *answer, struct arena *a)
{
	*answer = (struct lookup_answer){ .result = DNS_OK,
		.records = str_dup(a, *(struct str *)arg) };
}

/* All of it is what a list answers, to whatever it is asked: what is said of it
 * is visible ASCII, and bounded. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dns_list_conf list = { .zone = STR("list.example"),
		.of = DNS_LIST_DOMAINS, .then = DNS_LIST_REFUSE,
		.answers = STR("127.0.0.0/25 127.0.1.2") };
	struct str said = str_make((const char *)data, size);
	struct dns_list_who who = { .domain = { STR("example.org") } };
	struct trust_dns dns = { look_up, &said };
	struct arena *a = arena_new(1 << 20);
	auto_buf lists = BUF_INIT(1000);
	struct dns_listing out;

	bug_if(!ip_parse(STR("192.0.2.1"), &who.ip));
	msg_put(&lists, &dns_list_conf_shape, &list);
	dns_lists_look(buf_get(&lists), &who, &dns, a, &out);
	bug_if(out.words.n > 160 || out.reason.n > 200);
	for (size_t i = 0; i < out.reason.n; i++)
		bug_if(out.reason.p[i] < ' ' || out.reason.p[i] > '~');
	arena_free(a);
	return 0;
}
