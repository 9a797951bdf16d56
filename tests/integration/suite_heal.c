/*
 * suite_heal.c - somebody removes the index's directory, or the whole Maildir,
 * while the suite runs: it goes on with what is there then, however it makes
 * its processes.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

static struct rig *suite;
static const char *mail;

static bool
shows(void *text)
{
	struct rig_reply r;
	bool found;

	found = rig_get(rig_address(suite, "inbox"), "/api/v1/messages?limit=9",
		    &r) &&
	    r.status == 200 &&
	    memmem(r.body.p, r.body.n, text, strlen(text)) != NULL;
	rig_reply_free(&r);
	return found;
}

static void
expect_shown(const char *text)
{
	cr_expect(rig_until(text, shows, (void *)text), "%s", rig_err(suite));
}

/* Who comes while it is opened anew is told to come again. */
static bool
is_sent(void *subject)
{
	struct rig *r = rig_run(RIG("berth-smtp", "-s", subject, "--text",
	    rig_address(suite, "smtp"), "a@one.example", "b@two.example"));

	return rig_wait(r) == 0;
}

static void
expect_taken(const char *subject)
{
	char shown[64];

	cr_assert(rig_until("it is sent", is_sent, (void *)subject));
	snprintf(shown, sizeof(shown), "\"Subject\":\"%s\"", subject);
	expect_shown(shown);
}

static bool
is_removed(void *path)
{
	struct rig *r = rig_run(RIG("/bin/rm", "-rf", path));

	return rig_wait(r) == 0;
}

/* A process that is just being executed makes what it misses: once more. */
static void
remove_all(const char *path)
{
	cr_assert(rig_until("it is removed", is_removed, (void *)path));
}

/* The stream that a page reads; a new one shows what is there. */
static bool
has_ended(void *fd)
{
	char waste[4096];
	ssize_t n;

	do {
		n = recv(*(int *)fd, waste, sizeof(waste), MSG_DONTWAIT);
	} while (n > 0);
	return n == 0 || (errno != EAGAIN && errno != EINTR);
}

static int
open_stream(void)
{
	int fd = rig_open(suite, "inbox");

	cr_assert(rig_send(fd,
	    "GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n"
	    "Connection: close\r\n\r\n"));
	/* From here on it watches the one that is about to be removed. */
	cr_assert(rig_expect(fd, "HTTP/1.1 200 "));
	return fd;
}

static void
start(const char *how, const char *value)
{
	const char *place = rig_place();

	mail = strdup(rig_in(place, "mail"));
	suite = rig_start(RIG("berth", "--http", "off", "--smtp", "127.0.0.1:0",
	    "--inbox", "127.0.0.1:0", "--mail", mail, how, value));
}

static void
heal(const char *how, const char *value)
{
	int stream;

	start(how, value);
	expect_taken("one");
	remove_all(rig_in(mail, ".berth"));
	expect_shown("\"Subject\":\"one\"");
	expect_taken("two");
	stream = open_stream();
	remove_all(mail);
	expect_shown("\"total\":0");
	cr_expect(rig_until("the stream has ended", has_ended, &stream));
	close(stream);
	expect_taken("three");
	cr_assert_eq(rename(mail, rig_in(rig_place(), "away")), 0);
	expect_shown("\"total\":0");
	expect_taken("four");
	cr_expect_eq(rig_stop(suite), 0);
}

Test(suite_heal, processes_that_are_forked)
{
	heal(NULL, NULL);
}

Test(suite_heal, processes_that_are_executed)
{
	heal("--exec", NULL);
}

Test(suite_heal, processes_that_serve_many)
{
	heal("--reuse", "0");
}
