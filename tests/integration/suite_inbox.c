/*
 * suite_inbox.c - the inbox in the suite: what its mail catcher took is there,
 * each part can be left out, and none pays for the indexer.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

static struct rig *suite;
static const char *place;

static void
start(const char *http, const char *smtp, const char *inbox)
{
	place = rig_place();
	rig_file(place, "site/index.html", "<p>the site");
	suite =
	    rig_start(RIG("berth", "--http", http, "--smtp", smtp, "--inbox",
		inbox, "--mail", rig_in(place, "mail"), rig_in(place, "site")));
}

static void
start_all(void)
{
	start("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0");
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
}

/* Send one with berth-smtp. */
static void
send_mail(const char *subject)
{
	struct rig *r = rig_run(RIG("berth-smtp", "-s", subject, "--text",
	    rig_address(suite, "smtp"), "a@one.example", "b@two.example"));

	cr_assert_eq(rig_wait(r), 0, "%s", rig_err(r));
}

static bool
lists(const char *text)
{
	struct rig_reply r;
	bool found;

	cr_assert(rig_get(
	    rig_address(suite, "inbox"), "/api/v1/messages?limit=9", &r));
	cr_assert_eq(r.status, 200);
	found = memmem(r.body.p, r.body.n, text, strlen(text)) != NULL;
	rig_reply_free(&r);
	return found;
}

static void
expect_site(void)
{
	struct rig_reply r;

	cr_assert(rig_get(rig_address(suite, "http"), "/", &r));
	cr_expect_eq(r.status, 200);
	cr_expect(slice_is(r.body, "<p>the site"));
	rig_reply_free(&r);
}

Test(suite_inbox, shows_what_was_caught)
{
	start_all();
	expect_site();
	send_mail("To be seen");
	cr_expect(lists("\"Subject\":\"To be seen\""));
	cr_expect(lists("\"Address\":\"b@two.example\""));
	cr_expect_eq(rig_stop(suite), 0);
}

