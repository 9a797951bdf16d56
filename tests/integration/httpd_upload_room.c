/*
 * httpd_upload_room.c - the folder of --upload is on a file system where there is
 * no room, or that is read-only.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd_put.h"
#include "httpd_start.h"
#include "rig/rig.h"

#define ROOM    "size=32k,mode=755"
#define TOO_BIG 60000

static const char *dir;
static struct rig_reply reply;

/* Whoever may, mounts in a world of this test's own. */
static void
mount_small(void)
{
	const char *place = rig_place();

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("only root can mount: %s", strerror(errno));
	rig_file(place, "site/x", "x");
	dir = rig_in(place, "site");
	if (mount("tmpfs", dir, "tmpfs", 0, ROOM) < 0)
		cr_skip_test("no tmpfs: %s", strerror(errno));
	cr_assert_eq(mkdir(rig_in(dir, "in"), 0777), 0);
	cr_assert_eq(chmod(rig_in(dir, "in"), 0777), 0);
}

/* A browser's form, with one file of so many bytes. */
static void
post(size_t n)
{
	static char data[TOO_BIG];
	struct buf ask, body;

	memset(data, 'x', sizeof(data));
	buf_init(&body, 1 << 20);
	buf_addz(&body,
	    "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
	    "filename=\"f\"\r\n\r\n");
	buf_add(&body, data, n);
	buf_addz(&body, "\r\n--XX--\r\n");
	buf_init(&ask, 1 << 20);
	buf_addf(&ask,
	    "POST /in/ HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: multipart/form-data; boundary=XX\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    body.n);
	buf_add(&ask, body.p, body.n);
	cr_assert(rig_ask(address, buf_str(&ask), &reply));
	buf_free(&ask);
	buf_free(&body);
}

/* Of the file that did not fit nothing is left, so a smaller one does. */
Test(httpd_upload_room, a_file_system_that_is_full)
{
	static char big[TOO_BIG];

	mount_small();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	memset(big, 'x', sizeof(big) - 1);
	cr_expect_eq(put("/in/big", "", big), 507);
	post(sizeof(big));
	cr_expect_eq(reply.status, 507);
	cr_expect(has(reply.body, "there is no room left"));
	cr_expect_eq(access(rig_in(dir, "in/big"), F_OK), -1);
	cr_expect_eq(put("/in/small", "", "it fits"), 201);
	cr_expect_eq(rig_stop(r), 0);
}

Test(httpd_upload_room, a_file_system_that_is_read_only)
{
	struct rig *ended;

	mount_small();
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--upload", "in", dir));
	cr_assert_eq(mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, ROOM), 0);
	cr_assert(rig_ask(address,
	    "PUT /in/new HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    &reply));
	cr_expect_eq(reply.status, 403);
	cr_expect(has(reply.body, "read-only"));
	cr_expect(has(reply.body, "That may not be done here."));
	post(1);
	cr_expect_eq(reply.status, 403);
	cr_expect(has(reply.body, "read-only"));
	cr_expect_eq(rig_stop(r), 0);
	ended = rig_run(RIG("berth-httpd", "--upload", "in", dir));
	cr_expect_eq(rig_wait(ended), 78);
	cr_expect_not_null(strstr(rig_err(ended), "read-only"));
}
