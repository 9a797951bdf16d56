/*
 * httpd_upload.c - files that clients put there (--upload).
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd_put.h"
#include "httpd_start.h"
#include "rig/http.h"
#include "rig/look.h"
#include "rig/rig.h"

static const char *dir;

/* A site with a folder that everybody may write to. */
static void
make_site(void)
{
	dir = rig_place();
	rig_file(dir, "index.txt", "x");
	rig_file(dir, "in/old.txt", "old");
	rig_file(dir, "in/sub/x.txt", "x");
	cr_assert_eq(chmod(rig_in(dir, "in"), 0777), 0);
	cr_assert_eq(chmod(rig_in(dir, "in/sub"), 0777), 0);
}

static bool
holds(const char *name, const char *text)
{
	char have[100] = "";
	FILE *f = fopen(rig_in(dir, name), "re");

	if (f == NULL)
		return false;
	have[fread(have, 1, sizeof(have) - 1, f)] = '\0';
	fclose(f);
	return strcmp(have, text) == 0;
}

/* How many names there are in the folder, hidden ones too. */
static int
names_in(const char *name)
{
	DIR *d = opendir(rig_in(dir, name));
	int n = -2;

	cr_assert_not_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

Test(httpd_upload, a_file_is_put_whole_and_never_over_another)
{
	struct rig_reply reply;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	cr_expect_eq(put("/in/new.txt", "", "hello"), 201);
	cr_expect(holds("in/new.txt", "hello"));
	cr_assert(rig_get(address, "/in/new.txt", &reply));
	cr_expect(slice_is(reply.body, "hello"));
	cr_expect_eq(put("/in/empty", "", ""), 201);
	cr_expect_eq(put("/in/sub/%C3%A9.txt", "", "deep"), 201);
	cr_expect(holds("in/sub/\xc3\xa9.txt", "deep"));
	cr_expect_eq(put("/in/x%00.txt", "", "a name that cannot be"), 400);
	cr_expect_eq(put("/in/%zz", "", "nor this"), 400);
	cr_expect_eq(put("/in/old.txt", "", "new"), 409);
	cr_expect(holds("in/old.txt", "old"));
	cr_expect_eq(put("/in/sub", "", "x"), 409, "a folder");
	cr_expect_eq(put("/in/none/x", "", "x"), 409, "in no folder");
	cr_expect_eq(names_in("in"), 4, "nothing is left behind");
}

Test(httpd_upload, overwrites_when_told_to)
{
	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in",
	    "--overwrite", dir));
	cr_expect_eq(put("/in/old.txt", "", "new"), 204);
	cr_expect(holds("in/old.txt", "new"));
	cr_expect_eq(put("/in/sub", "", "x"), 409, "a folder never");
	cr_expect_eq(names_in("in"), 2);
}

Test(httpd_upload, only_there_and_only_what_is_served)
{
	make_site();
	cr_assert_eq(symlink("../index.txt", rig_in(dir, "in/link")), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in",
	    "--overwrite", dir));
	cr_expect_eq(put("/x.txt", "", "x"), 405);
	cr_expect_eq(put("/in/../x.txt", "", "x"), 405);
	cr_expect_eq(put("/index.txt", "", "x"), 405);
	cr_expect_eq(put("/in/", "", "x"), 405);
	cr_expect_eq(put("/in/.hidden", "", "x"), 403);
	cr_expect_eq(put("/in/a%2fb", "", "x"), 405);
	cr_expect_eq(put("/in/link", "", "x"), 409, "not through a link");
	cr_expect(holds("index.txt", "x"));
	cr_expect_eq(put("/in/b", "Content-Range: bytes 0-0/2\r\n", "x"), 400);
	cr_expect_eq(names_in("in"), 3);
}

/* Nobody's page makes a browser write here, whatever --cors says. */
Test(httpd_upload, pages_of_other_origins_cannot)
{
	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in",
	    "--cors", dir));
	cr_expect_eq(put("/in/a", "Origin: http://evil.test\r\n", "x"), 403);
	cr_expect_eq(put("/in/b", "Sec-Fetch-Site: cross-site\r\n", "x"), 403);
	cr_expect_eq(put("/in/c", "Sec-Fetch-Site: same-site\r\n", "x"), 403);
	cr_expect_eq(put("/in/d", "Sec-Fetch-Site: same-origin\r\n", "x"), 201);
	cr_expect_eq(names_in("in"), 3);
}

