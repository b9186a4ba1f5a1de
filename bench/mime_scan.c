/*
 * mime_scan - how long the facts of a 4 KB message take.
 *
 *   mime_scan [ROUNDS]
 *
 * Prints microseconds a message for scanning it (whole, and in pieces of 512
 * octets), for decoding its record, and for rendering ENVELOPE and
 * BODYSTRUCTURE from it as FETCH does.
 */
#include <time.h>

#include "imap/grammar/reply_facts.h"

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
put_message(struct buf *m)
{
	buf_lit(m,
	    "Received: from mail.example.net (mail.example.net [192.0.2.1])\r\n"
	    "\tby mx.example.test (Postern) with ESMTPS id 4f1c2d\r\n"
	    "\tfor <bob@example.test>; Sun, 22 Nov 2026 04:01:01 +0000\r\n"
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	    "\td=example.net; s=2026; h=from:to:subject:date:message-id;\r\n"
	    "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dGVzdA==\r\n"
	    "Date: Sun, 22 Nov 2026 05:01:00 +0100\r\n"
	    "From: Alice Example <alice@example.net>\r\n"
	    "To: Bob <bob@example.test>, \"Carol, C.\" <carol@example.org>\r\n"
	    "Cc: team: d@example.org, e@example.org;\r\n"
	    "Subject: Re: [house] =?utf-8?q?Gr=C3=BC=C3=9Fe?= from the wall\r\n"
	    "Message-ID: <20261122040100.4f1c2d@example.net>\r\n"
	    "In-Reply-To: <20261121.1@example.test>\r\n"
	    "References: <20261120.1@example.test>\r\n"
	    "\t<20261121.1@example.test>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n"
	    "\r\n");
	while (m->n < 4096 - 72)
		buf_lit(m, "The postern is a small gate in a big wall, and it "
			   "is well guarded.\r\n");
}

static void
scan(struct arena *a, struct str m, size_t piece, struct buf *out)
{
	struct mime_scan *s = mime_scan_new(a, NULL);

	while (m.n > 0) {
		struct str now = str_first(m, piece);

		mime_scan_feed(s, now);
		m = str_from(m, now.n);
	}
	mime_scan_finish(s, out);
	arena_reset(a);
}

static double
time_scan(struct arena *a, struct str m, size_t piece, uint32_t rounds)
{
	auto_buf out = BUF_INIT(MIME_RECORD_MAX);
	double start = now_us();

	for (uint32_t i = 0; i < rounds; i++) {
		buf_reset(&out);
		scan(a, m, piece, &out);
	}
	return (now_us() - start) / rounds;
}

static double
time_fetch(struct arena *a, struct str rec, uint32_t rounds, size_t *octets)
{
	auto_buf out = BUF_INIT(1 << 20);
	double start = now_us();

	for (uint32_t i = 0; i < rounds; i++) {
		struct facts f;

		if (facts_decode(rec, &f) < 0)
			bug("our own record");
		buf_reset(&out);
		buf_lit(&out, "ENVELOPE ");
		reply_envelope(&out, &f.envelope);
		buf_lit(&out, " BODYSTRUCTURE ");
		arena_reset(a);
		reply_structure(&out, a, &f, true);
	}
	*octets = out.n;
	return (now_us() - start) / rounds;
}

int
main(int argc, char **argv)
{
	auto_buf m = BUF_INIT(8192), rec = BUF_INIT(MIME_RECORD_MAX);
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	uint32_t rounds = 100000;
	size_t octets = 0;
	double fetch;

	if (argc > 1 && (!str_u32(str_c(argv[1]), &rounds) || rounds == 0))
		return 2;
	put_message(&m);
	scan(a, buf_get(&m), m.n, &rec);
	printf("message %zu octets, record %zu octets\n", m.n, rec.n);
	printf("scan whole      %.2f us\n",
	    time_scan(a, buf_get(&m), m.n, rounds));
	printf("scan by 512     %.2f us\n",
	    time_scan(a, buf_get(&m), 512, rounds));
	fetch = time_fetch(a, buf_get(&rec), rounds, &octets);
	printf("decode and say  %.2f us (%zu octets)\n", fetch, octets);
	arena_free(a);
	return 0;
}
