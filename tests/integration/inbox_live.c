/*
 * inbox_live.c - the inbox follows the Maildir: waiting for mail, the stream
 * of events, and an index that is not there, broken or behind.
 */
#include <fcntl.h>

#include "inbox_later.h"
#include "rig/look.h"
#include "system/clock.h"

TestSuite(inbox_live, .init = start, .fini = stop);

/* Its process ends, long before the time is over. */
Test(inbox_live, who_hangs_up_is_not_waited_for)
{
	int fd;
	pid_t child;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	fd = begin("/api/v1/wait?query=hello&timeout=600");
	child = rig_server_of(fd, rig_pid(inbox));
	cr_assert_neq(child, 0);
	rig_pause_ms(100); /* by now it waits */
	close(fd);
	cr_expect(rig_all_gone(&child, 1, 20000));
}

Test(inbox_live, waits_until_the_mail_is_there)
{
	const char *old;
	json_t *j;
	int fd;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	old = strdup(send_to("b@b.example", MAIL("hello old", "x")));
	j = get("/api/v1/wait?query=hello&timeout=10", 200);
	cr_expect_eq(number(j, "count"), 1);
	json_decref(j);
	fd = begin(
	    at("/api/v1/wait?query=hello&count=2&timeout=20&after=%s", old));
	send_to("b@b.example", MAIL("something else", "x"));
	send_to("b@b.example", MAIL("hello one", "x"));
	send_to("b@b.example", MAIL("hello two", "x"));
	j = finish(fd, 200);
	cr_expect_eq(number(j, "count"), 2);
	cr_expect_str_eq(text(nth(j, "messages", 0), "Subject"), "hello two");
	json_decref(j);
	cr_expect_eq(ask("GET", "/api/v1/wait?after=nobody", NULL, NULL), 404);
	cr_expect_eq(ask("GET", "/api/v1/wait?timeout=x", NULL, NULL), 400);
}

/* The mail was there before anybody waited, but is not what is waited for: that
 * is said, too, unless only later mail counts. */
Test(inbox_live, says_what_is_there_instead)
{
	const char *last;
	json_t *j;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("b@b.example", MAIL("welcome", "x"));
	last = send_to("b@b.example", MAIL("other", "x"));
	json_decref(get("/api/v1/wait?count=2&timeout=60", 200));
	j = get("/api/v1/wait?query=hello&timeout=0", 408);
	cr_expect_eq(number(j, "count"), 2);
	cr_expect_str_eq(text(nth(j, "seen", 0), "Subject"), "other");
	cr_expect_str_eq(text(nth(j, "seen", 1), "Subject"), "welcome");
	json_decref(j);
	j = get(at("/api/v1/wait?timeout=0&after=%s", last), 408);
	cr_expect_eq(number(j, "count"), 0);
	json_decref(j);
}

/* Not before the time is up: it says what came instead. */
Test(inbox_live, says_what_came_instead)
{
	int64_t began;
	json_t *j;
	int fd;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	began = clock_ms();
	fd = begin("/api/v1/wait?query=hello&timeout=5");
	rig_pause_ms(300); /* the wait is on: what comes now is seen */
	send_to("b@b.example", MAIL("other", "x"));
	j = finish(fd, 408);
	cr_expect_geq(clock_ms() - began, 5000);
	cr_expect_str_eq(text(nth(j, "seen", 0), "Subject"), "other");
	json_decref(j);
}

Test(inbox_live, tells_what_happens)
{
	struct buf b;
	const char *id;
	int fd;

	buf_init(&b, 1 << 20);
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	fd = begin("/api/v1/events/stream");
	cr_assert(hear(fd, &b, "text/event-stream"));
	cr_assert(hear(fd, &b, "event: stats"));
	id = send_to("b@b.example", MAIL("news", "x"));
	cr_expect(hear(fd, &b, "event: new"));
	cr_expect(hear(fd, &b, at("{\"ID\":\"%s\"", id)));
	cr_expect_eq(ask("PUT", "/api/v1/messages",
			 at("{\"IDs\":[\"%s\"],\"Read\":true}", id), NULL),
	    200);
	cr_expect(hear(fd, &b, "event: update"));
	cr_expect(hear(fd, &b, "\"Read\":true"));
	send_to("b@b.example", MAIL("more", "x"));
	cr_expect(hear(fd, &b, "\"Subject\":\"more\""));
	cr_expect_eq(ask("DELETE", "/api/v1/messages",
			 at("{\"IDs\":[\"%s\"]}", id), NULL),
	    200);
	cr_expect(hear(fd, &b, "event: delete"));
	cr_expect(hear(fd, &b, at("{\"ID\":\"%s\"}", id)));
	cr_expect_eq(ask("DELETE", "/api/v1/messages", NULL, NULL), 200);
	cr_expect(hear(fd, &b, "event: reset"));
	cr_expect(hear(fd, &b, "{\"Total\":0,\"Unread\":0}"));
	/* It goes on when all of the index is made anew. */
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	send_to("b@b.example", MAIL("after", "x"));
	cr_expect(hear(fd, &b, "\"Subject\":\"after\""));
	close(fd);
}

