/*
 * turns.c - who keeps asking gives way: its process gets a higher nice value,
 * that of others stays what the master's is.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/restored.h"
#include "rig/rig.h"
#include "system/turns.h"

/* How many of the master's children have given way. */
static size_t
gave_way(const struct rig *r)
{
	pid_t child[64];
	size_t all = rig_children(rig_pid(r), child, 64), n = 0;
	int usual = getpriority(PRIO_PROCESS, (id_t)rig_pid(r));

	for (size_t i = 0; i < all && i < 64; i++) {
		int its;

		errno = 0;
		its = getpriority(PRIO_PROCESS, (id_t)child[i]);
		/* An idle one may leave at any time. */
		if (its == usual || errno == ESRCH)
			continue;
		cr_expect(its == usual + TURNS_LESS ||
			(its == 19 && usual + TURNS_LESS > 19),
		    "%d where %d is usual", its, usual);
		n++;
	}
	return n;
}

static void
ask(int fd, int times)
{
	struct rig_reply reply;

	for (int i = 0; i < times; i++) {
		cr_assert(rig_get_on(fd, "/page.txt", &reply));
		cr_assert_eq(reply.status, 200);
		rig_reply_free(&reply);
	}
}

static void
watch(const char *isolation, size_t in_the_end)
{
	const char *dir = rig_place();
	struct rig *r;
	int keeps_asking, newcomer;

	rig_file(dir, "page.txt", "Here I am");
	r = rig_start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--isolation", isolation, dir));
	keeps_asking = rig_open(r, "http 127");
	ask(keeps_asking, TURNS_MANY - 2);
	cr_expect_eq(gave_way(r), 0);
	newcomer = rig_open(r, "http 127");
	ask(newcomer, 1);
	ask(keeps_asking, 2);
	cr_expect_eq(gave_way(r), in_the_end);
	ask(newcomer, 1);
	cr_expect_eq(gave_way(r), in_the_end);
	close(newcomer);
	close(keeps_asking);
	cr_expect_eq(rig_stop(r), 0);
}

Test(turns, who_keeps_asking_gives_way)
{
	watch("fork", 1);
}

/* It would be so for the next client, who finds a pristine process. */
Test(turns, not_in_a_process_that_is_restored)
{
	rig_needs_sandbox();
	ONLY_WHERE_RESTORED;
	watch("restore", 0);
}
