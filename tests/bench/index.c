/*
 * index.c - how long do lists, counts and searches of the inbox take?
 *
 * usage: index make MAILDIR N	write N messages of about 2 KiB into a Maildir
 *	  index ask MAILDIR	time what the inbox asks of its index
 *
 * Between the two, berth-indexer --once MAILDIR.  Each figure is the median
 * CPU time of 21, with the index opened anew each time, as a process that serves one
 * connection does.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mail/index.h"

#define ROUNDS 21
#define WORDS  250 /* in a message */
#define STOCK  20000

/* The same words in every run, the first of them far more often. */
static unsigned
roll(void)
{
	static unsigned long long x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (unsigned)(x >> 33);
}

static void
add_word(struct buf *b)
{
	static const char letters[] = "etaoinshrdlucmfwypvbgkjqxz";
	unsigned rare = roll() % 4, which, n;

	which = rare == 0 ? roll() % STOCK : roll() % (rare * 100 + 1);
	n = 3 + which % 7;
	for (unsigned i = 0; i < n; i++) {
		which = which * 2654435761U + 12345;
		buf_addc(b, letters[(which >> 16) % (sizeof(letters) - 1)]);
	}
	buf_addc(b, ' ');
}

static void
write_message(int dir, int i)
{
	char name[64];
	struct buf b;
	int fd;

	buf_init(&b, 65536);
	buf_addf(&b,
	    "From: Sender %d <sender%d@example.com>\r\n"
	    "To: user%d@example.org\r\nMessage-ID: <%d@example.com>\r\n"
	    "Subject: Order %d ",
	    i % 100, i % 100, i % 10, i, i);
	for (int j = 0; j < 4; j++)
		add_word(&b);
	buf_addz(&b, "\r\n\r\n");
	for (int j = 0; j < WORDS; j++) {
		add_word(&b);
		if (j % 12 == 11)
			buf_addz(&b, "\r\n");
	}
	snprintf(name, sizeof(name), "%d.M%06dP1Q%d.bench", 1700000000 + i,
	    i % 1000000, i);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, b.p, b.n) != (ssize_t)b.n)
		err(1, "%s", name);
	close(fd);
	buf_free(&b);
}

static void
make(const char *path, int n)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	char dir[4096];
	int fd;

	for (int i = 0; i < 4; i++) {
		snprintf(dir, sizeof(dir), "%s%s", path, parts[i]);
		mkdir(dir, 0700);
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", dir);
	for (int i = 0; i < n; i++)
		write_message(fd, i);
	close(fd);
}

static int
take(void *with, const struct index_row *r)
{
	index_summary(r, with);
	return 0;
}

static void
take_document(void *with, const struct index_row *r, struct slice document)
{
	index_summary(r, with);
	buf_adds(with, document);
}

struct question {
	const char *name, *query;
	int64_t start;
	bool message;
};

static int64_t
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* A page of the list, and the counts beside it: what one request needs. */
static int64_t
ask(const char *path, const struct question *q, int64_t *found)
{
	int64_t began = cpu_us();
	struct index *x = index_open(path);
	struct search_query query;
	struct index_scope all = { .folder = NULL },
			   scope = { .query = &query };
	struct index_counts c = { 0, 0 }, matches = { 0, 0 };
	struct buf out;
	int status;

	buf_init(&out, (size_t)16 << 20);
	search_query_read(&query, slice_of(q->query));
	if (x == NULL)
		err(1, "%s", path);
	status = index_hold(x);
	if (status == 0 && q->message)
		status = index_message(x, &all, "latest", take_document, &out);
	if (status >= 0)
		status =
		    index_page(x, &scope, q->start, 50, &matches, take, &out);
	if (status == 0 && query.count > 0)
		status = index_count(x, &all, &c);
	if (status < 0)
		errx(1, "%s: %s", q->name, index_words(status));
	index_let(x);
	index_close(x);
	search_query_free(&query);
	buf_free(&out);
	*found = matches.total;
	return cpu_us() - began;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
ask_all(const char *path)
{
	static const struct question questions[] = {
		{ "first page of the list", "", 0, false },
		{ "page 100 of the list", "", 4950, false },
		{ "the latest message", "", 0, true },
		{ "a word that is rare", "4711", 0, false },
		{ "a word that is in all", "order", 0, false },
		{ "two words", "order sender", 0, false },
		{ "a phrase", "\"order 42\"", 0, false },
		{ "two letters", "qz", 0, false },
		{ "from:sender7@", "from:sender7@", 0, false },
		{ "subject:order -subject:7", "subject:order -subject:7", 0,
		    false },
		{ "is:unread larger:2K order", "is:unread larger:2K order", 0,
		    false },
		{ "after:2023-11-15 sender9", "after:2023-11-15 sender9", 0,
		    false },
	};

	printf("| %-26s | %8s | %6s |\n|%s|%s|%s|\n", "what", "messages", "ms",
	    "----------------------------", "---------:", "-------:");
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		int64_t us[ROUNDS], found = 0;

		for (int j = 0; j < ROUNDS; j++)
			us[j] = ask(path, &questions[i], &found);
		qsort(us, ROUNDS, sizeof(us[0]), compare);
		printf("| %-26s | %8lld | %6.2f |\n", questions[i].name,
		    (long long)found, (double)us[ROUNDS / 2] / 1000);
	}
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		make(argv[2], atoi(argv[3]));
	else if (argc == 3 && strcmp(argv[1], "ask") == 0)
		ask_all(argv[2]);
	else
		errx(64, "usage: index make MAILDIR N | index ask MAILDIR");
	return 0;
}
