#include "store/messages.h"

MSG_SHAPE(done);
MSG_SHAPE(view);
MSG_SHAPE(changed);
MSG_SHAPE(hello_ask);
MSG_SHAPE(hello_answer);
MSG_SHAPE(rcpt_ask);
MSG_SHAPE(rcpt_answer);
MSG_SHAPE(sender_ask);
MSG_SHAPE(stage_ask);
MSG_SHAPE(stage_answer);
MSG_SHAPE(unstage_ask);
MSG_SHAPE(submit_ask);
MSG_SHAPE(submit_answer);
MSG_SHAPE(journal_ask);
MSG_SHAPE(mailboxes_ask);
MSG_SHAPE(mailboxes_answer);
MSG_SHAPE(mailbox_row);
MSG_SHAPE(open_ask);
MSG_SHAPE(open_answer);
MSG_SHAPE(status_ask);
MSG_SHAPE(status_answer);
MSG_SHAPE(fetch_ask);
MSG_SHAPE(fetch_answer);
MSG_SHAPE(fetch_row);
MSG_SHAPE(content_ask);
MSG_SHAPE(content_answer);
MSG_SHAPE(sync_ask);
MSG_SHAPE(sync_answer);
MSG_SHAPE(watch_ask);
MSG_SHAPE(append_ask);
MSG_SHAPE(append_answer);
MSG_SHAPE(flags_ask);
MSG_SHAPE(flags_answer);
MSG_SHAPE(expunge_ask);
MSG_SHAPE(expunge_answer);
MSG_SHAPE(credential_ask);
MSG_SHAPE(credential_answer);
MSG_SHAPE(account_open_ask);
MSG_SHAPE(secret_get_ask);
MSG_SHAPE(secret_get_answer);
MSG_SHAPE(secret_put_ask);
MSG_SHAPE(domain_add_ask);
MSG_SHAPE(domain_remove_ask);
MSG_SHAPE(domains_ask);
MSG_SHAPE(domains_answer);
MSG_SHAPE(domain_row);
MSG_SHAPE(account_add_ask);
MSG_SHAPE(account_add_answer);
MSG_SHAPE(account_passwd_ask);
MSG_SHAPE(account_remove_ask);
MSG_SHAPE(accounts_ask);
MSG_SHAPE(accounts_answer);
MSG_SHAPE(account_row);
MSG_SHAPE(verify_ask);
MSG_SHAPE(verify_answer);
MSG_SHAPE(journal_read_ask);
MSG_SHAPE(journal_read_answer);
MSG_SHAPE(journal_row);
MSG_SHAPE(take_ask);
MSG_SHAPE(take_answer);
MSG_SHAPE(queue_item);
MSG_SHAPE(queue_rcpt);
MSG_SHAPE(queue_content_ask);
MSG_SHAPE(queue_content_answer);
MSG_SHAPE(report_ask);
MSG_SHAPE(queue_result);
MSG_SHAPE(release_ask);
MSG_SHAPE(bounce_ask);
MSG_SHAPE(queue_list_ask);
MSG_SHAPE(queue_list_answer);
MSG_SHAPE(queue_row);
MSG_SHAPE(queue_change_ask);
MSG_SHAPE(queue_change_answer);
MSG_SHAPE(alias_add_ask);
MSG_SHAPE(alias_remove_ask);
MSG_SHAPE(aliases_ask);
MSG_SHAPE(aliases_answer);
MSG_SHAPE(alias_row);

const struct ipc_call store_calls[STORE_NCALLS] = {
#define C(name, reply, authorities, where)                                \
	[STORE_##name] = { #name, STORE_##name, &name##_ask_shape,        \
		&reply##_shape, (authorities), (where) },
#define N(name, authorities)                                              \
	[STORE_##name] = { #name, STORE_##name, &name##_ask_shape, NULL,  \
		(authorities), RUN_LOOP },
	STORE_CALLS(C)
	STORE_NOTICES(N)
#undef C
#undef N
};

const struct ipc_call store_notices[STORE_NNOTICES] = {
	[NOTICE_changed] = { "changed", NOTICE_changed, &changed_shape, NULL,
		AUTH_FROM_STORE, 0 },
};
