/*
 * Whose processes meet the clients: another user's where root started the
 * server, and else those of whoever did.
 */
#include <criterion/criterion.h>

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/look.h"
#include "rig/place.h"
#include "rig/rig.h"

#define SOMEBODY 12345 /* no user of this machine */

/* The real, effective, saved and filesystem's user of a process: all are one? */
static bool
is_all(pid_t pid, unsigned user)
{
	char path[64], line[256];
	unsigned is[4] = { 0 };
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return true; /* an idle one that has left */
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, "Uid: %u %u %u %u", &is[0], &is[1], &is[2],
			    &is[3]) == 4;
	fclose(f);
	for (int i = 0; found && i < 4; i++)
		found = is[i] == user;
	return found;
}

struct household {
	pid_t master;
	unsigned user;
};

/* A child that is being born is root's until it has become the user. */
static bool
are_all(void *arg)
{
	const struct household *h = arg;
	pid_t list[64];
	size_t n = rig_children(h->master, list, 64);
	bool all = n > 0 && n <= 64;

	for (size_t i = 0; all && i < n; i++)
		all = is_all(list[i], h->user);
	if (all && rig_zygote(h->master) > 0)
		all = is_all(rig_zygote(h->master), h->user);
	return all;
}

static void
expect_children(struct rig *r, unsigned user)
{
	struct household h = { rig_pid(r), user };

	cr_assert(rig_children_become(rig_pid(r), 2, 8));
	cr_expect(rig_until("all are the user's", are_all, &h));
	cr_assert_eq(rig_stop(r), 0);
}

Test(children_user, is_who_started_it)
{
	if (geteuid() != 0)
		expect_children(rig_start(RIG("berth-greetd", "-l",
				    "127.0.0.1:0", "--min-idle", "2")),
		    geteuid());
	else
		expect_children(
		    rig_start(RIG("/bin/sh", "-c",
			"exec setpriv --reuid=12345 --regid=12345 "
			"--clear-groups \"$0\" -l 127.0.0.1:0 --min-idle 2",
			rig_path("berth-greetd"))),
		    SOMEBODY);
}

Test(children_user, is_nobody_where_root_names_no_other)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct rig *r;

	if (geteuid() != 0 || nobody == NULL)
		cr_skip("for root");
	r = rig_start(
	    RIG("berth-greetd", "-l", "127.0.0.1:0", "--min-idle", "2"));
	expect_children(r, nobody->pw_uid);
}
