/*
 * site_replaced_often.c - a folder that is built anew all day: what was replaced
 * is let go of, by the sandbox too.  A directory that a rule of it names keeps
 * its place on the disk, and each rule is paid for by every child.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "rig/restored.h"
#include "rig/rig.h"

#define BUILDS 140
#define SMALL  "size=4m,nr_inodes=120,mode=755"

static const char *place;
static struct rig *server;

/* A disk of this test's own, with room for fewer directories than builds. */
static void
mount_small_disk(void)
{
	place = rig_place();
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", place, "tmpfs", 0, SMALL) < 0)
		cr_skip_test("only root can mount: %s", strerror(errno));
}

TestSuite(site_replaced_often, .init = mount_small_disk);

struct build {
	char text[16];
};

static bool
is_served(void *p)
{
	const struct build *b = p;
	struct rig_reply r = { 0 };
	bool good;

	cr_assert(rig_get(rig_address(server, "http"), "/f", &r));
	good = r.status == 200 && slice_is(r.body, b->text);
	rig_reply_free(&r);
	return good;
}

/* As bundlers do it: all is removed and made again. */
static void
build(int number, struct build *b)
{
	const char *dist = rig_in(place, "dist");
	FILE *f;

	unlink(rig_in(place, "dist/f"));
	rmdir(dist);
	cr_assert_eq(
	    mkdir(dist, 0755), 0, "build %d: %s", number, strerror(errno));
	snprintf(b->text, sizeof(b->text), "build %d", number);
	f = fopen(rig_in(place, "dist/f"), "we");
	cr_assert_not_null(f, "build %d: %s", number, strerror(errno));
	cr_assert_geq(fputs(b->text, f), 0);
	cr_assert_eq(fclose(f), 0);
}

static void
build_often(const char *isolation)
{
	struct statvfs now;
	struct build b;

	build(0, &b);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--isolation", isolation, rig_in(place, "dist")));
	for (int i = 1; i <= BUILDS; i++) {
		build(i, &b);
		cr_assert(
		    rig_until("it is served", is_served, &b), "build %d", i);
	}
	cr_assert_eq(statvfs(place, &now), 0);
	cr_expect_geq(now.f_ffree, 15, "%lu left", (unsigned long)now.f_ffree);
	cr_expect_eq(rig_stop(server), 0);
}

Test(site_replaced_often, in_the_usual_way)
{
	build_often("fork");
}

Test(site_replaced_often, with_children_that_serve_many)
{
	build_often("reuse");
}

Test(site_replaced_often, with_children_that_are_put_back)
{
	ONLY_WHERE_RESTORED;
	build_often("restore");
}
