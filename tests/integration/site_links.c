/*
 * site_links.c - where a name of the site may lead: links inside, outside and
 * in a circle; and caught mail, which is nobody's page.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

static const char *dir, *outside;

static void
link_to(const char *target, const char *name)
{
	cr_assert_eq(symlink(target, rig_in(dir, name)), 0, "%s", name);
}

static void
fill(void)
{
	dir = rig_place();
	outside = rig_place();
	rig_file(dir, "page.html", "a page");
	rig_file(dir, "sub/deep.txt", "deep");
	rig_file(outside, "secret", "not of the site, 25 bytes");
}

TestSuite(site_links, .init = fill);

#define IS(path, code, text)                                           \
	do {                                                           \
		struct rig_reply *got = ask(path, "");                 \
		cr_expect_eq(                                          \
		    got->status, code, "%s: %d", (path), got->status); \
		cr_expect(has(got->body, text), "%s", (path));         \
	} while (0)

static void
make_links(void)
{
	link_to("sub/deep.txt", "relative");
	link_to(rig_in(dir, "page.html"), "absolute");
	link_to(rig_in(dir, "sub"), "absolute_dir");
	link_to(dir, "sub/top");
	link_to(rig_in(outside, "secret"), "out");
	link_to(outside, "out_dir");
	link_to("loop_b", "loop_a");
	link_to("loop_a", "loop_b");
	link_to("nowhere", "dangling");
	link_to("/proc/self/root/etc/passwd", "magic");
}

Test(site_links, lead_where_they_may)
{
	struct rig_reply *r;

	make_links();
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	IS("/relative", 200, "deep");
	IS("/absolute", 200, "a page");
	IS("/absolute_dir/deep.txt", 200, "deep");
	IS("/sub/top/page.html", 200, "a page");
	IS("/out", 403, "leads out of the directory");
	IS("/out_dir/secret", 403, "leads out of the directory");
	IS("/loop_a", 403, "in a circle");
	IS("/magic", 403, "");
	IS("/dangling", 404, "");
	r = ask("/", "");
	cr_expect_eq(r->status, 200);
	cr_expect(has(r->body, ">relative<") && has(r->body, ">absolute<") &&
	    has(r->body, ">absolute_dir/<"));
	/* What cannot be had is not told about, least of all its size. */
	cr_expect(!has(r->body, "./out") && !has(r->body, "25 B"));
	cr_expect(!has(r->body, "loop_") && !has(r->body, "dangling") &&
	    !has(r->body, "magic"));
	cr_expect_eq(rig_stop(server), 0);
}

Test(site_links, lead_out_if_they_shall)
{
	struct rig_reply *r;

	make_links();
	server = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--follow-symlinks", dir));
	IS("/out", 200, "not of the site");
	IS("/out_dir/secret", 200, "not of the site");
	r = ask("/", "");
	cr_expect(has(r->body, ">out<") && has(r->body, "25 B"));
	cr_expect_eq(rig_stop(server), 0);
}

static void
make_maildir(const char *place, const char *name)
{
	static const char *const parts[] = { "cur", "tmp", "new" };
	char path[256];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", name, parts[i],
		    i == 2 ? "1.mail" : ".keep");
		rig_file(place, path, "Subject: secret\r\n\r\n");
	}
}

static const char *const mail_paths[] = { "/mail", "/mail/", "/mail/new/",
	"/mail/new/1.mail", "/mail/new/../new/1.mail", "/mail/index.html",
	"/sub/box/new/1.mail", "/by_link", "/by_dir/1.mail", "/by_dir/",
	"/by_box/new/1.mail", "/absolute_mail", "/sub/box/cur/x.txt" };

static void
expect_no_mail(void)
{
	for (size_t i = 0; i < sizeof(mail_paths) / sizeof(*mail_paths); i++) {
		struct rig_reply *r = ask(mail_paths[i], "");

		cr_expect_eq(
		    r->status, 404, "%s: %d", mail_paths[i], r->status);
		cr_expect(!has(r->body, "secret"), "%s", mail_paths[i]);
	}
}

static void
make_mail(void)
{
	make_maildir(dir, "mail");
	make_maildir(dir, "sub/box");
	rig_file(dir, "mail/index.html", "secret");
	rig_file(dir, "sub/box/cur/x.txt", "secret");
	link_to("mail/new/1.mail", "by_link");
	link_to("mail/new", "by_dir");
	link_to("sub/box", "by_box");
	link_to(rig_in(dir, "mail/new/1.mail"), "absolute_mail");
}

Test(site_links, mail_is_nobodys_page)
{
	struct rig_reply *r;

	make_mail();
	/* Two of the three names are a folder as any other. */
	rig_file(dir, "shop/new/a.txt", "shoes");
	rig_file(dir, "shop/cur/b.txt", "money");
	server =
	    rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--hidden", dir));
	expect_no_mail();
	IS("/shop/new/a.txt", 200, "shoes");
	r = ask("/", "");
	cr_expect(has(r->body, ">shop/<") && has(r->body, ">sub/<"));
	cr_expect(!has(r->body, "mail") && !has(r->body, "by_"));
	IS("/sub/", 200, "deep.txt");
	cr_expect(!has(ask("/sub/", "")->body, "./box"));
	cr_expect_eq(rig_stop(server), 0);
}

/* Links may lead out, but not into anybody's mail. */
Test(site_links, nor_by_links_that_lead_out)
{
	make_mail();
	make_maildir(outside, "far");
	link_to(rig_in(outside, "far"), "far");
	link_to(rig_in(outside, "far/new/1.mail"), "far_mail");
	server = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--follow-symlinks", dir));
	expect_no_mail();
	IS("/far/new/1.mail", 404, "");
	IS("/far_mail", 404, "");
	IS("/page.html", 200, "a page");
	cr_expect_eq(rig_stop(server), 0);
}

/* The suite in a folder without www: the site is ".", the mail "./mail". */
Test(site_links, the_suite_does_not_serve_what_it_catches)
{
	cr_assert_eq(chdir(dir), 0);
	server = rig_start(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "127.0.0.1:0", "--inbox", "127.0.0.1:0", "--mail", "mail"));
	IS("/page.html", 200, "a page");
	IS("/mail/new/", 404, "");
	IS("/mail/", 404, "");
	IS("/mail/.berth/index.db", 404, "");
	cr_expect(!has(ask("/", "")->body, "mail"));
	cr_expect_eq(rig_stop(server), 0);
}
