#include "sendmail/sendmail_args.h"

#include <unistd.h>

#include "store/messages.h"

static bool
read_mode(struct sendmail_args *a, char letter)
{
	static const struct {
		char letter;
		enum sendmail_mode mode;
	} modes[] = {
		{ 'm', SENDMAIL_DELIVER }, { 's', SENDMAIL_SMTP },
		{ 'p', SENDMAIL_LIST }, { 'i', SENDMAIL_NOTHING },
	};

	for (size_t i = 0; i < NELEM(modes); i++)
		if (modes[i].letter == letter) {
			a->mode = modes[i].mode;
			return true;
		}
	return false;
}

/* "never", or some of the others with commas.           RFC 3461 4.1 */
static bool
read_notify(struct sendmail_args *a, struct str list)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} words[] = {
		{ "never", NOTIFY_never }, { "success", NOTIFY_success },
		{ "failure", NOTIFY_failure }, { "delay", NOTIFY_delay },
	};
	struct str word;

	a->notify = 0;
	while (list.n > 0) {
		size_t i = 0;

		(void)str_cut(list, ',', &word, &list);
		while (i < NELEM(words) &&
		    !str_eqi(word, str_c(words[i].name)))
			i++;
		if (i == NELEM(words))
			return false;
		a->notify |= words[i].bit;
	}
	return a->notify == NOTIFY_never ||
	    (a->notify && !(a->notify & NOTIFY_never));
}

static bool
read_ret(struct sendmail_args *a, struct str word)
{
	a->ret = str_eqi(word, STR("full")) ? RET_full :
	    str_eqi(word, STR("hdrs")) ? RET_headers : RET_unsaid;
	return a->ret != RET_unsaid;
}

static bool
set_option(struct sendmail_args *a, int letter, const char *value)
{
	switch (letter) {
	case 'b': return read_mode(a, value[0]) && value[1] == '\0';
	case 'C': a->config = value; break;
	case 'f':
	case 'r': a->from = value; break;
	case 'F': a->name = value; break;
	case 'i': a->ignore_dot = true; break;
	case 'N': return read_notify(a, str_c(value));
	case 'o':
		/* Of the old options only this one is of any use. */
		if (value[0] == 'i')
			a->ignore_dot = true;
		break;
	case 'q': a->mode = SENDMAIL_RETRY; break;
	case 'R': return read_ret(a, str_c(value));
	case 's': break;	/* mail(1) uses it by mistake */
	case 't': a->to_header = true; break;
	case 'v': a->verbose = true; break;
	case 'V': a->envid = value; break;
	}
	return true;
}

int
sendmail_args_read(int argc, char **argv, struct sendmail_args *a,
    struct err *err)
{
	/* The first non-option ends them: "+". Values of the rest are passed
	 * over with them. */
	static const char letters[] = "+A:B:b:C:cd::Ee:F:f:Gh:iL:M:mN:nO:o:"
				      "p:q::R:r:s:tUV:vX:x";
	struct str name = str_c(argv[0]);
	int letter;

	*a = (struct sendmail_args){ 0 };
	if (str_eq(name, STR("mailq")))
		a->mode = SENDMAIL_LIST;
	if (str_eq(name, STR("newaliases")))
		a->mode = SENDMAIL_NOTHING;
	optind = 0;	/* anew, also in the middle of a cluster */
	opterr = 0;
	while ((letter = getopt(argc, argv, letters)) >= 0)
		if (letter == '?')
			return err_set(err, E_INVALID, "the option -%c is "
			    "not known, or its value is missing", optopt);
		else if (!set_option(a, letter, optarg ? optarg : ""))
			return err_set(err, E_INVALID, "-%c cannot be \"%s\"",
			    letter, optarg);
	a->first = optind;
	return 0;
}
