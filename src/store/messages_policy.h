/*
 * messages_policy.h - the part of messages.h that is about mail of strangers:
 * the operator's rules, and who is known.
 */
#pragma once

/* What somebody said of a sender. subject is a plain address, a domain
 * (with all below it), both with the domain's A-label; or the octets (4, 16) of
 * a network with `bits`. There is one rule for each, the last that was put.
 *
 * Whose rule: of an account, of all people of a domain of ours, or the server's
 * (empty). A person's are their own, whatever owner they name. E_LIMIT: there
 * are RULES_MAX of the server's, or RULES_OWN_MAX of another owner. */
enum rule_kind { RULE_address = 1, RULE_domain, RULE_network };
enum rule_word { RULE_none, RULE_allow, RULE_block, RULE_junk, RULE_hold,
	RULE_WORDS };
enum { RULES_MAX = 10000, RULES_OWN_MAX = 1000 };
#define FIELDS_rule(F, S)                                             \
	F(S, u32, kind, 0) F(S, u32, bits, 0) F(S, str, subject, 320)
#define FIELDS_rule_put_ask(F, S) \
	F(S, u64, change, 0) F(S, str, owner, 320) FIELDS_rule(F, S) \
	F(S, u32, word, 0)
/* Allowed, or not: E_NOTFOUND if it is not so. */
#define FIELDS_rule_remove_ask(F, S) \
	F(S, u64, change, 0) F(S, str, owner, 320) FIELDS_rule(F, S) \
	F(S, u8, allowed, 0)
/* In an order of its own, from behind this one (0, at first) on: of one owner,
 * or (the operator, with `all`) of every one. */
#define FIELDS_rules_place(F, S) \
	F(S, u64, account, 0) F(S, str, domain, 255) FIELDS_rule(F, S)
#define FIELDS_rules_ask(F, S)                                        \
	FIELDS_rules_place(F, S) F(S, str, owner, 320) F(S, u8, all, 0)
#define FIELDS_rules_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
/* owner: an address, a domain; empty: the server's. */
#define FIELDS_rule_row(F, S)                                         \
	FIELDS_rules_place(F, S) F(S, str, owner, 320)                \
	F(S, u32, word, 0) F(S, i64, at, 0)

/* Who hands in a message, as far as mx knows when its text has come: what
 * store looks up, and in the submit what it is to remember. */
enum { PROVEN_MAX = 2600, ANSWERS_IDS = 12, ANSWERS_ID_MAX = 250,
	ANSWERS_MAX = ANSWERS_IDS * (ANSWERS_ID_MAX + 1) };
#define FIELDS_standing(F, S)                                         \
	F(S, str, host, 16)		/* octets of its address */   \
	F(S, str, proven, PROVEN_MAX)	/* domains that SPF or DKIM has   \
					 * proven, spaces between */  \
	F(S, str, answers, ANSWERS_MAX)	/* ids of messages that it is an  \
					 * answer to, LF between */
/* By which names, and what of them is proven. */
#define FIELDS_wrote(F, S)                                            \
	F(S, u8, sender_proven, 0)	/* that in MAIL, by SPF */    \
	F(S, str, author, 320)		/* in From; empty: not one */ \
	F(S, u8, author_proven, 0)	/* by DMARC */
/* rcpts: addresses, each with LF at its end: RCPTS_WEIGHED, and one more if
 * there are more. */
enum { RCPTS_WEIGHED = 50 };
#define FIELDS_weigh_ask(F, S)                                        \
	FIELDS_standing(F, S)                                         \
	F(S, str, sender, 320)		/* in MAIL */                 \
	FIELDS_wrote(F, S)                                            \
	F(S, str, name, 255)		/* the domain in From, */     \
	F(S, str, whose, 255)		/* what is registered of it, */ \
	F(S, str, looks, 1024)		/* and that as it looks; see  \
					 * store/policy/alike.h */    \
	F(S, u8, whose_proven, 0)	/* SPF or DKIM is of the same: \
					 * its messages are counted */ \
	F(S, str, rcpts, 20000)
