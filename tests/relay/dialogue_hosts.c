/*
 * dialogue_hosts.c - HOST and DNS: the world outside.
 */
#include "dialogue.h"

enum { LINE_OCTETS = 4000 };

static const char *
keep(struct str s)
{
	return str_dupz(D.w.mem, s);
}

size_t
host_index(struct str name)
{
	for (size_t i = 0; i < D.w.servers.n; i++)
		if (str_eq(str_c(D.name[i]), name))
			return i;
	fail_at(D.at, "no such HOST");
}

static void
expect_from(struct stream *st, size_t line, struct str want)
{
	struct err err = { 0 };
	struct str got;

	D.checks++;
	if (stream_flush(st, &err) < 0 ||
	    stream_line(st, LINE_OCTETS, &got, &err) < 0)
		fail_at(line, "the connection ended: %s", err.text);
	if (!matches(got, want))
		fail_at(line, "came: %.*s", STR_FMT(got));
}

/* A dialogue of the file, if there is one left for this server. */
static bool
talk(struct test_server *s, struct stream *st)
{
	struct script *x = D.script;
	struct err err = { 0 };

	while (x < D.script + D.nscripts && x->server != s)
		x++;
	if (x == D.script + D.nscripts)
		return false;
	x->server = NULL;
	for (size_t i = x->from; i < x->to; i++) {
		struct str rest = block_line(i), word = word_of(&rest);

		if (str_eq(word, STR("S:"))) {
			(void)stream_printf(st, "%.*s\r\n", STR_FMT(rest));
		} else if (str_eq(word, STR("C:"))) {
			expect_from(st, i, rest);
		} else if (str_eq(word, STR("WAIT"))) {
			(void)stream_flush(st, NULL);
			(void)fiber_sleep(D.w.loop, loop_now_ms(D.w.loop) +
			    ms_of(rest));
		} else if (str_eq(word, STR("TLS"))) {
			(void)stream_flush(st, NULL);
			if (stream_tls_accept(st, D.w.servers.tls, &err) < 0)
				fail_at(i, "%s", err.text);
		} else if (str_eq(word, STR("CLOSE"))) {
			break;
		} else {
			fail_at(i, "is not S:, C:, WAIT, TLS or CLOSE");
		}
	}
	return true;
}

static bool
set_reply(struct test_server *s, struct str word, struct str rest)
{
	struct rcpt_rule *r = s->rcpt;

	if (str_eq(word, STR("greeting"))) {
		s->greeting = keep(rest);
	} else if (str_eq(word, STR("mail"))) {
		s->mail = keep(rest);
	} else if (str_eq(word, STR("text"))) {
		s->text = keep(rest);
	} else if (str_eq(word, STR("limits"))) {
		s->limits = keep(rest);
	} else if (str_eq(word, STR("offers"))) {
		s->offers = keep(rest);
	} else if (str_eq(word, STR("rcpt"))) {
		while (r < s->rcpt + RCPT_RULES - 1 && r->begins)
			r++;
		r->begins = keep(word_of(&rest));
		r->reply = keep(rest);
	} else if (str_eq(word, STR("tls"))) {
		s->tls = str_eq(rest, STR("works")) ? TLS_WORKS :
		    str_eq(rest, STR("refused")) ? TLS_REFUSED : TLS_BROKEN;
	} else {
		return false;
	}
	return true;
}

static void
set_rule(struct test_server *s, size_t line)
{
	struct str rest = block_line(line), word = word_of(&rest);

	if (set_reply(s, word, rest))
		return;
	if (str_eq(word, STR("down")))
		s->down = true;
	else if (str_eq(word, STR("no-socket")))
		s->no_socket = true;
	else if (str_eq(word, STR("silent")))
		s->greeting = "";
	else if (str_eq(word, STR("dsn")))
		s->dsn = true;
	else if (str_eq(word, STR("auth")))
		s->auth = true;
	else if (str_eq(word, STR("most")))
		s->most = (int)number_of(rest);
	else if (str_eq(word, STR("connections")))
		s->connections = (int)number_of(rest);
	else if (str_eq(word, STR("rcpts")))
		s->rcpts = (int)number_of(rest);
	else if (str_eq(word, STR("pause")))
		s->pause_ms = ms_of(rest);
	else if (str_eq(word, STR("slow")))
		s->slow_ms = ms_of(rest);
	else if (str_eq(word, STR("lose"))) {
		s->lose_always = str_eq(rest, STR("every"));
		s->lose_after = s->messages +
		    (s->lose_always ? 1 : (int)number_of(rest));
	} else
		fail_at(line, "no such rule of a HOST");
}

/* Its rules are forgotten, what it has seen is not; the most that were open is
 * counted anew. */
static void
forget_rules(struct test_server *s)
{
	struct test_server was = *s;

	*s = (struct test_server){ .address = was.address, .port = was.port,
		.talk = talk, .dials = was.dials, .open = was.open,
		.most_open = was.open, .messages = was.messages,
		.quits = was.quits, .clear = was.clear,
		.encrypted = was.encrypted, .got = was.got,
		.login = was.login };
}

void
do_host(struct str rest)
{
	struct str name = word_of(&rest), address, port, first;
	struct test_server *s;

	if (rest.n > 0) {
		(void)str_cut(rest, ':', &address, &port);
		D.name[D.w.servers.n] = keep(name);
		s = server_add(&D.w.servers, keep(address));
		s->port = port.n > 0 ? (uint16_t)number_of(port) : 0;
	} else {
		s = &D.w.servers.server[host_index(name)];
	}
	first = D.from < D.to ? block_line(D.from) : STR_NULL;
	if (str_starts(first, STR("S:")) || str_starts(first, STR("C:"))) {
		bug_if(D.nscripts == SCRIPTS_MAX);
		s->talk = talk;
		D.script[D.nscripts++] = (struct script){ s, D.from, D.to };
		return;
	}
	forget_rules(s);
	for (size_t i = D.from; i < D.to; i++)
		set_rule(s, i);
}

void
do_dns(struct str rest unused_arg)
{
	for (size_t i = D.from; i < D.to; i++) {
		struct str left = block_line(i);
		const char *name = keep(word_of(&left));
		struct str type = word_of(&left);
		uint32_t preference = 0;

		if (str_eq(str_c(name), STR("signed"))) {
			D.w.dns.is_signed = str_eq(type, STR("yes"));
			continue;
		}
		if (str_eq(type, STR("FAILED"))) {
			dns_add(&D.w.dns, name, DNS_MX, 0, "", DNS_FAILED);
		} else if (str_eq(type, STR("A"))) {
			dns_add(&D.w.dns, name, DNS_A, 0, keep(left), DNS_OK);
		} else if (str_eq(type, STR("MX"))) {
			preference = number_of(word_of(&left));
			/* RFC 7505: "." takes no mail */
			dns_add(&D.w.dns, name, DNS_MX, preference,
			    str_eq(left, STR(".")) ? "" : keep(left), DNS_OK);
		} else {
			fail_at(i, "is not MX, A or FAILED");
		}
	}
}
