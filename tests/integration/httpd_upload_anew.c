/*
 * httpd_upload_anew.c - the folder of --upload is made anew while the server
 * runs, as by a build that cleans first.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "httpd_put.h"
#include "rig/rig.h"
#include "rig/wait.h"

static const char *top;

static bool
is_taken(void *path)
{
	return put(path, "", "x") == 201;
}

static bool
is_second(void *arg)
{
	struct rig_reply reply;
	bool second;

	(void)arg;
	cr_assert(rig_get(address, "/index.txt", &reply));
	second = slice_is(reply.body, "second");
	rig_reply_free(&reply);
	return second;
}

static void
make(const char *name)
{
	cr_assert_eq(mkdir(rig_in(top, name), 0777), 0);
	cr_assert_eq(chmod(rig_in(top, name), 0777), 0);
}

static void
take_away(const char *name, const char *to)
{
	cr_assert_eq(rename(rig_in(top, name), rig_in(top, to)), 0);
}

/* It alone, and with the site, when it is made later than that. */
static void
see_it_made_anew(const char *const isolation)
{
	top = rig_place();
	rig_file(top, "dist/index.txt", "first");
	make("dist/in");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--isolation", isolation,
	    "--upload", "in", rig_in(top, "dist")));
	cr_expect_eq(put("/in/1", "", "x"), 201);
	take_away("dist/in", "old");
	cr_expect_eq(put("/in/2", "", "x"), 409, "it is not there");
	make("dist/in");
	cr_expect(rig_until("the folder", is_taken, "/in/3"));
	cr_expect(rig_reads(rig_in(top, "dist/in/3"), "x"));
	take_away("dist", "gone");
	rig_file(top, "dist/index.txt", "second");
	cr_expect(rig_until("the site", is_second, NULL));
	cr_expect_eq(put("/outside", "", "x"), 405, "nor anywhere else");
	make("dist/in");
	cr_expect(rig_until("its folder", is_taken, "/in/4"));
	cr_expect(rig_reads(rig_in(top, "dist/in/4"), "x"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(httpd_upload_anew, for_new_children)
{
	see_it_made_anew("fork");
}

Test(httpd_upload_anew, for_children_that_exec)
{
	see_it_made_anew("exec");
}

Test(httpd_upload_anew, for_children_that_serve_many)
{
	see_it_made_anew("reuse");
}
