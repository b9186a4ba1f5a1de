/*
 * option_rows.c - print the table of options as JSON, for tools/conf_docs.
 */
#include <stdio.h>

#include "conf/option.h"

static void
put_key(const char *key, const char *value)
{
	auto_buf b = BUF_INIT(4096);

	for (; value && *value; value++) {
		if (*value == '\n')
			buf_lit(&b, "\\n");
		else if (*value == '"' || *value == '\\')
			buf_printf(&b, "\\%c", *value);
		else
			buf_chr(&b, *value);
	}
	if (value)
		printf("\"%s\": \"%.*s\", ", key, STR_FMT(buf_get(&b)));
}

static void
put_option(const struct conf_option *o)
{
	auto_buf range = BUF_INIT(100);

	printf("  {");
	put_key("name", o->name);
	put_key("block", conf_blocks[o->block].name);
	put_key("value", o->value);
	put_key("unset", o->unset);
	put_key("example", o->example);
	put_key("help", o->help);
	put_key("more", o->more);
	if (o->type >= CONF_NUMBER && o->type <= CONF_TIME) {
		conf_put_range(&range, o);
		buf_chr(&range, '\0');
		put_key("range", range.p);
	}
	printf("\"words\": [");
	for (const struct conf_word *w = o->words; w && w->name; w++) {
		printf("%s{", w == o->words ? "" : ", ");
		put_key("help", w->help ? w->help : "");
		printf("\"name\": \"%s\"}", w->name);
	}
	printf("], \"at_start\": %s}", o->at_start ? "true" : "false");
}

int
main(void)
{
	puts("{\"blocks\": [");
	for (size_t i = 0; i < CONF_BLOCKS; i++) {
		printf("  {");
		put_key("name", conf_blocks[i].name);
		put_key("title", conf_blocks[i].title);
		put_key("value", conf_blocks[i].value);
		put_key("help", conf_blocks[i].help);
		put_key("more", conf_blocks[i].more);
		put_key("example", conf_blocks[i].example);
		printf("\"many\": %s, \"at_start\": %s}%s\n",
		    conf_blocks[i].shape ? "true" : "false",
		    conf_blocks[i].at_start ? "true" : "false",
		    i + 1 < CONF_BLOCKS ? "," : "");
	}
	puts("], \"options\": [");
	for (size_t i = 0; i < conf_noptions; i++) {
		put_option(&conf_options[i]);
		puts(i + 1 < conf_noptions ? "," : "");
	}
	puts("]}");
	return 0;
}