Test(httpd_upload, has_a_limit)
{
	struct rig_reply reply;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in",
	    "--upload-max", "8", dir));
	cr_expect_eq(put("/in/a", "", "12345678"), 201);
	cr_expect_eq(put("/in/b", "", "123456789"), 413);
	/* Before it is sent, where the client waits; in the middle. */
	cr_assert(rig_ask(address,
	    "PUT /in/c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 413);
	cr_assert(rig_ask(address,
	    "PUT /in/d HTTP/1.1\r\nHost: localhost\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 413);
	cr_expect_eq(names_in("in"), 3);
}

/* A client that goes in the middle leaves nothing. */
Test(httpd_upload, half_a_file_is_none)
{
	int fd;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	fd = rig_connect(address);
	cr_assert(rig_send(fd,
	    "PUT /in/half HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 100\r\n\r\nhalf"));
	close(fd);
	/* It drains: all that was at work is over then. */
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_eq(names_in("in"), 2);
}

/* A process that is killed in the middle leaves nothing either. */
Test(httpd_upload, a_killed_upload_leaves_nothing)
{
	pid_t children[64];
	size_t n;
	char c;
	int fd;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	fd = rig_connect(address);
	cr_assert(rig_send(fd,
	    "PUT /in/half HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"));
	cr_assert(rig_expect(fd, "HTTP/1.1 100 Continue\r\n\r\n"));
	cr_assert(rig_send(fd, "half"));
	n = rig_children(rig_pid(r), children, 64);
	for (size_t i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	/* The idle ones too, or the next client is given to one that dies. */
	cr_assert(rig_all_gone(children, n, rig_patience_ms()));
	cr_expect(read(fd, &c, 1) <= 0, "the connection ends with it");
	close(fd);
	cr_expect_eq(names_in("in"), 2);
	cr_expect_eq(put("/in/half", "", "whole"), 201);
}

/* Where a file must have a name meanwhile, a later start clears up. */
Test(httpd_upload, what_was_left_long_ago_is_removed)
{
	make_site();
	rig_file(dir, "in/.berth-upload-7-7", "left");
	rig_file(dir, "in/sub/.berth-upload-8-8", "left");
	rig_file(dir, "in/.berth-upload-9-9", "on its way");
	rig_file(dir, "in/.other", "not ours");
	rig_touch(dir, "in/.berth-upload-7-7", 1000000);
	rig_touch(dir, "in/sub/.berth-upload-8-8", 1000000);
	rig_touch(dir, "in/.other", 1000000);
	cr_assert_eq(chmod(rig_in(dir, "in/sub"), 0777), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	cr_expect_eq(names_in("in"), 4);
	cr_expect(holds("in/.berth-upload-9-9", "on its way"));
	cr_expect(holds("in/.other", "not ours"));
	cr_expect_eq(names_in("in/sub"), 1);
}

/* As a browser sends a form of these parts. */
static struct rig_reply *
post(const char *path, const char *lines, const char *parts)
{
	static struct rig_reply reply;
	struct buf ask;

	buf_init(&ask, 65536);
	buf_addf(&ask,
	    "POST %s HTTP/1.1\r\nHost: localhost\r\n%s"
	    "Content-Type: multipart/form-data; boundary=XX\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    path, lines, strlen(parts), parts);
	cr_assert(rig_ask(address, buf_str(&ask), &reply), "%s", path);
	buf_free(&ask);
	return &reply;
}

#define PART(name, data)                                                 \
	"--XX\r\nContent-Disposition: form-data; name=\"file\"; "        \
	"filename=\"" name "\"\r\nContent-Type: text/plain\r\n\r\n" data \
	"\r\n"

Test(httpd_upload, a_form_without_a_script)
{
	struct rig_reply *reply;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in",
	    "--upload-max", "100", dir));
	reply = post("/in/", "",
	    PART("one.txt", "1") PART("t\xc3\xbc.txt", "2") "--XX--");
	cr_expect_eq(reply->status, 303);
	cr_expect(slice_is(rig_header(reply, "Location"), "/in/"));
	cr_expect(holds("in/one.txt", "1"));
	cr_expect(holds("in/t\xc3\xbc.txt", "2"));
	reply = post("/in/sub/", "", PART("a/b/../x2.txt", "deep") "--XX--");
	cr_expect(reply->status == 303 && holds("in/sub/x2.txt", "deep"));
	/* Each is judged by itself, and the page tells. */
	reply = post("/in/", "",
	    PART("old.txt", "new") PART("<i>.txt", "fine") PART(".x", "x")
		PART("sub", "x") "--XX--\r\n");
	cr_expect_eq(reply->status, 409);
	cr_expect(has(reply->body, "<td>old.txt</td><td>there is one already"));
	cr_expect(has(reply->body, "<td>&lt;i&gt;.txt</td><td>uploaded</td>"));
	cr_expect(has(reply->body, "<td>.x</td><td>no file of that name"));
	cr_expect(has(reply->body, "<td>sub</td><td>there is a folder of"));
	cr_expect(holds("in/old.txt", "old") && holds("in/<i>.txt", "fine"));
	cr_expect_eq(names_in("in"), 5);
	/* What is too large is heard out, and the rest of the form counts. */
	reply = post("/in/", "",
	    PART("large",
		"1234567890123456789012345678901234567890123456789012345678901"
		"23456789012345678901234567890123456789012345678901234567890")
		PART("small", "s") "--XX--");
	cr_expect_eq(reply->status, 413);
	cr_expect(holds("in/small", "s"));
	cr_expect_eq(names_in("in"), 6);
}

Test(httpd_upload, forms_that_are_none)
{
	struct rig_reply reply;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	/* Nothing was chosen: browsers send a file without a name. */
	cr_expect_eq(post("/in/", "", PART("", "") "--XX--")->status, 400);
	cr_expect_eq(post("/in/", "", PART("a", "cut off"))->status, 400);
	cr_expect_eq(post("/in/", "", "--XX\r\nnonsense\r\n\r\n")->status, 400);
	cr_expect_eq(post("/in/", "", "")->status, 400);
	cr_expect_eq(
	    post("/in/none/", "", PART("a", "x") "--XX--")->status, 409);
	cr_expect_eq(post("/", "", PART("a", "x") "--XX--")->status, 405);
	cr_expect_eq(post("/in/a", "", PART("a", "x") "--XX--")->status, 405);
	cr_expect_eq(post("/in/", "Origin: http://evil.test\r\n",
			 PART("a", "x") "--XX--")
			 ->status,
	    403);
	cr_assert(rig_ask(address,
	    "POST /in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
	    "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b",
	    &reply));
	cr_expect_eq(reply.status, 415);
	cr_assert(rig_ask(address,
	    "DELETE /in/ HTTP/1.1\r\nHost: localhost\r\n\r\n", &reply));
	cr_expect(
	    slice_is(rig_header(&reply, "Allow"), "GET, HEAD, POST, OPTIONS"));
	cr_expect_eq(names_in("in"), 2);
}

/* Not even where such files are served. */
Test(httpd_upload, nobody_puts_what_the_server_obeys)
{
	make_site();
	cr_assert_eq(chmod(dir, 0777), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", ".",
	    "--hidden", "--overwrite", dir));
	cr_expect_eq(put("/_headers", "", "x"), 403);
	cr_expect_eq(put("/_redirects", "", "x"), 403);
	cr_expect_eq(put("/berth.conf", "", "x"), 403);
	cr_expect_eq(put("/.htaccess", "", "x"), 403);
	cr_expect_eq(put("/fine", "", "x"), 201);
	cr_expect_eq(names_in("."), 3);
}

Test(httpd_upload, is_off_unless_asked_for)
{
	struct rig_reply reply;
	struct rig *ended;

	make_site();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	cr_expect_eq(put("/in/a", "", "x"), 405);
	cr_assert(rig_get(address, "/in/", &reply));
	cr_expect(!has(reply.body, "<form id=\"upload\""));
	cr_expect_eq(rig_stop(r), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload",
	    rig_in(dir, "in"), dir));
	cr_assert(rig_get(address, "/in/", &reply));
	cr_expect(has(reply.body, "<form id=\"upload\""));
	cr_assert(rig_get(address, "/", &reply));
	cr_expect(!has(reply.body, "<form id=\"upload\""));
	cr_expect_eq(rig_stop(r), 0);
	ended = rig_run(RIG("berth-httpd", "--upload", "none", dir));
	cr_expect_eq(rig_wait(ended), 78);
	cr_expect_not_null(strstr(rig_err(ended), "--upload none: No such"));
	ended = rig_run(RIG("berth-httpd", "--upload", "/tmp", dir));
	cr_expect_eq(rig_wait(ended), 78);
	cr_expect_not_null(strstr(rig_err(ended), "not a folder of the site"));
}
