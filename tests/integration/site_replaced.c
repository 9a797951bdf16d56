/*
 * site_replaced.c - the folder is replaced while it is served: by every build
 * that cleans first, by a link that is made to lead elsewhere.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/restored.h"
#include "rig/rig.h"
#include "rig/wait.h"
#include "system/clock.h"

#define CROWD 24

static const char *place;
static struct rig *server;

static void
make(void)
{
	place = rig_place();
}

TestSuite(site_replaced, .init = make);

static void
start(const char *const argv[])
{
	server = rig_start(argv);
}

/* Ask until it is so, at most as long as a build's reader would bear. */
static bool
becomes(int status, const char *text)
{
	int64_t until = rig_deadline();
	bool good = false;
	struct rig_reply r;

	while (!good && clock_ms() < until) {
		cr_assert(
		    rig_get(rig_address(server, "http"), "/index.html", &r));
		good = r.status == status &&
		    memmem(r.body.p, r.body.n, text, strlen(text)) != NULL;
		rig_reply_free(&r);
	}
	return good;
}

static void
build(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/index.html", name);
	rig_file(place, path, text);
}

static void
replace(const char *by)
{
	cr_assert_eq(rename(rig_in(place, "dist"), rig_in(place, "old")), 0);
	cr_assert_eq(rename(rig_in(place, by), rig_in(place, "dist")), 0);
}

static void
see_it_replaced(const char *const argv[])
{
	build("dist", "first build");
	build("next", "second build");
	start(argv);
	cr_expect(becomes(200, "first build"));
	replace("next");
	cr_expect(becomes(200, "second build"));
	/* Gone altogether, and made anew: often with the same inode. */
	cr_assert_eq(unlink(rig_in(place, "dist/index.html")), 0);
	cr_assert_eq(rmdir(rig_in(place, "dist")), 0);
	cr_expect(becomes(503, "not there just now"));
	build("dist", "third build");
	cr_expect(becomes(200, "third build"));
	cr_expect_eq(rig_stop(server), 0);
	/* That would be slow, and read what else has changed. */
	cr_expect_null(strstr(rig_err(server), "reload"));
}

Test(site_replaced, in_the_usual_way)
{
	see_it_replaced(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "dist")));
}

Test(site_replaced, by_a_relative_name)
{
	cr_assert_eq(chdir(place), 0);
	see_it_replaced(RIG("berth-httpd", "-l", "127.0.0.1:0", "dist"));
}

Test(site_replaced, with_children_that_serve_many)
{
	see_it_replaced(RIG("berth-httpd", "-l", "127.0.0.1:0", "--reuse", "0",
	    rig_in(place, "dist")));
}

Test(site_replaced, with_children_that_are_put_back)
{
	ONLY_WHERE_RESTORED;
	see_it_replaced(RIG("berth-httpd", "-l", "127.0.0.1:0", "--isolation",
	    "restore", rig_in(place, "dist")));
}

/* As below /root: who runs the children may not look for it. */
Test(site_replaced, below_a_folder_that_is_closed)
{
	if (geteuid() != 0)
		cr_skip_test("only root's servers become somebody else");
	place = rig_in(place, "closed");
	cr_assert_eq(mkdir(place, 0700), 0);
	see_it_replaced(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "dist")));
}

/* They are born of a zygote that has the folder open. */
Test(site_replaced, below_one_with_children_that_serve_many)
{
	if (geteuid() != 0)
		cr_skip_test("only root's servers become somebody else");
	place = rig_in(place, "closed");
	cr_assert_eq(mkdir(place, 0700), 0);
	see_it_replaced(RIG("berth-httpd", "-l", "127.0.0.1:0", "--reuse", "0",
	    rig_in(place, "dist")));
}

static void
expect_second(int fd)
{
	struct rig_reply r;

	cr_assert(rig_get_on(fd, "/index.html", &r));
	cr_expect_eq(r.status, 200);
	cr_expect(slice_is(r.body, "second build"));
	rig_reply_free(&r);
	close(fd);
}

/* The child of a session that lasts may read the old folder alone. */
Test(site_replaced, while_somebody_sends_mail)
{
	int mail, fd[CROWD];
	char words[256];

	build("dist", "first build");
	build("next", "second build");
	start(RIG("berth", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
	    "--inbox", "off", "--reuse", "0", "--mail", rig_in(place, "mail"),
	    rig_in(place, "dist")));
	cr_expect(becomes(200, "first build"));
	mail = rig_open(server, "smtp");
	cr_assert(rig_expect(mail, "220 "));
	replace("next");
	cr_expect(becomes(200, "second build"));
	cr_assert(rig_send(mail, "QUIT\r\n"));
	while (rig_receive(mail, words, sizeof(words)) > 0)
		;
	close(mail);
	/* All who wait get one, that one too if it were there. */
	for (int round = 0; round < 5; round++) {
		rig_pause_ms(50);
		for (int i = 0; i < CROWD; i++)
			fd[i] = rig_open(server, "http");
		for (int i = 0; i < CROWD; i++)
			expect_second(fd[i]);
	}
	cr_expect_eq(rig_stop(server), 0);
	cr_expect_null(strstr(rig_err(server), "reload"));
}

