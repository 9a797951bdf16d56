/*
 * receivers.c - one Maildir and three receivers, as on machines that share it:
 * each is killed again and again in the middle of its conversations.  What was
 * accepted is there once, what was not is there once at most, and whoever goes
 * on is not disturbed.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define RECEIVERS 3
#define ROUNDS    12
#define CLIENTS   4 /* of each receiver in a round, one at each stage */
#define MAILS     (RECEIVERS * ROUNDS * CLIENTS)

/* How far a client has come when somebody is killed. */
enum stage { TO_BEGIN, IN_TEXT, UNANSWERED, ACCEPTED };

static const char *const names[] = { "one.test", "two.test", "three.test" };
static struct rig *receiver[RECEIVERS];
static const char *mail;

static struct client {
	int fd;
	enum stage stage;
	bool told;  /* it was told 250 */
	bool whole; /* all of it was sent */
	size_t there;
} clients[MAILS];

static void
start(size_t which)
{
	receiver[which] = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--hostname", names[which], "--access-log", "off", mail));
}

static void
send_dot(struct client *c)
{
	c->whole = true;
	cr_assert(rig_send(c->fd, "last line\r\n.\r\n"));
}

static void
take_answer(struct client *c)
{
	c->told = rig_smtp_reply(c->fd, NULL) == 250;
}

static void
begin(struct client *c, size_t which, enum stage stage)
{
	char head[64];

	c->stage = stage;
	c->fd = rig_connect(rig_address(receiver[which], "smtp"));
	cr_assert_geq(c->fd, 0);
	cr_assert(rig_smtp_expect(c->fd, "220"));
	cr_assert(rig_smtp(c->fd, "HELO x", "250"));
	cr_assert(rig_smtp(c->fd, "MAIL FROM:<>", "250"));
	cr_assert(rig_smtp(c->fd, "RCPT TO:<a@b.example>", "250"));
	cr_assert(rig_smtp(c->fd, "DATA", "354"));
	if (stage == TO_BEGIN)
		return;
	snprintf(head, sizeof(head), "Subject: <%zu>\r\n\r\ntext\r\n",
	    (size_t)(c - clients));
	cr_assert(rig_send(c->fd, head));
	if (stage == IN_TEXT)
		return;
	send_dot(c);
	if (stage == ACCEPTED) {
		take_answer(c);
		cr_assert(c->told);
	}
}

/* Those of a receiver that goes on all come to their end. */
static void
finish(struct client *c)
{
	if (c->stage == IN_TEXT)
		send_dot(c);
	if (c->stage == IN_TEXT || c->stage == UNANSWERED) {
		take_answer(c);
		cr_expect(c->told, "one of another receiver was lost");
	}
	close(c->fd);
}

/* Of one that is no more, its answer may have come before. */
static void
look(struct client *c)
{
	if (c->stage == UNANSWERED)
		take_answer(c);
	close(c->fd);
}

/* All of it, or its children only: the master goes on with others. */
static void
kill_one(size_t which, bool master)
{
	pid_t list[RIG_MAX_CHILDREN], pid = rig_pid(receiver[which]);
	size_t n = rig_children(pid, list, RIG_MAX_CHILDREN);

	if (master) {
		rig_signal(receiver[which], SIGKILL);
		rig_wait(receiver[which]);
	}
	for (size_t i = 0; !master && i < n; i++)
		kill(list[i], SIGKILL);
	cr_expect(rig_all_gone(list, n, rig_patience_ms()));
}

static void
one_round(size_t round, struct client *all)
{
	size_t victim = round % RECEIVERS;
	bool master = round % 2 == 0;

	for (size_t i = 0; i < (size_t)RECEIVERS * CLIENTS; i++)
		begin(&all[i], i / CLIENTS, (enum stage)(i % CLIENTS));
	kill_one(victim, master);
	if (master)
		start(victim);
	for (size_t i = 0; i < (size_t)RECEIVERS * CLIENTS; i++) {
		if (i / CLIENTS == victim)
			look(&all[i]);
		else
			finish(&all[i]);
	}
}

/* Which message is it, by its subject? */
static void
count_file(const char *path, const char *name)
{
	char text[4096] = "";
	const char *at;
	FILE *f = fopen(rig_in(path, name), "re");
	size_t n, which;

	cr_assert_not_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	at = strstr(text, "Subject: <");
	cr_assert_not_null(at, "%s: %s", name, text);
	which = strtoul(at + 10, NULL, 10);
	cr_assert_lt(which, MAILS);
	clients[which].there++;
	cr_expect_not_null(strstr(text, "\r\nlast line\r\n"),
	    "%s is not whole: %s", name, text);
	for (size_t i = 0; i < RECEIVERS; i++)
		if (strstr(name, names[i]) != NULL)
			return;
	cr_expect_fail("%s does not say who received it", name);
}

/* Call each for what is in a part of the Maildir.  Returns how many. */
static size_t
walk(const char *part, void each(const char *path, const char *name))
{
	char path[4096];
	DIR *d;
	const struct dirent *e;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/%s", mail, part);
	d = opendir(path);
	cr_assert_not_null(d);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		each(path, e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static void
make_old(const char *path, const char *name)
{
	const struct timespec long_ago[2] = { { 1, 0 }, { 1, 0 } };

	cr_assert_eq(utimensat(AT_FDCWD, rig_in(path, name), long_ago, 0), 0);
}

static void
leave(const char *path, const char *name)
{
	(void)path;
	(void)name;
}

static bool
is_swept(void *unused)
{
	(void)unused;
	return walk("tmp", leave) == 0;
}

Test(receivers, three_that_are_killed_lose_nothing_and_double_nothing)
{
	size_t told = 0;

	mail = strdup(rig_in(rig_place(), "mail"));
	for (size_t i = 0; i < RECEIVERS; i++)
		start(i);
	for (size_t i = 0; i < ROUNDS; i++)
		one_round(i, &clients[i * RECEIVERS * CLIENTS]);
	walk("new", count_file);
	for (size_t i = 0; i < MAILS; i++) {
		const struct client *c = &clients[i];

		told += c->told;
		if (c->told)
			cr_expect_eq(c->there, 1,
			    "%zu: accepted, and there "
			    "%zu times",
			    i, c->there);
		else
			cr_expect_leq(c->there, c->whole ? 1 : 0,
			    "%zu: there %zu times", i, c->there);
	}
	/* All of those that went on, and what the killed had accepted. */
	cr_expect_geq(told, ROUNDS * ((RECEIVERS - 1) * (CLIENTS - 1) + 1));

	/* What the killed have left is cleared away by the next one to start,
	 * when it is old; what others are at is not. */
	begin(&clients[0], 0, IN_TEXT);
	cr_expect_geq(walk("tmp", leave), ROUNDS / 2);
	rig_stop(receiver[1]);
	start(1);
	cr_expect_geq(walk("tmp", leave), ROUNDS / 2);
	finish(&clients[0]);
	walk("tmp", make_old);
	rig_stop(receiver[2]);
	start(2);
	cr_expect(rig_until("nothing is left in tmp", is_swept, NULL));
	for (size_t i = 0; i < RECEIVERS; i++)
		cr_expect_eq(rig_stop(receiver[i]), 0);
}
