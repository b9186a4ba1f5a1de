#include "pam/conversation.h"

#include <stdlib.h>
#include <string.h>

/* Octets of a module's, in the log's line. */
static void
add_words(struct conversation *c, const char *text)
{
	if (c->nwords > 0 && c->nwords < sizeof(c->words))
		c->words[c->nwords++] = ' ';
	for (; *text && c->nwords < sizeof(c->words); text++)
		c->words[c->nwords++] = *text < ' ' || *text == 127 ? ' ' :
		    *text;
}

static void
free_responses(struct pam_response *r, int n)
{
	for (int i = 0; i < n; i++)
		if (r[i].resp) {
			explicit_bzero(r[i].resp, strlen(r[i].resp));
			free(r[i].resp);
		}
	free(r);
}

/* False: this is not answered, and so nothing is. */
static bool
answer_one(struct conversation *c, const struct pam_message *m,
    struct pam_response *r)
{
	switch (m->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		if (c->said)
			break;
		c->said = true;
		r->resp = strdup(c->password);
		return r->resp != NULL;
	case PAM_ERROR_MSG:
	case PAM_TEXT_INFO:
		add_words(c, m->msg ? m->msg : "");
		return true;
	default:
		break;
	}
	c->refused = true;
	add_words(c, m->msg ? m->msg : "");
	return false;
}

int
conversation_answer(int n, const struct pam_message **messages,
    struct pam_response **responses, void *data)
{
	struct conversation *c = data;
	struct pam_response *r;

	if (n <= 0 || n > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	r = calloc((size_t)n, sizeof(*r));
	if (!r)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++)
		if (!answer_one(c, messages[i], &r[i])) {
			free_responses(r, n);
			return PAM_CONV_ERR;
		}
	*responses = r;	/* libpam's now */
	return PAM_SUCCESS;
}
