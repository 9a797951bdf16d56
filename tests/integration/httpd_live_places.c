/*
 * httpd_live_places.c - pages that reload themselves (--live): where changes
 * are seen, whatever leads there.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd_live_start.h"
#include "rig/wait.h"
#include "system/clock.h"

/* What a browser gets by links of any kind is watched as well. */
Test(httpd_live_places, follows_links_as_requests_do)
{
	const char *dir = rig_place(), *site;
	int fd;

	rig_file(dir, "releases/5/index.html", "x");
	rig_file(dir, "releases/5/.cache/now/x.html", "x");
	rig_file(dir, "hard.html", "x");
	rig_file(dir, "shared/lib.html", "x");
	site = rig_in(dir, "site");
	cr_assert_eq(symlink("releases/5", site), 0);
	cr_assert_eq(symlink(".cache/now", rig_in(dir, "site/now")), 0);
	cr_assert_eq(symlink("../../shared", rig_in(dir, "site/shared")), 0);
	cr_assert_eq(
	    link(rig_in(dir, "hard.html"), rig_in(dir, "site/hard.html")), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live",
	    "--follow-symlinks", rig_in(dir, "site")));
	fd = open_stream("");
	/* a symlinked root */
	rig_file(dir, "releases/5/index.html", "y");
	expect_event(fd, "event: page\n");
	/* a link to a hidden folder inside */
	rig_file(dir, "releases/5/.cache/now/x.html", "y");
	expect_event(fd, "event: page\n");
	/* a hard link, by its other name */
	rig_file(dir, "hard.html", "y");
	expect_event(fd, "event: page\n");
	/* a link that leads out */
	rig_file(dir, "shared/lib.html", "y");
	expect_event(fd, "event: page\n");
}

/* rm -rf dist && build: the page hears of what is new, and that it is. */
Test(httpd_live_places, a_clean_rebuild_is_told)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	char folder[64];
	int fd;

	rig_file(dir, "dist/index.html", "<p>one");
	rig_file(dir, "old/index.html", "<p>old");
	start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--live", rig_in(dir, "dist")));
	cr_assert(visit("/", &reply));
	snprintf(folder, sizeof(folder), "%s",
	    value_of(reply.body, "data-folder=\""));
	fd = open_stream("");
	/* An earlier build comes back: all its files are older. */
	cr_assert_eq(rename(rig_in(dir, "dist"), rig_in(dir, "gone")), 0);
	cr_assert_eq(rename(rig_in(dir, "old"), rig_in(dir, "dist")), 0);
	cr_expect(rig_expect(fd, "0\r\n\r\n"), "the stream ends");
	close(fd);
	expect_look("9999999999999", folder, "page ");
	cr_assert(visit("/", &reply));
	cr_expect(has(reply.body, "<p>old"));
}

/* Whoever may, mounts in a world of this test's own. */
static void
part_from_the_mounts_of_others(void)
{
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("only root can mount: %s", strerror(errno));
}

static void
bind(const char *what, const char *name)
{
	char from[PATH_MAX];

	snprintf(from, sizeof(from), "%s", what);
	cr_assert_eq(mount(from, name, NULL, MS_BIND, NULL), 0, "%s: %s", name,
	    strerror(errno));
}

/* As containers have it: a folder and a single file come from elsewhere. */
Test(httpd_live_places, sees_through_bind_mounts)
{
	const char *dir = rig_place();
	int fd;

	part_from_the_mounts_of_others();
	rig_file(dir, "site/index.html", "x");
	rig_file(dir, "site/pages/placeholder", "x");
	rig_file(dir, "site/one.css", "x");
	rig_file(dir, "away/pages/deep/a.html", "x");
	rig_file(dir, "away/one.css", "x");
	bind(rig_in(dir, "away/pages"), rig_in(dir, "site/pages"));
	bind(rig_in(dir, "away/one.css"), rig_in(dir, "site/one.css"));
	start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--live", rig_in(dir, "site")));
	fd = open_stream("");
	rig_file(dir, "away/pages/deep/a.html", "y");
	expect_event(fd, "event: page\n");
	rig_file(dir, "away/one.css", "y");
	expect_event(fd, "event: style\n");
	rig_file(dir, "away/pages/new.html", "y");
	expect_event(fd, "event: page\n");
}

/* The root itself is one, as "docker run -v dist:/srv" has it. */
Test(httpd_live_places, sees_what_is_mounted_as_the_root)
{
	const char *dir = rig_place();
	int fd;

	part_from_the_mounts_of_others();
	rig_file(dir, "srv/none", "x");
	rig_file(dir, "dist/index.html", "x");
	bind(rig_in(dir, "dist"), rig_in(dir, "srv"));
	start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--live", rig_in(dir, "srv")));
	fd = open_stream("");
	rig_file(dir, "dist/index.html", "y");
	expect_event(fd, "event: page\n");
}

/* As below /root, where nobody may look: who runs the children cannot either. */
Test(httpd_live_places, sees_below_a_closed_folder)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	int64_t until_ms;
	int fd;

	if (geteuid() != 0)
		cr_skip_test("only root's servers become somebody else");
	rig_file(dir, "home/site/index.html", "<p>one");
	rig_file(dir, "home/site/sub/a.css", "x");
	cr_assert_eq(chmod(rig_in(dir, "home"), 0700), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live",
	    rig_in(dir, "home/site")));
	cr_assert(visit("/", &reply));
	cr_expect_eq(reply.status, 200);
	fd = open_stream("");
	rig_file(dir, "home/site/sub/a.css", "y");
	expect_event(fd, "event: style\n");
	rig_file(dir, "home/site/new/a.html", "y");
	expect_event(fd, "event: page\n");
	/* And a build that replaces it. */
	rig_file(dir, "home/next/index.html", "<p>two");
	cr_assert_eq(
	    rename(rig_in(dir, "home/site"), rig_in(dir, "home/old")), 0);
	cr_assert_eq(
	    rename(rig_in(dir, "home/next"), rig_in(dir, "home/site")), 0);
	cr_expect(rig_expect(fd, "0\r\n\r\n"), "the stream ends");
	/* Children cannot find that: the master renews them. */
	until_ms = rig_deadline();
	do
		cr_assert(visit("/", &reply));
	while (!has(reply.body, "<p>two") && clock_ms() < until_ms);
	cr_expect(has(reply.body, "<p>two"));
}

/* What cannot be watched is said at the start, by name. */
Test(httpd_live_places, says_which_folder_it_cannot_see)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	if (geteuid() != 0)
		cr_skip_test("only root's servers become somebody else");
	rig_file(dir, "site/index.html", "x");
	rig_file(dir, "site/closed/a.html", "x");
	cr_assert_eq(chmod(rig_in(dir, "site/closed"), 0700), 0);
	start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--live", rig_in(dir, "site")));
	cr_expect(rig_hear(r, "/site/closed cannot be read by the server's"));
	cr_assert(rig_get(address, "/closed/a.html", &reply));
	cr_expect_eq(reply.status, 403);
}
