#include "admin/certificate.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/rd.h"

enum { FILE_MAX = 1 << 16, SEQUENCE = 0x30, INTEGER = 0x02, VERSION = 0xa0,
	LONG_FORM = 0x80, LENGTH_OCTETS = 2 };

/* PEM: what stands between the two lines of this label, decoded. */
static bool
find_pem(struct str text, struct str label, struct arena *a, struct str *der)
{
	struct str begin = arena_printf(a, "-----BEGIN %.*s-----",
	    STR_FMT(label)), end = arena_printf(a, "-----END %.*s-----",
	    STR_FMT(label));
	size_t at = str_find(text, begin), n;
	auto_buf b = BUF_INIT(FILE_MAX);
	struct str body;

	if (at >= text.n)
		return false;
	body = str_from(text, at + begin.n);
	n = str_find(body, end);
	if (n >= body.n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!memchr(" \t\r\n", body.p[i], 4))
			buf_chr(&b, body.p[i]);
	return b64_decode(buf_get(&b), a, der);
}

/* One element of DER of this tag: with its header, and what is in it. */
static bool
take_element(struct rd *r, int tag, struct str *whole, struct str *inner)
{
	struct str from = rd_rest(r);
	size_t n;

	if (rd_next(r) != tag)
		return false;
	n = rd_le8(r);
	if (n & LONG_FORM) {
		size_t octets = n & ~(size_t)LONG_FORM;

		if (octets == 0 || octets > LENGTH_OCTETS)
			return false;
		for (n = 0; octets > 0; octets--)
			n = n << 8 | rd_le8(r);
	}
	*inner = rd_take(r, n);
	*whole = str_first(from, from.n - rd_left(r));
	return rd_ok(r);
}

/*
 *	TBSCertificate ::= SEQUENCE {
 *	    version [0], serialNumber INTEGER, signature SEQUENCE,
 *	    issuer SEQUENCE, validity SEQUENCE, subject SEQUENCE,
 *	    subjectPublicKeyInfo SEQUENCE, ... }
 */
static bool
read_certificate(struct str der, struct str *spki)
{
	static const int before[] = { INTEGER, SEQUENCE, SEQUENCE, SEQUENCE,
		SEQUENCE };
	struct rd r = rd_of(der);
	struct str whole, inner;

	if (!take_element(&r, SEQUENCE, &whole, &inner))
		return false;
	r = rd_of(inner);
	if (!take_element(&r, SEQUENCE, &whole, &inner))
		return false;
	r = rd_of(inner);
	if (rd_peek(&r) == VERSION &&
	    !take_element(&r, VERSION, &whole, &inner))
		return false;
	for (size_t i = 0; i < NELEM(before); i++)
		if (!take_element(&r, before[i], &whole, &inner))
			return false;
	return take_element(&r, SEQUENCE, spki, &inner);
}

bool
certificate_key(struct str pem, struct arena *a, struct str *spki)
{
	struct str der;

	if (find_pem(pem, STR("CERTIFICATE"), a, &der))
		return read_certificate(der, spki);
	return find_pem(pem, STR("PUBLIC KEY"), a, spki);
}

static int
read_all(int fd, struct buf *b)
{
	ssize_t n = 1;

	while (n > 0 && b->n <= FILE_MAX) {
		char *room = buf_room(b, FILE_MAX + 1 - b->n);

		bug_if(!room);
		n = read(fd, room, FILE_MAX + 1 - b->n);
		if (n > 0)
			buf_added(b, (size_t)n);
	}
	return n < 0 ? E_IO : 0;
}

int
certificate_read(const char *path, struct arena *a, struct str *spki,
    struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	auto_buf b = BUF_INIT(FILE_MAX + 1);

	if (fd < 0)
		return err_sys(err, E_IO, "%s", path);
	rc = read_all(fd, &b);
	if (rc < 0)
		rc = err_sys(err, rc, "%s", path);
	(void)close(fd);
	if (rc < 0)
		return rc;
	if (b.n <= FILE_MAX && certificate_key(buf_get(&b), a, spki))
		return 0;
	return err_set(err, E_INVALID, "%s: no certificate in PEM", path);
}
