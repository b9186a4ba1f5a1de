/*
 * messages_words.h - what is asked of the index of words: a part of messages.h,
 * which has the table of all calls.
 *
 * It is filled by whoever has read a message anyway, because somebody searched
 * or `postern account reindex` was asked for. So a role that was taken over can
 * make the index of its own account wrong, and of no other, and `reindex` makes
 * it right.
 */
#pragma once
#include "rt/msg.h"

#define STORE_CALLS_WORDS(C) \
	C(words, done, AUTH_BOUND, RUN_READER, CHANGE_none, own) \
	C(words_size, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(words_forget, done, AUTH_OPERATOR, RUN_READER, CHANGE_none, own)

/* Words of messages of this account: records of store/words.h, of this version
 * (never 0; words of another one are forgotten). What is in the index already,
 * and what is no message of the account, is passed over. E_INVALID: these are
 * no words. E_FULL: the disk has no room for what nobody needs. */
enum { WORDS_ASK_MAX = MSG_CHUNK };
#define FIELDS_words_ask(F, S) \
	F(S, u32, version, 0) F(S, str, records, WORDS_ASK_MAX)

/* How large an account's index is, and how many messages are in it. */
#define FIELDS_words_size_ask(F, S) F(S, u64, account, 0)
#define FIELDS_words_size_answer(F, S) \
	F(S, u64, octets, 0) F(S, u64, messages, 0)
/* It is made anew from nothing. */
#define FIELDS_words_forget_ask(F, S) F(S, u64, account, 0)