/* Also when they begin while the folder is gone. */
Test(site_replaced, with_children_that_exec)
{
	struct rig_reply r;

	see_it_replaced(RIG("berth-httpd", "-l", "127.0.0.1:0", "--exec",
	    rig_in(place, "dist")));
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--exec",
	    rig_in(place, "dist")));
	cr_assert_eq(rename(rig_in(place, "dist"), rig_in(place, "away")), 0);
	cr_expect(becomes(503, "not there just now"));
	for (int i = 0; i < 20; i++) {
		cr_assert(rig_get(rig_address(server, "http"), "/", &r));
		cr_expect_eq(r.status, 503);
		rig_reply_free(&r);
	}
	cr_expect_null(strstr(rig_err(server), "left with code"));
	cr_assert_eq(rename(rig_in(place, "away"), rig_in(place, "dist")), 0);
	cr_expect(becomes(200, "third build"));
	cr_expect_eq(rig_stop(server), 0);
}

/*
 * Whose children know what they may read before a client comes, says nothing
 * else until there are others: no 403, no listing of what is no more, and not
 * more than a browser follows.
 */
static void
see_nothing_else(const char *const argv[])
{
	int64_t until = clock_ms() + rig_patience_ms();
	bool good = false;
	struct rig_reply r;

	build("dist", "first build");
	build("next", "second build");
	start(argv);
	cr_expect(becomes(200, "first build"));
	replace("next");
	while (!good && clock_ms() < until) {
		cr_assert(
		    rig_get(rig_address(server, "http"), "/index.html", &r));
		good = r.status == 200 && slice_is(r.body, "second build");
		cr_assert(good || slice_is(r.body, "first build") ||
			r.status == 307 || r.status == 503,
		    "%d %.*s", r.status, SLICE_FMT(r.body));
		rig_reply_free(&r);
	}
	cr_expect(good);
	cr_expect_eq(rig_stop(server), 0);
}

Test(site_replaced, by_whom_it_may_not_be_read)
{
	see_nothing_else(RIG("berth-httpd", "-l", "127.0.0.1:0", "--reuse", "0",
	    rig_in(place, "dist")));
}

Test(site_replaced, with_children_that_are_restored)
{
	ONLY_WHERE_RESTORED;
	see_nothing_else(RIG("berth-httpd", "-l", "127.0.0.1:0", "--isolation",
	    "restore", rig_in(place, "dist")));
}

static void
lead_to(const char *target)
{
	cr_assert_eq(symlink(target, rig_in(place, "tmp")), 0);
	cr_assert_eq(rename(rig_in(place, "tmp"), rig_in(place, "current")), 0);
}

Test(site_replaced, a_link_that_is_repointed)
{
	build("releases/1", "release 1");
	build("releases/2", "release 2");
	lead_to("releases/1");
	start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "current")));
	cr_expect(becomes(200, "release 1"));
	lead_to("releases/2");
	cr_expect(becomes(200, "release 2"));
	/* Behind the link. */
	build("releases/3", "release 3");
	cr_assert_eq(
	    rename(rig_in(place, "releases/2"), rig_in(place, "gone")), 0);
	cr_assert_eq(
	    rename(rig_in(place, "releases/3"), rig_in(place, "releases/2")),
	    0);
	cr_expect(becomes(200, "release 3"));
	cr_expect_eq(rig_stop(server), 0);
}

/*
 * Whoever has only just looked whether the folder is there finds nothing in it
 * all the same: that is no 404, and no listing without an entry.
 */
static void
see_it_removed(const char *asked)
{
	struct rig_reply r;
	int fd;

	build("dist", "a build");
	fd = rig_open(server, "http");
	cr_assert(rig_get_on(fd, "/dist.txt", &r));
	cr_expect_eq(r.status, 404);
	rig_reply_free(&r);
	cr_assert_eq(unlink(rig_in(place, "dist/index.html")), 0);
	cr_assert_eq(rmdir(rig_in(place, "dist")), 0);
	cr_assert(rig_get_on(fd, asked, &r));
	cr_expect_eq(r.status, 503, "%s: %d", asked, r.status);
	rig_reply_free(&r);
	close(fd);
}

Test(site_replaced, what_was_just_removed_is_neither_missing_nor_empty)
{
	build("dist", "a build");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "dist")));
	see_it_removed("/index.html");
	see_it_removed("/");
	see_it_removed("/none/");
	cr_expect_eq(rig_stop(server), 0);
}

/* A kept connection is never told of what is no more. */
Test(site_replaced, a_kept_connection_ends)
{
	struct rig_reply r;
	int fd;

	build("dist", "first build");
	build("next", "second build");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "dist")));
	fd = rig_open(server, "http");
	cr_assert(rig_get_on(fd, "/index.html", &r));
	cr_expect(slice_is(r.body, "first build"));
	replace("next");
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect(becomes(200, "second build"));
	cr_expect_eq(rig_stop(server), 0);
}
