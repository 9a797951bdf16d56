/*
 * web_unread.c - who asks for much and does not read it: what waits for him
 * is the server's memory.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"
#include "web_site.h"

#define CROWD   140
#define QUIET   10 /* looks at a queue that has stopped growing */
#define LOOK_MS 100
#define LOOKS   150
#define KIB     1024U

static unsigned
port(int (*ask)(int, struct sockaddr *restrict, socklen_t *restrict), int fd)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);

	cr_assert_eq(ask(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

/* What the other end of fd has sent and its client has not taken. */
static unsigned
queue(int fd)
{
	unsigned mine = port(getsockname, fd), its = port(getpeername, fd);
	unsigned here, there, unsent, found = 0;
	FILE *f = fopen("/proc/net/tcp", "re");
	char line[256];

	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, " %*u: %*x:%x %*x:%x %*x %x:", &here, &there,
			&unsent) == 3 &&
		    here == its && there == mine)
			found = unsent;
	fclose(f);
	return found;
}

/* ... once it grows no more. */
static unsigned
waits_for(int fd)
{
	unsigned now, last = 0;

	for (int looks = LOOKS, same = 0; looks > 0 && same < QUIET; looks--) {
		rig_pause_ms(LOOK_MS);
		now = queue(fd);
		same = now > 0 && now == last ? same + 1 : 0;
		last = now;
	}
	return last;
}

static int
ask_for_all(struct rig *r)
{
	int fd = rig_connect_narrow(rig_address(r, "http"));

	cr_assert(rig_send(fd, GET("/big")));
	return fd;
}

Test(web_unread, many_who_do_not_read_hold_little_each)
{
	struct rig *r = site("--max-children", "512");
	const char *big = rig_in(dir, "big");
	int alone, last, idle[CROWD];
	unsigned of_one, of_many;

	cr_assert_eq(close(open(big, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
	cr_assert_eq(truncate(big, 1 << 30), 0);
	alone = ask_for_all(r);
	of_one = waits_for(alone);
	for (int i = 0; i < CROWD; i++) {
		idle[i] = rig_connect(rig_address(r, "http"));
		ask_text(idle[i], i % 20);
		expect_text(idle[i], i % 20);
	}
	last = ask_for_all(r);
	of_many = waits_for(last);
	cr_expect_gt(of_one, 768 * KIB, "%u", of_one);
	cr_expect_gt(of_many, 128 * KIB, "%u", of_many);
	cr_expect_lt(of_many, 640 * KIB, "%u", of_many);
	for (int i = 0; i < CROWD; i++)
		close(idle[i]);
	close(alone);
	close(last);
}