/* Somebody who waits is not forgotten, nor keeps the server from its end. */
Test(suite_inbox, drains_and_reloads)
{
	int stream, kept;

	start_all();
	send_mail("Before");
	rig_signal(suite, SIGHUP);
	cr_assert(rig_hear(suite, "reloading"));
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
	expect_site();
	send_mail("After");
	cr_expect(lists("\"Subject\":\"Before\""));
	cr_expect(lists("\"Subject\":\"After\""));
	stream = rig_open(suite, "inbox");
	cr_assert(rig_send(stream,
	    "GET /api/v1/wait?query=subject:x&timeout=60 "
	    "HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	kept = rig_open(suite, "smtp");
	cr_assert(rig_smtp_expect(kept, "220"));
	cr_expect_eq(rig_stop(suite), 0);
	cr_expect(rig_smtp_expect(kept, "421"));
	close(kept);
	close(stream);
}

static void
expect_off(const char *name)
{
	char line[32];

	snprintf(line, sizeof(line), "ready %s ", name);
	cr_expect_null(strstr(rig_out(suite), line), "%s", rig_out(suite));
}

Test(suite_inbox, without_the_inbox)
{
	start("127.0.0.1:0", "127.0.0.1:0", "off");
	expect_site();
	send_mail("x");
	expect_off("inbox");
	/* Nor is there an index that nobody asks. */
	cr_expect_neq(access(rig_in(place, "mail/.berth/index.db"), F_OK), 0);
	cr_expect_eq(rig_stop(suite), 0);
}

Test(suite_inbox, each_alone)
{
	struct rig_reply r;
	int fd;

	start("127.0.0.1:0", "off", "off");
	expect_site();
	expect_off("smtp");
	expect_off("inbox");
	cr_expect_eq(rig_stop(suite), 0);
	start("off", "127.0.0.1:0", "off");
	fd = rig_open(suite, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	close(fd);
	expect_off("http");
	expect_off("inbox");
	cr_expect_eq(rig_stop(suite), 0);
	start("off", "off", "127.0.0.1:0");
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
	cr_assert(rig_get(rig_address(suite, "inbox"), "/", &r));
	cr_expect_eq(r.status, 200);
	expect_off("http");
	expect_off("smtp");
	cr_expect_eq(rig_stop(suite), 0);
}

Test(suite_inbox, each_left_out)
{
	start("off", "127.0.0.1:0", "127.0.0.1:0");
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
	send_mail("No site");
	cr_expect(lists("\"Subject\":\"No site\""));
	expect_off("http");
	cr_expect_eq(rig_stop(suite), 0);
	start("127.0.0.1:0", "off", "127.0.0.1:0");
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
	expect_site();
	cr_expect(lists("\"total\":0"));
	expect_off("smtp");
	cr_expect_eq(rig_stop(suite), 0);
}

Test(suite_inbox, a_busy_address_is_said)
{
	unsigned port;
	char address[40];
	int fd = rig_listen(&port);
	struct rig *r;

	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	r = rig_run(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "127.0.0.1:0", "--inbox", address, "--mail",
	    rig_in(rig_place(), "mail"), rig_place()));
	cr_expect_eq(rig_wait(r), 69);
	cr_expect_eq(rig_count(r, "--inbox 127.0.0.1:"), 1);
	cr_expect_eq(rig_count(r, "in use"), 1);
	close(fd);
}

/* What people are told to send to; the sockets come from outside here. */
static void
expect_told(const char *smtp, const char *told)
{
	unsigned ports[2];
	int fds[] = { rig_listen(&ports[0]), rig_listen(&ports[1]) };
	const char *dir = rig_place();
	struct rig_reply r;
	char text[100];

	suite = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth", "--http", "off", "--smtp",
				   smtp, "--mail", rig_in(dir, "mail")),
		.env = RIG("LISTEN_FDNAMES=smtp:inbox"),
		.fds = fds,
		.fd_count = 2 });
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
	cr_assert(rig_get(rig_address(suite, "inbox"), "/api/v1/info", &r));
	snprintf(text, sizeof(text), "\"SMTP\":\"%s\"", told);
	cr_expect(memmem(r.body.p, r.body.n, text, strlen(text)) != NULL,
	    "%s: %.*s", smtp, SLICE_FMT(r.body));
	rig_reply_free(&r);
	cr_expect_eq(rig_stop(suite), 0);
	close(fds[0]);
	close(fds[1]);
}

Test(suite_inbox, says_where_to_send)
{
	expect_told("2525", "localhost:2525");
	expect_told("*:2525", "localhost:2525");
	expect_told("[::1]:2525", "[::1]:2525");
	expect_told("127.0.0.1:0", "");
	expect_told("unix:/nowhere/s", "");
	expect_told("off", "");
}

/* Does a process have a file of this name mapped?  -1: nobody may look. */
static int
maps(pid_t pid, const char *name)
{
	char path[64], line[1024];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL)
		found |= strstr(line, name) != NULL;
	fclose(f);
	return found;
}

/* MIME is read in the indexer alone; all others neither have nor pay for it. */
Test(suite_inbox, only_the_indexer_reads_mime)
{
	pid_t all[64];
	size_t n, looked = 0;

	start_all();
	n = rig_children(rig_pid(suite), all, 64);
	cr_assert_leq(n, 64);
	for (size_t i = 0; i < n; i++) {
		int mime = maps(all[i], "libgmime");

		if (mime < 0)
			continue;
		looked++;
		cr_expect_eq(mime, maps(all[i], "berth-indexer") == 1,
		    "process %d", (int)all[i]);
	}
	cr_expect_eq(maps(rig_pid(suite), "libgmime"), 0);
	cr_expect(looked > 0 || getuid() != 0);
	cr_expect_eq(rig_stop(suite), 0);
}
