/*
 * cmd_compress.c - COMPRESS.
 */
#include "imap/imap_int.h"
#include "rt/deflate.h"

/* COMPRESS algorithm: from behind this answer on, both ways.    RFC 4978 3 */
struct answer
imap_compress(struct imap_session *s, const struct imap_command *c)
{
	const struct answer go = OK("Compressed from here on");

	if (!str_eqi(c->args.word, STR("DEFLATE")))
		return NO("No such compression");
	if (stream_is_deflated(s->d.stream))
		return NO_CODE("COMPRESSIONACTIVE", "It is compressed already");
	/* Nobody can know if that is compressed. */
	if (stream_buffered(s->d.stream).n > 0)
		return BAD("Nothing may follow COMPRESS before its answer");
	imap_say_answer(s, c->tag, &go);
	if (stream_flush(s->d.stream, NULL) == 0)
		stream_deflate(s->d.stream);
	return NO_ANSWER;
}
