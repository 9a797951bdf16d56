/*
 * inbox_full.c - a full disk: mail is put off, the index falls behind, and
 * whoever asks how things are is told so, until there is room again.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define SIZE     "size=4m,mode=0777"
#define TEXT_MAX 65536

static struct rig *r;
static char mail[4096];

/* A disk of this test's own, where one may be had. */
static void
mount_small_disk(void)
{
	snprintf(mail, sizeof(mail), "%s", rig_in(rig_place(), "mail"));
	cr_assert_eq(mkdir(mail, 0700), 0);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", mail, "tmpfs", 0, SIZE) < 0)
		cr_skip_test("only root can mount: %s", strerror(errno));
}

static void
fill(void)
{
	static const char zeros[4096];
	int fd =
	    open(rig_in(mail, "filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0);
	for (size_t step = sizeof(zeros); step > 0; step /= 2)
		while (write(fd, zeros, step) > 0)
			;
	cr_assert_eq(errno, ENOSPC);
	close(fd);
}

/* What a service answers: its status, with its body in text. */
static int
ask(const char *name, const char *path, char text[TEXT_MAX])
{
	struct rig_reply reply = { 0 };
	struct slice behind;
	int status;

	cr_assert(rig_get(rig_address(r, name), path, &reply));
	behind = rig_header(&reply, "Berth-Behind");
	snprintf(text, TEXT_MAX, "%.*s|%.*s", SLICE_FMT(behind),
	    SLICE_FMT(reply.body));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

static void
expect(const char *name, const char *path, int status, const char *words)
{
	char text[TEXT_MAX];
	int got = ask(name, path, text);

	cr_expect(got == status && strstr(text, words) != NULL, "%s %s: %d %s",
	    name, path, got, text);
}

static bool
is_behind(void *wanted)
{
	char text[TEXT_MAX];

	ask("inbox", "/api/v1/messages", text);
	return (text[0] != '|') == *(bool *)wanted;
}

static bool
has_second(void *unused)
{
	char text[TEXT_MAX];

	(void)unused;
	ask("inbox", "/api/v1/messages", text);
	return strstr(text, "the second") != NULL;
}

/* On a stream, whatever comes before it. */
static bool
hears(int fd, const char *words)
{
	static char got[8192];
	static size_t n;
	ssize_t more = 1;

	while (more > 0 && strstr(got, words) == NULL && n < sizeof(got) - 1) {
		more = rig_receive(fd, got + n, sizeof(got) - 1 - n);
		n += more > 0 ? (size_t)more : 0;
		got[n] = '\0';
	}
	return strstr(got, words) != NULL;
}

/* As somebody delivers it who has written it before the disk was full. */
static void
begin(void)
{
	const char *where;

	mount_small_disk();
	where = rig_in(rig_place(), "site");
	rig_file(where, "f", "content");
	r = rig_start(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "127.0.0.1:0", "--inbox", "127.0.0.1:0", "--health", "127.0.0.1:0",
	    "--mail", mail, where));
	rig_file(mail, "new/1.a", "From: a@b.c\nSubject: the first\n\nx\n");
	rig_file(mail, "tmp/2.a", "From: a@b.c\nSubject: the second\n\nx\n");
	cr_assert_eq(chmod(rig_in(mail, "tmp/2.a"), 0644), 0);
	expect("inbox", "/api/v1/messages", 200, "|{");
	expect("health", "/readyz", 200, "ready");
	expect("health", "/readyz/inbox", 200, "ready");
	expect("health", "/readyz/none", 404, "");
	expect("health", "/readyzinbox", 404, "");
}

/* What HAProxy's agent check hears. */
static void
expect_agent(const char *asks, const char *hears_it)
{
	int fd = rig_open(r, "health");

	cr_assert(rig_send(fd, asks));
	cr_expect(rig_expect(fd, hears_it), "%s", asks);
	close(fd);
}

static void
put_second(void)
{
	char from[4096];

	snprintf(from, sizeof(from), "%s", rig_in(mail, "tmp/2.a"));
	cr_assert_eq(rename(from, rig_in(mail, "new/2.a")), 0);
}

Test(inbox_full, whoever_asks_is_told)
{
	bool yes = true, no = false;
	int fd;

	begin();
	fd = rig_open(r, "inbox");
	cr_assert(rig_send(fd,
	    "GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	cr_assert(hears(fd, "retry: 1000"));
	fill();
	expect("health", "/readyz/smtp", 503, "not ready: smtp: no room");
	put_second();
	cr_assert(rig_until("it is behind", is_behind, &yes));
	cr_expect(hears(fd,
	    "event: behind\ndata: {\"Why\":\"no room for the index\"}\n\n"));
	expect("inbox", "/api/v1/messages", 200, "no room for the index|");
	expect("inbox", "/api/v2/messages", 200, "no room for the index|");
	expect("inbox", "/readyz", 503, "no room for the index");
	expect("inbox", "/livez", 200, "ok");
	expect("health", "/readyz", 503, "not ready: smtp: no room for mail");
	expect("health", "/readyz/inbox", 503,
	    "not ready: inbox: no room for the index");
	expect("health", "/readyz/http", 200, "ready");
	expect_agent("agent\n", "drain\n");
	expect_agent("agent smtp\n", "drain\n");
	expect_agent("agent http\n", "ready up\n");
	expect("health", "/metrics", 200, "\nberth_ready 0\n");
	expect("health", "/metrics", 200,
	    "\nberth_service_ready{service=\"inbox\"} 0\n");
	expect("health", "/metrics", 200,
	    "\nberth_service_ready{service=\"http\"} 1\n");
	/* And by itself. */
	cr_assert_eq(unlink(rig_in(mail, "filler")), 0);
	cr_assert(rig_until("it is not behind any more", is_behind, &no));
	cr_expect(rig_until("the second is there", has_second, NULL));
	cr_expect(hears(fd, "event: behind\ndata: {\"Why\":\"\"}\n\n"));
	close(fd);
	expect("inbox", "/readyz", 200, "ok");
	expect("health", "/readyz", 200, "ready");
	expect_agent("agent\n", "ready up\n");
	cr_assert_eq(rig_stop(r), 0);
}

/* It was full when the indexer ended, and there is room when it begins. */
Test(inbox_full, another_life_begins_with_room)
{
	bool yes = true, no = false;

	begin();
	fill();
	put_second();
	cr_assert(rig_until("it is behind", is_behind, &yes));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(unlink(rig_in(mail, "filler")), 0);
	r = rig_start(RIG("berth", "--http", "off", "--smtp", "off", "--inbox",
	    "127.0.0.1:0", "--mail", mail));
	cr_expect(rig_until("it is not behind any more", is_behind, &no));
	cr_expect(rig_until("the second is there", has_second, NULL));
	cr_assert_eq(rig_stop(r), 0);
}
