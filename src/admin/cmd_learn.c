/*
 * cmd_learn.c - postern learn: what spam looks like, and what does not, from
 * messages that somebody has sorted.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/operator.h"
#include "admin/progress.h"
#include "admin/walled.h"
#include "mail/traits.h"

enum { LINE = 1500, DEPTH_MAX = 8 };

static const char usage[] =
    "usage: postern learn spam PATH...\n"
    "       postern learn good PATH...\n"
    "       postern learn show [--json]\n\n"
    "The filter that everybody shares learns from messages that somebody has\n"
    "sorted. A PATH is a message, an mbox, or a folder with all below it (a\n"
    "Maildir, or files); files whose names begin with a dot are passed over.\n"
    "What people move into Junk and out of it the filter learns by itself.\n"
    "It says nothing before it has seen 50 of each kind.\n\n"
    WHICH_SERVER;

struct learning {
	struct operator *op;
	bool json;
	enum lesson lesson;
	char **paths;		/* NULL ends */
	struct walled *walled;
	struct buf head, traits, lessons;
	struct progress progress;
	uint64_t n;
};

static int
send_lessons(struct learning *l, struct err *err)
{
	struct learn_ask ask = { .change = operator_change(l->op),
		.lessons = buf_get(&l->lessons) };
	struct done done;
	int rc = l->lessons.n == 0 ? 0 : operator_store(l->op, STORE_learn,
	    &ask, &done, err);

	buf_reset(&l->lessons);
	return rc;
}

/* The message of which l->head is the beginning has ended. */
static int
end_of_message(struct learning *l, struct err *err)
{
	if (str_trim(buf_get(&l->head)).n == 0) {
		buf_reset(&l->head);
		return 0;
	}
	if (walled_traits(l->walled, buf_get(&l->head), &l->traits, err) < 0)
		return E_IO;
	buf_reset(&l->head);
	progress_tell(&l->progress, "%llu messages",
	    (unsigned long long)++l->n);
	if (traits_lesson(&l->lessons, l->lesson, buf_get(&l->traits)))
		return 0;
	if (send_lessons(l, err) < 0)
		return err->code;
	(void)traits_lesson(&l->lessons, l->lesson, buf_get(&l->traits));
	return 0;
}

/* A line, or LINE octets of one; empty: the end. */
static struct str
next_line(FILE *f, char *line)
{
	size_t n = 0;
	int c;

	while (n < LINE && (c = getc_unlocked(f)) != EOF) {
		line[n++] = (char)c;
		if (c == '\n')
			break;
	}
	return str_make(line, n);
}

/* With CRLF, as messages come by SMTP. */
static void
add_line(struct learning *l, struct str line)
{
	bool bare = line.n > 0 && line.p[line.n - 1] == '\n' &&
	    (line.n < 2 || line.p[line.n - 2] != '\r');

	line = str_first(line, bare ? line.n - 1 : line.n);
	buf_str(&l->head, str_first(line, l->head.cap - l->head.n));
	if (bare && l->head.cap - l->head.n >= 2)
		buf_lit(&l->head, "\r\n");
}

/* In an mbox, which begins with such a line, a message begins behind a line
 * "From ..." with a blank one before it. Of another file no more is read than
 * is looked at: somebody may have made it very large. */
static int
learn_stream(struct learning *l, FILE *f, struct err *err)
{
	char line[LINE];
	struct str s = next_line(f, line);
	bool mbox = str_starts(s, STR("From ")), whole = true, blank = true;
	int rc = 0;

	for (; rc == 0 && s.n > 0 && (mbox || l->head.n < l->head.cap);
	    s = next_line(f, line)) {
		if (mbox && blank && str_starts(s, STR("From ")))
			rc = end_of_message(l, err);
		else
			add_line(l, s);
		blank = whole && str_trim(s).n == 0;
		whole = s.p[s.n - 1] == '\n';
	}
	return rc < 0 ? rc : end_of_message(l, err);
}

static int learn_path(struct learning *l, int at, const char *name, int depth,
    struct err *err);

