/*
 * site_gone.c - the folder is not there when the server becomes another image,
 * or a child execs: it remains the one that was chosen at the start.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "rig/rig.h"
#include "rig/wait.h"

static const char *place;
static struct rig *server;

static void
make(void)
{
	place = rig_place();
	rig_file(place, "secret.txt", "none of the site");
}

TestSuite(site_gone, .init = make);

struct wanted {
	const char *path;
	int status;
	const char *body; /* or NULL */
};

static bool
answers(void *arg)
{
	const struct wanted *w = arg;
	struct rig_reply r;
	bool so;

	cr_assert(rig_get(rig_address(server, "http"), w->path, &r));
	cr_assert(!slice_is(r.body, "none of the site"));
	so = r.status == w->status &&
	    (w->body == NULL || slice_is(r.body, w->body));
	rig_reply_free(&r);
	return so;
}

static void
becomes(int status, const char *body)
{
	struct wanted index = { "/index.html", status, body },
		      secret = { "/secret.txt", body == NULL ? 503 : 404,
			      NULL };

	cr_expect(rig_until("the page", answers, &index));
	cr_expect(rig_until("not the secret", answers, &secret));
}

static void
move(const char *from, const char *to)
{
	cr_assert_eq(rename(rig_in(place, from), rig_in(place, to)), 0);
}

/* In the middle of a build there is nothing to reload from. */
static void
see_it_gone(const char *const argv[], const char *name)
{
	char index[64];

	snprintf(index, sizeof(index), "%s/index.html", name);
	rig_file(place, index, "first build");
	server = rig_start(argv);
	becomes(200, "first build");
	move(name, "away");
	becomes(503, NULL);
	rig_signal(server, SIGHUP);
	cr_assert(rig_hear(server, "reloading"));
	becomes(503, NULL);
	rig_file(place, index, "second build");
	becomes(200, "second build");
	cr_expect_eq(rig_stop(server), 0);
}

Test(site_gone, it_was_named)
{
	see_it_gone(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", rig_in(place, "dist")),
	    "dist");
}

Test(site_gone, it_was_named_and_children_exec)
{
	see_it_gone(RIG("berth-httpd", "-l", "127.0.0.1:0", "--exec",
			rig_in(place, "dist")),
	    "dist");
}

/* Without www, the current directory would be meant, with all that is in it. */
Test(site_gone, it_was_www)
{
	rig_file(place, "www/index.html", "");
	cr_assert_eq(chdir(place), 0);
	see_it_gone(RIG("berth-httpd", "-l", "127.0.0.1:0"), "www");
}

Test(site_gone, it_was_www_and_children_exec)
{
	rig_file(place, "www/index.html", "");
	cr_assert_eq(chdir(place), 0);
	see_it_gone(RIG("berth-httpd", "-l", "127.0.0.1:0", "--exec"), "www");
}

/* The directory that we are in is no more, even when its name is there again. */
Test(site_gone, it_was_where_we_are)
{
	rig_file(place, "dist/index.html", "");
	cr_assert_eq(chdir(rig_in(place, "dist")), 0);
	see_it_gone(RIG("berth-httpd", "-l", "127.0.0.1:0", "."), "dist");
}

Test(site_gone, it_was_where_we_are_and_children_exec)
{
	rig_file(place, "dist/index.html", "");
	cr_assert_eq(chdir(rig_in(place, "dist")), 0);
	see_it_gone(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--exec", "."), "dist");
}
