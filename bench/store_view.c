/*
 * store_view.c - one mailbox of 100,000 messages, beneath the connections:
 * filling a column, FETCH FLAGS, FETCH with facts, STORE 1:*, EXPUNGE.
 *
 *   store_view [FOLDER]     a scratch folder is made in FOLDER (/tmp)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/service/test_fixture.h"
#include "store/test_blob.h"

enum { MESSAGES = 100000, BATCH = 100, FACTS = 1000 };

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static double
took(const char *what, double since)
{
	double now = now_ms();

	printf("%-28s %8.1f ms\n", what, now - since);
	return now_ms();
}

static void
fill(struct fixture *d, uint64_t account)
{
	struct append_ask *ask = calloc(BATCH, sizeof(*ask));
	struct write *w = calloc(BATCH, sizeof(*w));
	struct caller who = fixture_person(account);
	char *facts = calloc(1, FACTS);
	struct str text = test_blob(STR("text"));
	size_t n, i;

	for (n = 0; n < MESSAGES; n += BATCH) {
		for (i = 0; i < BATCH; i++) {
			ask[i] = (struct append_ask){ .change = ++d->change,
				.name = STR("INBOX"), .octets = text,
				.raw_size = 4, .facts = { facts, FACTS } };
			w[i] = (struct write){ .caller = &who,
				.call = STORE_append, .ask = &ask[i] };
		}
		if (fixture_commit(d, w, BATCH) < 0 || w[0].code < 0)
			exit(1);
	}
	free(ask);
	free(w);
	free(facts);
}

static void
fetch(struct fixture *d, const struct caller *who, const struct open_answer *in,
    uint32_t want)
{
	const uint32_t set[2] = { 1, UINT32_MAX };
	struct fetch_ask ask = { .mailbox = in->mailbox,
		.arrivals = in->modseq, .expunges = in->modseq,
		.set = { (const char *)set, 8 }, .want = want };
	union store_answer answer;
	size_t octets = 0;

	do {
		if (reader_ask(d->r, who, STORE_fetch, &ask, &answer,
		    &d->err) < 0)
			exit(1);
		octets += answer.fetch.rows.n;
		ask.cursor = answer.fetch.next;
	} while (ask.cursor);
	printf("  (%zu octets)\n", octets);
}

static void
measure(struct fixture *d, uint64_t account)
{
	struct caller who = fixture_person(account);
	struct open_answer in;
	uint32_t gone;
	double t = now_ms();

	if (fixture_open_mailbox(d, &who, "INBOX", &in) < 0)
		exit(1);
	t = took("open, column not there", t);
	(void)fixture_open_mailbox(d, &who, "INBOX", &in);
	t = took("open, column there", t);
	fetch(d, &who, &in, 0);
	t = took("fetch flags", t);
	fetch(d, &who, &in, WANT_FACTS);
	t = took("fetch facts", t);
	(void)fixture_flags(d, &who, &in, 1, UINT32_MAX, FLAGS_ADD,
	    FLAG_flagged, "");
	t = took("store 1:* +flags", t);
	(void)fixture_open_mailbox(d, &who, "INBOX", &in);
	(void)fixture_flags(d, &who, &in, 1, 10000, FLAGS_ADD, FLAG_deleted,
	    "");
	t = took("store 1:10000 +\\Deleted", t);
	(void)fixture_open_mailbox(d, &who, "INBOX", &in);
	(void)fixture_expunge(d, &who, &in, &gone);
	t = took("expunge them", t);
	(void)fixture_append(d, &who, "INBOX", "one more", 0, "", NULL);
	(void)took("append one", t);
}

int
main(int argc, char **argv)
{
	struct fixture *d = calloc(1, sizeof(*d));
	uint64_t account;
	struct files *files;
	char path[256];
	int dirfd;

	(void)snprintf(path, sizeof(path), "%s/postern-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp");
	if (!d || !mkdtemp(path))
		return 1;
	dirfd = open(path, O_RDONLY | O_DIRECTORY);
	files = files_real(dirfd);
	fixture_init(d, files);
	d->o.pack_octets = 0;
	if (fixture_open(d) < 0 || fixture_domain(d, "a.test") < 0 ||
	    fixture_account(d, "alice@a.test", &account) < 0)
		return 1;
	fill(d, account);
	fixture_close(d);
	if (fixture_open(d) < 0)
		return 1;
	measure(d, account);
	fixture_close(d);
	fixture_folder_end(path, dirfd, files);
	free(d);
	return 0;
}
