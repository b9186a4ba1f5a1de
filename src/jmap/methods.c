/*
 * methods.c - all methods there are.
 */
#include "jmap/jmap_int.h"

/* Core/echo                                                    RFC 8620 4 */
const char *
core_echo(struct call *c)
{
	const char *name;
	json_t *v;

	json_object_foreach(c->args, name, v) {
		out_name(&c->out, name);
		out_json(&c->out, v);
	}
	return NULL;
}

#define ACCOUNT { "accountId", ARG_ACCOUNT, true }
/* RFC 8620 5.1 to 5.3, 5.5, 5.6 */
#define ARGS_GET ACCOUNT, { "ids", ARG_IDS, false }, \
	{ "properties", ARG_STRINGS, false }
#define ARGS_CHANGES ACCOUNT, { "sinceState", ARG_STRING, true }, \
	{ "maxChanges", ARG_UINT, false }
#define ARGS_SET ACCOUNT, { "ifInState", ARG_STRING, false }, \
	{ "create", ARG_OBJECT, false }, { "update", ARG_OBJECT, false }, \
	{ "destroy", ARG_IDS, false }
#define ARGS_FILTER ACCOUNT, { "filter", ARG_OBJECT, false }, \
	{ "sort", ARG_ARRAY, false }, { "calculateTotal", ARG_BOOL, false }
#define ARGS_QUERY ARGS_FILTER, { "position", ARG_INT, false }, \
	{ "anchor", ARG_ID, false }, { "anchorOffset", ARG_INT, false }, \
	{ "limit", ARG_UINT, false }
#define ARGS_QUERY_CHANGES ARGS_FILTER, \
	{ "sinceQueryState", ARG_STRING, true }, \
	{ "maxChanges", ARG_UINT, false }, { "upToId", ARG_ID, false }

/* RFC 8621 4.2 */
#define ARGS_VALUES { "bodyProperties", ARG_STRINGS, false }, \
	{ "fetchTextBodyValues", ARG_BOOL, false }, \
	{ "fetchHTMLBodyValues", ARG_BOOL, false }, \
	{ "fetchAllBodyValues", ARG_BOOL, false }, \
	{ "maxBodyValueBytes", ARG_UINT, false }

#define RULES(...) (const struct arg_rule[]){ __VA_ARGS__, { 0 } }

const struct method jmap_methods[] = {
	{ CAP_CORE, "Core/echo", core_echo, NULL },
	{ CAP_MAIL, "Mailbox/get", mailbox_get, RULES(ARGS_GET) },
	{ CAP_MAIL, "Mailbox/changes", mailbox_changes, RULES(ARGS_CHANGES) },
	{ CAP_MAIL, "Mailbox/query", mailbox_query, RULES(ARGS_QUERY,
	    { "sortAsTree", ARG_BOOL, false },
	    { "filterAsTree", ARG_BOOL, false }) },
	{ CAP_MAIL, "Mailbox/queryChanges", mailbox_query_changes,
	    RULES(ARGS_QUERY_CHANGES, { "sortAsTree", ARG_BOOL, false },
	    { "filterAsTree", ARG_BOOL, false }) },
	{ CAP_MAIL, "Mailbox/set", mailbox_set, RULES(ARGS_SET,
	    { "onDestroyRemoveEmails", ARG_BOOL, false }) },
	{ CAP_MAIL, "Thread/get", thread_get, RULES(ARGS_GET) },
	{ CAP_MAIL, "Thread/changes", thread_changes, RULES(ARGS_CHANGES) },
	{ CAP_MAIL, "Email/get", email_get, RULES(ARGS_GET, ARGS_VALUES) },
	{ CAP_MAIL, "Email/changes", email_changes, RULES(ARGS_CHANGES) },
	{ CAP_MAIL, "Email/query", email_query, RULES(ARGS_QUERY,
	    { "collapseThreads", ARG_BOOL, false }) },
	{ CAP_MAIL, "Email/queryChanges", email_query_changes,
	    RULES(ARGS_QUERY_CHANGES,
	    { "collapseThreads", ARG_BOOL, false }) },
	{ CAP_MAIL, "Email/set", email_set, RULES(ARGS_SET) },
	{ CAP_MAIL, "Email/import", email_import, RULES(ACCOUNT,
	    { "ifInState", ARG_STRING, false },
	    { "emails", ARG_OBJECT, true }) },
	{ CAP_MAIL, "Email/parse", email_parse, RULES(ACCOUNT,
	    { "blobIds", ARG_IDS, true },
	    { "properties", ARG_STRINGS, false }, ARGS_VALUES) },
	{ CAP_MAIL, "SearchSnippet/get", snippet_get, RULES(ACCOUNT,
	    { "filter", ARG_OBJECT, false },
	    { "emailIds", ARG_IDS, true }) },
	{ CAP_SUBMISSION, "Identity/get", identity_get, RULES(ARGS_GET) },
	{ CAP_SUBMISSION, "Identity/changes", identity_changes,
	    RULES(ARGS_CHANGES) },
	{ CAP_SUBMISSION, "Identity/set", identity_set, RULES(ARGS_SET) },
	{ CAP_SUBMISSION, "EmailSubmission/get", submission_get,
	    RULES(ARGS_GET) },
	{ CAP_SUBMISSION, "EmailSubmission/changes", submission_changes,
	    RULES(ARGS_CHANGES) },
	{ CAP_SUBMISSION, "EmailSubmission/query", submission_query,
	    RULES(ARGS_QUERY) },
	{ CAP_SUBMISSION, "EmailSubmission/queryChanges",
	    submission_query_changes, RULES(ARGS_QUERY_CHANGES) },
	{ CAP_SUBMISSION, "EmailSubmission/set", submission_set,
	    RULES(ARGS_SET, { "onSuccessUpdateEmail", ARG_OBJECT, false },
	    { "onSuccessDestroyEmail", ARG_IDS, false }) },
	{ CAP_QUOTA, "Quota/get", quota_get, RULES(ARGS_GET) },
	{ CAP_QUOTA, "Quota/changes", quota_changes, RULES(ARGS_CHANGES) },
	{ CAP_QUOTA, "Quota/query", quota_query, RULES(ARGS_QUERY) },
	{ CAP_QUOTA, "Quota/queryChanges", quota_query_changes,
	    RULES(ARGS_QUERY_CHANGES) },
	{ CAP_VACATION, "VacationResponse/get", vacation_get,
	    RULES(ARGS_GET) },
	{ CAP_VACATION, "VacationResponse/set", vacation_set,
	    RULES(ARGS_SET) },
	{ NULL, NULL, NULL, NULL },
};
