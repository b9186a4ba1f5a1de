#include "store/service/test_folder.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/test.h"
#include "store/engine/engine_int.h"
#include "store/test_blob.h"

int
folder_set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	p->text = malloc(FOLDER_TEXT);
	p->back = malloc(FOLDER_TEXT);
	fixture_init(&p->d, p->files);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	p->who = fixture_person(p->alice);
	*state = p;
	return 0;
}

int
folder_tear_down(void **state)
{
	struct folder *p = *state;

	if (p->d.e)
		engine_forget(p->d.e, &p->who);
	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p->text);
	free(p->back);
	free(p);
	return 0;
}

int
folder_tear_down_whole(void **state)
{
	struct folder *p = *state;

	assert_int_equal(fixture_verify(&p->d), 0);
	return folder_tear_down(state);
}

void
folder_open_again(struct folder *p)
{
	int64_t now = p->d.now_us;

	fixture_close(&p->d);
	fixture_init(&p->d, p->files);
	p->d.now_us = now;
	p->d.change = ++p->opened * 1000000;
	assert_int_equal(fixture_open(&p->d), 0);
}

void
folder_shell(struct folder *p, const char *command)
{
	char text[400];

	(void)snprintf(text, sizeof(text), "cd %s && %s", p->path, command);
	assert_int_equal(system(text), 0);
}

void
folder_crash(struct folder *p)
{
	folder_shell(p, "cp -a . \"$PWD.crash\"");
	fixture_close(&p->d);
	folder_shell(p, "find . -mindepth 1 -delete && "
	    "cp -a \"$PWD.crash/.\" . && rm -r \"$PWD.crash\"");
}

void
folder_flip(struct folder *p, const char *file, uint64_t at)
{
	int fd = openat(p->dirfd, file, O_RDWR);
	char octet;

	assert_int_equal(pread(fd, &octet, 1, (off_t)at), 1);
	octet ^= 0x10;
	assert_int_equal(pwrite(fd, &octet, 1, (off_t)at), 1);
	close(fd);
}

int64_t
folder_count(struct folder *p, const char *query)
{
	sqlite3_stmt *st;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(p->d.e->w.db, query, -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

void
folder_mail(struct folder *p, const char *text)
{
	const char *to[] = { "alice@ours.test", NULL };

	assert_int_equal(fixture_submit(&p->d, 0, text, to, NULL), 0);
}

struct str
folder_text(struct folder *p, char first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p->text[i] = i % 61 == 0 ? first :
		    "abcdefghijklmnopqrstuvwxyz"[(i * i / 7 + i / 1000) % 26];
	return str_make(p->text, n);
}

void
folder_append(struct folder *p, struct str text)
{
	struct append_ask ask = { .change = ++p->d.change,
		.name = STR("INBOX"), .octets = test_blob(text),
		.raw_size = text.n, .facts = STR("facts of it") };
	struct stage_ask piece = { 0 };
	struct write w = { .caller = &p->who, .call = STORE_stage,
		.ask = &piece };
	struct str blob = ask.octets;

	for (; blob.n > MSG_CHUNK && piece.offset < blob.n;
	    piece.offset += piece.octets.n) {
		piece.octets = str_first(str_from(blob,
		    (size_t)piece.offset), MSG_CHUNK);
		w.settled = false;
		assert_int_equal(fixture_write(&p->d, &w), 0);
		piece.stage = w.answer.stage.stage;
	}
	if (piece.stage)
		ask.octets = STR_NULL;
	ask.stage = piece.stage;
	w = (struct write){ .caller = &p->who, .call = STORE_append,
		.ask = &ask };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX",
	    &p->in), 0);
}
