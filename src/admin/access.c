#include "admin/access.h"

#include "admin/operator.h"
#include "admin/options.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "store/rights.h"

static const char usage[] =
    "usage: postern account access [ADDRESS] [--json]\n"
    "       postern account access ADDRESS MAILBOX WHO RIGHTS\n\n"
    "Which mailboxes people share: all, or those of one person. With four\n"
    "words: what WHO (an address of an account here, or anyone) may do with\n"
    "that mailbox of ADDRESS from now on. RIGHTS are read, write, all, none,\n"
    "or letters of RFC 4314:\n"
    "  l  see that it is there        r  read it\n"
    "  s  mark as read, for oneself   w  other flags\n"
    "  i  put messages in             t  mark as deleted\n"
    "  e  expunge                     k  make mailboxes below it\n"
    "  x  rename or remove it         a  say who may do what\n"
    "read is lrs, write is lrswite. A \"-\" before WHO (behind --) takes\n"
    "these rights away from who would have them otherwise. They find it in\n"
    "their mail program under Other Users. Owners keep all rights.\n\n"
    WHICH_SERVER;

static const struct {
	struct str word, letters;
} words[] = {
	{ STR("read"), STR("lrs") },
	{ STR("write"), STR("lrswite") },
	{ STR("all"), STR("lrswipkxtea") },
	{ STR("none"), STR("") },
};

static struct str
letters_of(struct arena *a, uint32_t rights)
{
	auto_buf b = BUF_INIT(RIGHTS_TEXT);

	rights_put(&b, rights);
	/* c and d say nothing that the others do not. */
	return str_dup(a, str_first(buf_get(&b), b.n -
	    (rights & RIGHTS_c ? 1 : 0) - (rights & RIGHTS_d ? 1 : 0)));
}

static bool
read_rights(struct str word, uint32_t *rights)
{
	for (size_t i = 0; i < NELEM(words); i++)
		if (str_eq(word, words[i].word))
			word = words[i].letters;
	return rights_read(word, rights);
}

static int
access_list(struct admin *a, struct operator *op, const struct options *o,
    struct str address, struct err *err)
{
	static const struct table_column columns[] = {
		{ "owner", false, true }, { "mailbox", false },
		{ "who", false }, { "rights", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct access_ask ask = { .address = address };
	struct access_answer answer;
	struct access_row row;
	struct str *cells;
	struct rd r;
	int rc;

	do {
		rc = operator_store(op, STORE_access, &ask, &answer, err);
		if (rc < 0)
			return rc;
		r = rd_of(answer.rows);
		while (!rd_done(&r) && msg_take(&r, &access_row_shape, &row)) {
			cells = table_row(&t, a->memory);
			cells[0] = str_dup(a->memory, row.owner);
			cells[1] = str_dup(a->memory, row.name);
			cells[2] = str_dup(a->memory, row.identifier);
			cells[3] = letters_of(a->memory, row.rights);
		}
		ask.account = answer.account;
		ask.mailbox = answer.mailbox;
	} while (ask.account > 0);
	table_print(&t, o->json);
	return 0;
}

static int
access_put(struct operator *op, struct str address, char **word,
    struct err *err)
{
	struct acl_put_ask ask = { .change = operator_change(op),
		.name = str_c(word[0]), .address = address,
		.identifier = str_c(word[1]), .mode = FLAGS_SET };
	struct done done;
	int rc;

	if (!read_rights(str_c(word[2]), &ask.rights))
		return err_set(err, E_INVALID, "rights are read, write, all, "
		    "none, or letters of lrswipkxtea, not \"%s\"", word[2]);
	if (ask.name.n > 1000 || ask.identifier.n > IDENTIFIER_MAX)
		return err_set(err, E_INVALID, "no such mailbox or person");
	rc = operator_store(op, STORE_acl_put, &ask, &done, err);
	if (rc == 0)
		printf("%s: %s has %s\n", word[0], word[1], word[2]);
	return rc;
}

int
account_access(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op = NULL;
	struct str address = STR_NULL;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS), rc = 0;

	if (n < 0)
		return o.code;
	if ((argc - n != 1 && argc - n != 2 && argc - n != 5) ||
	    !str_eq(str_c(argv[n]), STR("access")))
		return options_wrong(argc, argv, n, usage);
	if (argc - n > 1)
		rc = typed_address(a->memory, argv[n + 1], &address, &err);
	if (rc == 0)
		rc = operator_open(a, &o, &op, &err);
	if (rc == 0)
		rc = argc - n == 5 ? access_put(op, address, argv + n + 2,
		    &err) : access_list(a, op, &o, address, &err);
	operator_close(op);
	return rc < 0 ? admin_fail("account access", "%s", err.text) : 0;
}
