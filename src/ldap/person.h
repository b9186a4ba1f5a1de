/*
 * person.h - what an entry of the directory says of a person here. Pure, and
 * what it reads is from outside.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "ldap/protocol.h"

/* As store has them (store/messages_ldap.h). */
enum { PERSON_ID_MAX = 64, PERSON_DN_MAX = 1000, PERSON_ADDRESS_MAX = 320,
	PERSON_ALIASES_MAX = 8000, PERSON_ALIASES_N = 200 };

/* Which attributes say it; names that are not asked for are empty. */
struct person_attributes {
	struct str id, mail, quota;
	struct str aliases;	/* names, a space between */
};

struct person {
	struct str id;		/* printable */
	struct str dn;
	struct str address;	/* lower case, its domain an A-label */
	struct str aliases;	/* the same, each with LF behind it */
	bool with_quota;
	uint64_t quota;		/* octets */
};

/* An entry as a person; its strs live in the arena. False: it is nobody's
 * address, and why says so. What Active Directory calls "SMTP:a@b" in capitals
 * is the address where `mail` has none; "smtp:c@d" are aliases, and what has
 * another word there is no address of mail. */
must_check bool person_read(const struct ldap_message *entry,
    const struct person_attributes *names, struct arena *a,
    struct person *out, const char **why);

/* What to ask for. */
struct str person_wanted(const struct person_attributes *names,
    struct arena *a);

/* A DN of nobody below base: to be told as somebody whose password is wrong.
 * number is random. */
struct str person_nobody(struct str base, uint64_t number, struct arena *a);