/* Who is known: one that a recipient wrote to; a proven domain, or a network,
 * whose mail was taken before; who answers what a recipient sent, and who was
 * proven to be the author of such an answer before. */
enum known { KNOWN_no, KNOWN_correspondent, KNOWN_domain, KNOWN_network,
	KNOWN_answer, KNOWN_answered };
/* word: that of the rule that fits best: an address before a domain before a
 * network, the longest before others. Names that nothing proves are not
 * allowed by a rule, but blocked. Of each recipient it is his own rule before
 * one of his domain before one of the server; where they do not all say the
 * same, none is told but that somebody allows it: in the commit that takes the
 * message each gets it as his rule says. */
#define FIELDS_weigh_answer(F, S)                                     \
	FIELDS_rule(F, S) F(S, u32, word, 0)                          \
	F(S, str, owner, 320)		/* whose; empty: the server's */ \
	F(S, u8, allowed, 0)		/* word is none, of not all */ \
	F(S, u32, known, 0)                                           \
	F(S, u8, known_to_all, 0)	/* all have written to them */ \
	F(S, i64, answers_at, 0)	/* when a recipient sent what it  \
					 * answers; 0: it answers nothing */ \
	F(S, str, looks_like, 255)	/* it is of no domain that they   \
					 * wrote to, and looks like this */ \
	F(S, u8, stale, 0)	/* what is known will be forgotten    \
				 * unless it is remembered anew */    \
	F(S, i64, waited_s, 0)	/* since it was sent away; -1: it was \
				 * not, or too long ago */            \
	F(S, u32, wait_s, 0)	/* `whose` has sent all that it may:  \
				 * not before so many seconds; 0: now */ \
	F(S, u8, learned, 0)	/* the filter knows enough to say  \
				 * something */
/* Was mail of its network taken lately, other than into Junk? */
#define FIELDS_host_known_ask(F, S) F(S, str, host, 16)
#define FIELDS_host_known_answer(F, S) F(S, u8, known, 0)
/* It was sent away (RFC 6647): remember that, if it is not remembered. */
#define FIELDS_greylist_ask(F, S)                                     \
	F(S, u64, change, 0) F(S, str, host, 16)                      \
	F(S, str, sender, 320) F(S, str, rcpt, 320)	/* the first */

/* What a message looks like (mail/traits.h): numbers below TRAIT_KINDS, each
 * above the one before, TRAIT_OCTETS octets little-endian each. */
enum { TRAIT_KINDS = 65536, TRAIT_OCTETS = 2, TRAITS_MAX = 4000,
	TRAITS_OCTETS = TRAIT_OCTETS * TRAITS_MAX };
/* What a message is, as somebody says by what he does with it. */
enum lesson { LESSON_none, LESSON_spam, LESSON_good };
/* Of each message a u8 lesson, a u16 number of traits, and these: for the
 * account that says it, and for everybody; of the operator for everybody. */
#define FIELDS_learn_ask(F, S) \
	F(S, u64, change, 0) F(S, str, lessons, MSG_CHUNK)
/* What the filter says of a message, as the account whose address this is has
 * taught it, or else as everybody has. thousandths: its score; 0, too, while it
 * has not learned enough. */
#define FIELDS_spam_score_ask(F, S) \
	F(S, str, rcpt, 320) F(S, str, traits, TRAITS_OCTETS)
#define FIELDS_spam_score_answer(F, S) F(S, i64, thousandths, 0) F(S, u8, spam, 0)
/* The answer carries the descriptor of a new CHECKER connection. */
#define FIELDS_checker_open_ask(F, S) F(S, u8, none, 0)
/* How many everybody has given. */
#define FIELDS_learned_ask(F, S) F(S, u8, none, 0)
#define FIELDS_learned_answer(F, S) \
	F(S, u32, spam, 0) F(S, u32, good, 0) F(S, u8, decides, 0)
