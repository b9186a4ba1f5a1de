#include "policy/attached.h"

struct attached_rules
attached_rules_of(const struct config *c)
{
	return (struct attached_rules){ {
		[FILE_PROGRAM] = (enum attached_then)c->attached_programs,
		[FILE_SCRIPT] = (enum attached_then)c->attached_scripts,
		[FILE_IMAGE] = (enum attached_then)c->attached_images,
		[FILE_MACROS] = (enum attached_then)c->attached_macros,
		[FILE_ENCRYPTED] = (enum attached_then)c->attached_encrypted,
	} };
}

static const struct {
	const char *word;
	int tenths;
} counts[FILE_CLASSES] = {
	[FILE_PROGRAM] = { "program", 40 },
	[FILE_SCRIPT] = { "script", 25 },
	[FILE_IMAGE] = { "disk-image", 20 },
	[FILE_MACROS] = { "macros", 20 },
	[FILE_ENCRYPTED] = { "encrypted", 5 },
};

/* Nobody hides a script that is harmless. */
static enum attached_then
then_of(const struct attached_rules *rules, enum file_class class,
    const struct file_find *find)
{
	if (class == FILE_SCRIPT && find->hides &&
	    rules->then[FILE_PROGRAM] > rules->then[FILE_SCRIPT])
		class = FILE_PROGRAM;
	return rules->then[class];
}

void
attached_decide(const struct attached_rules *rules,
    const struct file_finds *finds, struct arena *a, struct findings *f,
    struct attached *out)
{
	static const char *const thens[] = { [ATTACHED_MARK] = "mark",
		[ATTACHED_JUNK] = "junk", [ATTACHED_HOLD] = "hold",
		[ATTACHED_REFUSE] = "refuse" };
	bool hides = false;

	*out = (struct attached){ .then = ATTACHED_MARK };
	for (enum file_class c = FILE_PROGRAM; c < FILE_CLASSES; c++) {
		const struct file_find *find = &finds->of[c];
		struct str why = str_dup(a, str_c(find->why));

		if (!find->is)
			continue;
		hides |= find->hides;
		findings_add(f, counts[c].word, counts[c].tenths, why);
		if (then_of(rules, c, find) > out->then) {
			out->then = then_of(rules, c, find);
			out->what = why;
		}
	}
	if (hides)
		findings_add(f, "false-name", 30, STR_NULL);
	if (out->then != ATTACHED_MARK)
		out->words = arena_printf(a, " attachments=%s (%.*s)",
		    thens[out->then], STR_FMT(out->what));
}
