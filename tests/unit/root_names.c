/*
 * root_names.c - the directory of a site is replaced, and what happens beside
 * it is nothing to wake for.
 *
 * Other tests make and remove in the directory that this one has its own in,
 * so that there is something to read says nothing.
 */
#include "httpd/root_names.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/place.h"

static const char *above, *site, *other;
static int fd;

static void
begin(const char *name)
{
	above = rig_place();
	cr_assert_eq(mkdir(rig_in(above, "a"), 0755), 0);
	cr_assert_eq(mkdir(rig_in(above, "a/site"), 0755), 0);
	site = strdup(rig_in(above, name));
	cr_assert_not_null(site);
}

static void
make(const char *name)
{
	cr_assert_eq(mkdir(rig_in(above, name), 0755), 0);
}

static void
take_away(const char *name)
{
	cr_assert_eq(remove(rig_in(above, name)), 0);
}

static void
rename_to(const char *from, const char *to)
{
	cr_assert_eq(rename(rig_in(above, from), rig_in(above, to)), 0);
}

static bool
is_readable(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static bool
changed(void)
{
	bool any = false;

	while (is_readable())
		any = root_names_changed(fd, site, other) || any;
	return any;
}

/* Is there anything to read that has this name in it? */
static bool
wakes_for(const char *name)
{
	_Alignas(struct inotify_event) char events[4096];
	bool any = false;

	while (is_readable()) {
		ssize_t n = read(fd, events, sizeof(events));

		cr_assert_gt(n, 0);
		any = any || memmem(events, (size_t)n, name, strlen(name));
	}
	return any;
}

Test(root_names, what_is_beside_is_nothing)
{
	begin("a/site");
	fd = root_names_watch(site, other);
	cr_assert_geq(fd, 0);
	for (int round = 0; round < 2; round++) {
		rig_file(above, "beside", "x");
		rig_file(above, "a/beside", "x");
		rig_file(above, "a/site/inside", "x");
		make("a/beside2");
		cr_expect_not(wakes_for("side"), "round %d", round);
		take_away("beside");
		take_away("a/beside");
		take_away("a/beside2");
		take_away("a/site/inside");
		cr_expect_not(changed());
		/* The same when another has the name. */
		rename_to("a/site", "a/old");
		make("a/site");
		cr_expect(changed());
		take_away("a/old");
		cr_expect_not(changed());
	}
}

Test(root_names, removed_and_made_anew)
{
	begin("a/site");
	fd = root_names_watch(site, other);
	for (int round = 0; round < 3; round++) {
		take_away("a/site");
		cr_expect(changed());
		rig_file(above, "a/beside", "x");
		changed();
		make("a/site");
		cr_expect(changed(), "round %d", round);
	}
	take_away("a/site");
	cr_expect(changed());
	rig_file(above, "a/site", "no directory");
	cr_expect(changed());
	take_away("a/site");
	cr_expect(changed());
	make("a/site");
	cr_expect(changed());
}

Test(root_names, the_same_above_it)
{
	begin("a/site");
	fd = root_names_watch(site, other);
	for (int round = 0; round < 2; round++) {
		rename_to("a", round == 0 ? "old" : "older");
		cr_expect(changed());
		make("a");
		cr_expect(changed());
		make("a/site");
		cr_expect(changed(), "round %d", round);
	}
	/* An empty one is replaced by a rename. */
	make("other");
	rename_to("other", "a/site");
	cr_expect(changed());
}

Test(root_names, not_there_at_first)
{
	begin("b/c/site");
	fd = root_names_watch(site, other);
	make("b");
	cr_expect(changed());
	make("b/c");
	cr_expect(changed());
	make("b/c/site");
	cr_expect(changed());
}

Test(root_names, by_a_link)
{
	begin("link");
	make("b");
	make("b/site");
	cr_assert_eq(
	    symlink(rig_in(above, "a/site"), rig_in(above, "link")), 0);
	fd = root_names_watch(site, other);
	for (int round = 0; round < 2; round++) {
		take_away("a/site");
		cr_expect(changed());
		rig_file(above, "a/beside", "x");
		changed();
		make("a/site");
		cr_expect(changed(), "round %d", round);
	}
	cr_assert_eq(
	    symlink(rig_in(above, "b/site"), rig_in(above, "link2")), 0);
	rename_to("link2", "link");
	cr_expect(changed());
	take_away("b/site");
	cr_expect(changed());
	make("b/site");
	cr_expect(changed());
}

/* Both count, and each for itself. */
Test(root_names, of_two_the_one_that_is_not_there_is_awaited)
{
	begin("a/site");
	other = strdup(rig_in(above, "b/in"));
	make("b");
	fd = root_names_watch(site, other);
	cr_assert_geq(fd, 0);
	cr_expect_not(changed());
	make("b/in");
	cr_expect(changed(), "it has come");
	make("a/new");
	cr_expect_not(wakes_for("new"), "beside the one that is there");
	take_away("a/site");
	cr_expect(changed(), "the first is gone");
}
