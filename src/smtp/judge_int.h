/*
 * judge_int.h - what the files of judge.c share: one message on its way to a
 * verdict. The story is judge_finish(), in judge.c.
 */
#pragma once
#include "base/ip.h"
#include "policy/attachments.h"
#include "policy/content.h"
#include "policy/feedback_file.h"
#include "smtp/judge.h"
#include "trust/arc_check.h"
#include "trust/dmarc.h"
#include "trust/iprev.h"
#include "trust/spf.h"

struct judging {
	const struct smtp_judge *judge;
	struct judge_ask ask;
	struct ip ip;
	struct dkim_check *dkim;	/* NULL: nothing is proven */
	struct attachments *attachments;
	struct feedback_file *file;	/* a report; NULL: nobody reads it */
	struct both *both;		/* who look at its parts then */
	struct buf head;	/* of the text: TRAITS_HEAD */
	struct shown {		/* the text, for scanners */
		int fd;		/* -1: it is not kept */
		uint64_t size;
		const char *why;	/* it is not kept; NULL */
		bool too_long;		/* and will be the next time */
	} shown;
	int64_t until_ms;
};

/* What was found. */
struct evidence {
	struct judging *j;
	struct arena *a;
	struct trust_dns dns;
	struct str spf_domain;	/* who was asked about: MAIL FROM, else HELO */
	bool by_helo;
	struct spf_answer spf;
	struct dkim_result dkim[DKIM_SIGNATURES_MAX];
	size_t ndkim;
	struct str author;	/* the domain in From; empty: not just one */
	struct str author_address;	/* the same */
	bool authors_differ;
	struct dmarc_answer dmarc;
	struct content_seen seen;
	struct iprev_answer iprev;
	struct arc_result arc;
	struct str voucher;	/* of what fails DMARC; empty: nobody */
	bool by_list;		/* it is of list-trusted */
	bool voucher_unsure;	/* DNS kept it from us */
	struct weigh_ask weigh;
	struct weigh_answer known;
	bool too_often;		/* its domain sends more than it may */
	struct dns_listing list;
	struct policy_decision policy;
	struct attached attached;
	struct scanned {
		enum attached_then then;
		struct str virus;	/* its name; empty: none */
		bool wait;
	} scanned;
	struct findings findings;
};

/* judge_proof.c: by SPF, DKIM and DMARC. All of it asks DNS. */
void judge_prove(struct evidence *e);
/* unsure: what DNS could not answer counts as proven. */
void judge_ask_dmarc(struct evidence *e, bool unsure,
    struct dmarc_answer *answer);
bool judge_is_signed(const struct evidence *e);	/* by somebody */
bool judge_is_proven(const struct evidence *e);	/* by SPF or DKIM */
/* Whoever seems to have written it, or to get its answers, may be another. */
bool judge_is_forged(const struct evidence *e);
/* For trust_dns: arg is the judging. */
void judge_look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a);

/* judge_chain.c: who has had it before, and the name of who brings it. Behind
 * judge_prove(). */
void judge_look_at_hands(struct evidence *e);
/* It is taken, and sent on: sealed with what was found, if that can be had. */
void judge_seal(struct evidence *e, struct verdict *out);

/* judge_known.c: what store, the operator and lists know of the sender. */
void judge_ask_who(struct evidence *e);
/* 451, and who was sent away is remembered. */
struct reply judge_send_away(struct evidence *e);
/* When known.answers_at is: "2026-11-29". */
struct str judge_answers_day(const struct evidence *e);

/* judge_score.c: what was found, as points. What it shows comes first: lists
 * are asked about it. */
void judge_see(struct evidence *e);
void judge_find(struct evidence *e);

/* judge_scan.c: what other programs say of the text. Kept for them from the
 * beginning; asked last of all, for it is what takes the longest. */
void judge_show_begin(struct judging *j);
void judge_show(struct judging *j, struct str octets);
void judge_show_end(struct judging *j);
void judge_scan(struct evidence *e);

/* judge_count.c: for the report to the domain in From. Once, when it is clear
 * what becomes of the message. */
void judge_count(const struct evidence *e, struct verdict *v);

/* judge_report.c: what others say of mail in our name, where it is sent for
 * that. Once it is clear that it may come in. */
void judge_read(const struct evidence *e, struct verdict *v);
/* Who sees its parts. */
struct mime_watch judge_watch(struct judging *j);

/* judge_say.c */
void judge_say_fields(const struct evidence *e, struct buf *b);
/* The value of Authentication-Results. */
void judge_say_results(const struct evidence *e, struct buf *b);
struct str judge_say_words(const struct evidence *e);
