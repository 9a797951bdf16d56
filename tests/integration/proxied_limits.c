/*
 * proxied_limits.c - behind a proxy, limits and penalties are the client's.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "master/admit.h"
#include "proxied_start.h"

/* Two at a time from one client, whatever process serves them. */
static void
limit(const char *const *isolation)
{
	struct rig *r = site(isolation);
	int a, b, c, other;

	cr_expect_eq(ask(r, ONE, &a), 200);
	cr_expect_eq(ask(r, ONE, &b), 200);
	cr_expect_eq(ask(r, ONE, &c), 503);
	cr_expect(rig_hear(r, "refused 192.0.2.1: too many connections"));
	close(c);
	cr_expect_eq(ask(r, TWO, &other), 200);
	/* A reload forgets nobody. */
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_expect_eq(ask(r, ONE, &c), 503);
	close(c);
	close(a);
	while (ask(r, ONE, &c) != 200) /* until the child has ended */
		close(c);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied_limits, limits_are_the_clients)
{
	limit(RIG("--per-client", "2"));
}

Test(proxied_limits, limits_are_the_clients_with_reuse)
{
	limit(RIG("--per-client", "2", "--reuse", "0"));
}

Test(proxied_limits, limits_are_the_clients_with_exec)
{
	limit(RIG("--per-client", "2", "--exec"));
}

Test(proxied_limits, bad_conduct_is_the_clients)
{
	struct rig *r = site(RIG("--per-client", "1000"));
	int times = 0;

	for (; times < 300; times++) {
		struct rig_reply reply = { 0 };
		int fd = begin(r, "http", BYTES(ONE)), status;

		cr_assert(rig_send(fd, "GET /f HTP/0\r\n\r\n"));
		cr_assert(rig_reply(fd, &reply, false));
		status = reply.status;
		rig_reply_free(&reply);
		close(fd);
		if (status == 503)
			break;
		cr_assert_eq(status, 400);
	}
	cr_expect_geq(times, ADMIT_LIMIT / ADMIT_RUDE_POINTS);
	cr_expect_lt(times, 300);
	cr_expect(rig_hear(r, "refused 192.0.2.1: connections from there"));
	cr_expect_eq(ask_once(r, ONE), 503);
	cr_expect_eq(ask_once(r, TWO), 200);
	cr_assert_eq(rig_stop(r), 0);
}