/* Many at once, which one look at the index sees together. */
Test(inbox_live, tells_the_oldest_first)
{
	char from[512], to[512];
	struct buf b;
	int fd, n = 100;

	buf_init(&b, 1 << 20);
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	fd = begin("/api/v1/events/stream");
	cr_assert(hear(fd, &b, "event: stats"));
	for (int i = 0; i < n; i++) {
		snprintf(from, sizeof(from), "tmp/17000%05d.M0P1Q1.here", i);
		rig_file(mail, from, MAIL("crowd", "x"));
		cr_assert_eq(chmod(rig_in(mail, from), 0644), 0);
	}
	for (int i = 0; i < n; i++) {
		snprintf(from, sizeof(from), "%s/tmp/17000%05d.M0P1Q1.here",
		    mail, i);
		snprintf(
		    to, sizeof(to), "%s/new/17000%05d.M0P1Q1.here", mail, i);
		cr_assert_eq(rename(from, to), 0);
	}
	for (int i = 0; i < n; i++) {
		cr_assert(hear(fd, &b, "event: new"));
		cr_assert(rig_read_through(fd, &b, "\n"));
		snprintf(from, sizeof(from), "{\"ID\":\"17000%05d.", i);
		cr_assert_not_null(
		    strstr(buf_str(&b), from), "%d: %s", i, buf_str(&b));
		buf_clear(&b);
	}
	close(fd);
}

/* What mutt or rm does. */
Test(inbox_live, others_change_the_maildir)
{
	char from[512], to[600];
	const char *id;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	id = send_to("b@b.example", MAIL("one", "x"));
	cr_expect_eq(count("/api/v1/search?query=is:unread"), 1);
	{
		DIR *d = opendir(rig_in(mail, "new"));
		const struct dirent *e;

		cr_assert_not_null(d);
		while ((e = readdir(d)) != NULL && e->d_name[0] == '.')
			;
		cr_assert_not_null(e);
		snprintf(from, sizeof(from), "%s/new/%s", mail, e->d_name);
		snprintf(to, sizeof(to), "%s/cur/%s:2,S", mail, e->d_name);
		closedir(d);
	}
	cr_assert_eq(rename(from, to), 0);
	cr_expect_eq(count("/api/v1/search?query=is:unread"), 0);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 1);
	rig_file(mail, "new/foreign.1", MAIL("foreign", "dropped"));
	cr_expect_eq(chmod(rig_in(mail, "new/foreign.1"), 0644), 0);
	cr_expect_eq(count("/api/v1/search?query=dropped"), 1);
	cr_assert_eq(unlink(to), 0);
	cr_expect_eq(ask("GET", at("/api/v1/message/%s", id), NULL, NULL), 404);
	cr_expect_eq(count("/api/v1/messages"), 1);
}

static bool
is_healed(void *arg)
{
	struct rig_reply r;
	int status = ask("GET", "/api/v1/messages", NULL, &r);

	(void)arg;
	if (status == 503)
		cr_expect(slice_is(rig_header(&r, "Retry-After"), "1"));
	else
		cr_expect_eq(status, 200);
	return status == 200 &&
	    strstr(buf_str(&r.bytes), "\"total\":1") != NULL &&
	    strstr(buf_str(&r.bytes), "\"Subject\":\"one\"") != NULL;
}

Test(inbox_live, a_broken_index_heals_without_a_word_lost)
{
	char rubbish[8192];
	int fd;

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("b@b.example", MAIL("one", "x"));
	cr_expect_eq(count("/api/v1/messages"), 1);
	memset(rubbish, 'Z', sizeof(rubbish));
	fd = open(rig_in(mail, INDEX_FILE), O_WRONLY | O_CLOEXEC);
	cr_assert_eq(
	    write(fd, rubbish, sizeof(rubbish)), (ssize_t)sizeof(rubbish));
	close(fd);
	cr_expect(rig_until("it is whole again", is_healed, NULL));
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	cr_expect(rig_until("it is whole again", is_healed, NULL));
}
