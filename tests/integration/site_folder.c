/*
 * site_folder.c - a folder as one file, as others unpack it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

#define LARGE (3 * 1024 * 1024)

static const char *dir;

static void
start(void)
{
	char long_name[300] = "box/";

	dir = rig_place();
	memset(long_name + 4, 'n', 200);
	rig_file(dir, "box/a.txt", "first");
	rig_file(dir, "box/empty", "");
	rig_file(dir, "box/sub/b.css", "second");
	rig_file(dir, "box/sch\xc3\xb6n.txt", "third");
	rig_file(dir, "box/bad\xff.txt", "fourth");
	rig_file(dir, long_name, "fifth");
	rig_file(dir, "box/.hidden", "never");
	rig_file(dir, "box/old~", "never");
	rig_file(dir, "box/mail/cur/m", "never");
	rig_file(dir, "box/mail/new/m", "never");
	rig_file(dir, "box/mail/tmp/m", "never");
	rig_file(dir, "outside", "never");
	rig_file_pattern(dir, "box/large", LARGE);
	cr_assert_eq(mkdir(rig_in(dir, "box/void"), 0755), 0);
	cr_assert_eq(symlink("a.txt", rig_in(dir, "box/link")), 0);
	cr_assert_eq(symlink("..", rig_in(dir, "box/up")), 0);
	cr_assert_eq(symlink("/etc/passwd", rig_in(dir, "box/out")), 0);
	cr_assert_eq(mkfifo(rig_in(dir, "box/pipe"), 0644), 0);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
}

TestSuite(site_folder, .init = start);

/* Somebody else's program looks into it: each name and what it holds. */
#define LOOK                                                               \
	"python3 -c '\n"                                                   \
	"import sys, os, tarfile, zipfile, hashlib\n"                      \
	"def tell(name, mode, data):\n"                                    \
	"    if len(data) > 100: data = "                                  \
	"hashlib.md5(data).hexdigest().encode()\n"                         \
	"    print(repr(name)[1:], oct(mode & 0o777), data.decode())\n"    \
	"f = sys.argv[1]\n"                                                \
	"if f.endswith(\"tar\"):\n"                                        \
	"    t = tarfile.open(f, errors=\"surrogateescape\")\n"            \
	"    for m in t:\n"                                                \
	"        assert m.mtime > 1e9 and (m.isfile() or m.isdir())\n"     \
	"        tell(os.fsencode(m.name) + b\"/\" * m.isdir(), m.mode,\n" \
	"            t.extractfile(m).read() if m.isfile() else b\"\")\n"  \
	"else:\n"                                                          \
	"    z = zipfile.ZipFile(f)\n"                                     \
	"    for m in z.infolist():\n"                                     \
	"        tell(m.filename.encode(), m.external_attr >> 16, "        \
	"z.read(m))\n"                                                     \
	"' "

static void
expect(const char *form, const char *bad)
{
	static char all[4000], line[4000];
	char name[201], large[33] = "";
	FILE *md5;

	memset(name, 'n', 200);
	name[200] = '\0';
	snprintf(line, sizeof(line), "md5sum %s", rig_in(dir, "box/large"));
	md5 = popen(line, "r"); /* NOLINT(cert-env33-c) */
	cr_assert(md5 != NULL && fread(large, 1, 32, md5) == 32);
	pclose(md5);
	snprintf(all, sizeof(all),
	    "'box/sub/' 0o755 \n"
	    "'box/sub/b.css' 0o644 second\n"
	    "'box/void/' 0o755 \n"
	    "'box/a.txt' 0o644 first\n"
	    "'box/bad%s.txt' 0o644 fourth\n"
	    "'box/empty' 0o644 \n"
	    "'box/large' 0o644 %s\n"
	    "'box/link' 0o644 first\n"
	    "'box/%s' 0o644 fifth\n"
	    "'box/sch\\xc3\\xb6n.txt' 0o644 third\n",
	    bad, large, name);
	snprintf(line, sizeof(line),
	    "berth-http -s -o box.%s \"$U/box/?archive=%s\" && " LOOK "box.%s",
	    form, form, form);
	cr_expect(rig_sh(rig_port(server, "http"), line, 0, all, NULL));
}

Test(site_folder, tar)
{
	struct rig_reply *r = ask("/box/?archive=tar", "");

	cr_assert_eq(r->status, 200);
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/x-tar"));
	cr_expect(slice_is(rig_header(r, "Content-Disposition"),
	    "attachment; filename*=UTF-8''box.tar"));
	expect("tar", "\\xff");
}

/* Its names must be text. */
Test(site_folder, zip)
{
	struct rig_reply *r = ask("/box/?archive=zip", "");

	cr_assert_eq(r->status, 200);
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/zip"));
	expect("zip", "\\\\xff");
}

Test(site_folder, of_an_empty_one_and_in_no_other_form)
{
	cr_expect(rig_sh(rig_port(server, "http"),
	    "berth-http -s -o x.zip \"$U/box/void/?archive=zip\" && " LOOK
	    "x.zip",
	    0, "", NULL));
	cr_expect(rig_sh(rig_port(server, "http"),
	    "berth-http -s -o x.tar \"$U/box/void/?archive=tar\" && " LOOK
	    "x.tar",
	    0, "", NULL));
	cr_expect_eq(ask("/box/?archive=rar", "")->status, 400);
	cr_expect_eq(ask("/?archive=tar", "")->status, 200);
}

Test(site_folder, head_and_no_listing)
{
	struct rig_reply r;
	int fd = rig_open(server, "http");

	cr_assert(rig_send(fd, "HEAD /box/?archive=tar" H "\r\n"));
	cr_assert(rig_reply(fd, &r, true));
	cr_expect_eq(r.status, 200);
	close(fd);
	server = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--no-listing", dir));
	cr_expect_eq(ask("/box/?archive=tar", "")->status, 403);
}
