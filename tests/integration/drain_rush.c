/*
 * drain_rush.c - a server ends in full swing: who gets in while clients
 * come as fast as they can is served.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define THANKS "Thank you for connecting"

struct rush {
	const char *where;
	int whole, refused, lost;
};

/*
 * Come in again and again until nobody accepts.
 */
static void *
rush(void *arg)
{
	struct rush *rush = arg;

	while (rush->refused == 0) {
		int fd = rig_connect(rush->where);
		char text[64];
		ssize_t n = 0, got = 1;

		if (fd < 0) {
			rush->refused++;
			break;
		}
		while (got > 0 && n < 60) {
			got =
			    rig_receive(fd, text + n, sizeof(text) - (size_t)n);
			n += got > 0 ? got : 0;
		}
		if (got == 0 && n == (ssize_t)strlen(THANKS))
			rush->whole++;
		else
			rush->lost++;
		close(fd);
	}
	return NULL;
}

Test(drain_rush, in_full_swing_nobody_who_got_in_loses_an_answer)
{
	for (int turn = 0; turn < 5; turn++) {
		struct rig *r =
		    rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0", "-q"));
		struct rush rushes[4] = { { 0 } };
		pthread_t thread[4];
		int whole = 0;

		for (int i = 0; i < 4; i++) {
			rushes[i].where = rig_address(r, "greet");
			pthread_create(&thread[i], NULL, rush, &rushes[i]);
		}
		cr_assert(rig_hear_times(r, "Got connection", 50));
		rig_signal(r, SIGTERM);
		for (int i = 0; i < 4; i++) {
			pthread_join(thread[i], NULL);
			cr_assert_eq(rushes[i].lost, 0, "%d lost after %d",
			    rushes[i].lost, rushes[i].whole);
			whole += rushes[i].whole;
		}
		cr_assert_geq(whole, 46);
		cr_assert_eq(rig_wait(r), 0);
	}
}
