/*
 * test_folder.h - a store in a folder of its own with one account, and what
 * operators and disks do to the files there; for tests, which fail where it
 * does not work.
 */
#pragma once
#include "store/service/test_fixture.h"

enum { FOLDER_TEXT = 2000000 };

struct folder {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice;		/* alice@ours.test */
	struct caller who;	/* she */
	struct open_answer in;	/* her INBOX, after folder_append() */
	uint64_t opened;	/* times that folder_open_again() did */
	char *text, *back;	/* FOLDER_TEXT octets, for what is written and
				 * read */
};

/* For cmocka; the store is open. */
int folder_set_up(void **state);
int folder_tear_down(void **state);
/* The same of what nobody damaged: what is counted is what is there. */
int folder_tear_down_whole(void **state);

/* Closed and opened, at the same time of the clock. */
void folder_open_again(struct folder *p);
/* Closed, and the files are as a process that dies now leaves them. */
void folder_crash(struct folder *p);
/* A command of the shell, in the folder. */
void folder_shell(struct folder *p, const char *command);
/* One bit. */
void folder_flip(struct folder *p, const char *file, uint64_t at);

/* The number that a query of the database gives. */
int64_t folder_count(struct folder *p, const char *query);

/* A message by SMTP to alice. */
void folder_mail(struct folder *p, const char *text);
/* Letters in p->text that tell a message from others, n of them. */
struct str folder_text(struct folder *p, char first, size_t n);
/* A message of alice's own into her INBOX, however large. */
void folder_append(struct folder *p, struct str text);
