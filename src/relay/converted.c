/*
 * converted.c - a message for a server that takes 7 bits.       RFC 6152 3
 *
 * It is written anew (mime/downgrade.h) as it is sent, and once before that, to
 * see whether it can be and how long it becomes. Signatures of ours that were
 * made over this text go in front; a seal, which was made over the other one,
 * stays behind, for it would be broken.
 */
#include "mime/downgrade.h"
#include "relay/relay_int.h"

struct converting {
	struct downgrade *downgrade;
	uint64_t size;
	int (*out)(void *arg, struct str octets);	/* NULL: nobody */
	void *arg;
};

static int
give_octets(void *arg, struct str octets)
{
	struct converting *c = arg;

	c->size += octets.n;
	return c->out ? c->out(c->arg, octets) : 0;
}

static int
convert_octets(void *arg, struct str octets)
{
	return downgrade_feed(((struct converting *)arg)->downgrade, octets);
}

static int
convert(struct prefetch *text, struct converting *c, struct err *err)
{
	const struct downgrade_options o = { .to = DOWNGRADE_7BIT,
		.out = give_octets, .arg = c };
	enum downgrade_fault fault;
	int rc;

	c->downgrade = downgrade_new(&o);
	rc = prefetch_give(text, convert_octets, c, err);
	if (rc == 0)
		rc = downgrade_end(c->downgrade);
	fault = downgrade_fault(c->downgrade);
	downgrade_free(c->downgrade);
	if (fault != DOWNGRADE_FINE)
		return err_set(err, E_DENIED, "%s", downgrade_words(fault));
	return rc == E_DENIED ? E_PEER : rc;	/* of reading it */
}

/* Only what vault seals is of ARC. */
static bool
is_seal(struct str fields)
{
	return str_startsi(fields, STR("ARC-"));
}

int
converted_size(struct prefetch *text, const struct queue_item *item,
    uint64_t *size, struct err *err)
{
	struct converting c = { .size = item->signature_7bit.n };
	int rc = convert(text, &c, err);

	/* One that waited before there were two, or vault made no other. */
	if (rc == 0 && item->signature.n > 0 && item->signature_7bit.n == 0 &&
	    !is_seal(item->signature))
		return err_set(err, E_DENIED, "the message is signed as it "
		    "is");
	if (rc == 0)
		*size = c.size;
	return rc;
}

int
converted_give(struct prefetch *text,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	struct converting c = { .out = out, .arg = arg };

	return convert(text, &c, err);
}