/* What Maildir++ puts below begins with a dot; so do files of others. */
static int
learn_folder(struct learning *l, int fd, int depth, struct err *err)
{
	DIR *d = fdopendir(fd);
	struct dirent *f;
	int rc = 0;

	if (!d) {
		(void)close(fd);
		return err_sys(err, E_IO, "read a folder");
	}
	while (rc == 0 && (f = readdir(d))) {
		bool dots = f->d_name[0] == '.';

		if (!dots || (f->d_type == DT_DIR && f->d_name[1] != '.' &&
		    f->d_name[1] != '\0'))
			rc = learn_path(l, dirfd(d), f->d_name, depth + 1,
			    err);
	}
	(void)closedir(d);
	return rc;
}

/* Only what was typed may be a link. */
static int
learn_path(struct learning *l, int at, const char *name, int depth,
    struct err *err)
{
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    (depth > 0 ? O_NOFOLLOW : 0));
	struct stat st;
	FILE *f;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0) {
		(void)err_sys(err, E_NOTFOUND, "%.200s", name);
		if (fd >= 0)
			(void)close(fd);
		return depth > 0 ? 0 : E_NOTFOUND;
	}
	if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
		return learn_folder(l, fd, depth, err);
	f = S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
	if (!f) {
		(void)close(fd);
		return depth > 0 ? 0 : err_set(err, E_INVALID,
		    "%.200s is neither a file nor a folder", name);
	}
	rc = learn_stream(l, f, err);
	(void)fclose(f);
	return rc;
}

/* Before anything is learned: who calls again would teach it twice. */
static int
are_there(char **path, struct err *err)
{
	for (; *path; path++)
		if (access(*path, R_OK) < 0)
			return err_sys(err, E_NOTFOUND, "%.200s", *path);
	return 0;
}

static int
learn_paths(void *ctx, struct err *err)
{
	struct learning *l = ctx;
	int rc = are_there(l->paths, err);

	if (rc < 0)
		return rc;
	l->head = BUF_INIT(TRAITS_HEAD);
	l->traits = BUF_INIT(TRAITS_OCTETS);
	l->lessons = BUF_INIT(MSG_CHUNK);
	progress_begin(&l->progress);
	for (char **path = l->paths; *path && rc == 0; path++)
		rc = learn_path(l, AT_FDCWD, *path, 0, err);
	if (rc == 0)
		rc = send_lessons(l, err);
	progress_end(&l->progress);
	buf_free(&l->head);
	buf_free(&l->traits);
	buf_free(&l->lessons);
	if (rc == 0 && l->json)
		printf("{\"learned\": %llu}\n", (unsigned long long)l->n);
	else if (rc == 0)
		printf("%llu message%s learned\n", (unsigned long long)l->n,
		    l->n == 1 ? "" : "s");
	return rc;
}

static int
show(void *ctx, struct err *err)
{
	struct learning *l = ctx;
	struct learned_ask ask = { 0 };
	struct learned_answer n;

	if (operator_store(l->op, STORE_learned, &ask, &n, err) < 0)
		return err->code;
	if (l->json)
		printf("{\"spam\": %u, \"good\": %u, \"decides\": %s}\n",
		    n.spam, n.good, n.decides ? "true" : "false");
	else
		printf("%u messages of spam, %u of good mail: the filter %s\n",
		    n.spam, n.good, n.decides ? "decides" :
		    "says nothing before there are 50 of each");
	return 0;
}

static const struct verb verbs[] = {
	{ "spam", 1, INT_MAX, learn_paths },
	{ "good", 1, INT_MAX, learn_paths },
	{ "show", 0, 0, show },
	{ NULL, 0, 0, NULL },
};

int
cmd_learn(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct learning l = { 0 };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS);
	int rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	l.paths = argv + n + 1;
	l.json = o.json;
	l.lesson = verb->name[0] == 's' && verb->name[1] == 'p' ?
	    LESSON_spam : LESSON_good;
	rc = verb->fn == show ? 0 : walled_begin(&l.walled, &err);
	if (rc == 0)
		rc = operator_open(a, &o, &l.op, &err);
	if (rc == 0) {
		rc = verb->fn(&l, &err);
		operator_close(l.op);
	}
	walled_end(l.walled);
	return rc < 0 ? admin_fail(argv[0], "%s", err.text) : 0;
}
