/*
 * systemd_notify.c - what the master tells systemd: sd_notify(3).
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

static struct rig *
start(const struct rig_notify *n, const char *second, const char *third)
{
	return rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-upperd", "-l", "127.0.0.1:0"),
		.env = RIG(n->env, second, third) });
}

Test(systemd_notify, ready_once_and_stopping_once)
{
	struct rig_notify n;
	struct rig *r;

	rig_notify_open(&n);
	r = start(&n, NULL, NULL);
	cr_assert(rig_notify_hear(&n, "READY=1"));
	cr_assert_eq(rig_notify_count(&n, "STOPPING=1"), 0);
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_notify_hear(&n, "STOPPING=1"));
	cr_assert_eq(rig_notify_count(&n, "READY=1"), 1);
	cr_assert_eq(rig_notify_count(&n, "STOPPING=1"), 1);
	cr_assert_eq(rig_notify_count(&n, "RELOADING=1"), 0);
	cr_assert_eq(rig_notify_count(&n, "WATCHDOG=1"), 0);
}

Test(systemd_notify, an_abstract_socket_will_do)
{
	struct rig_notify n;

	rig_notify_open_abstract(&n);
	start(&n, NULL, NULL);
	cr_assert(rig_notify_hear(&n, "READY=1"));
}

struct heard {
	struct rig_notify *n;
	const char *line;
	unsigned times;
};

static bool
was_heard(void *arg)
{
	const struct heard *h = arg;

	return rig_notify_count(h->n, h->line) >= h->times;
}

Test(systemd_notify, a_reload_is_announced_and_ends_ready)
{
	struct rig_notify n;
	struct rig *r;
	struct heard again = { &n, "READY=1", 2 };

	rig_notify_open(&n);
	r = start(&n, NULL, NULL);
	cr_assert(rig_notify_hear(&n, "READY=1"));
	rig_signal(r, SIGHUP);
	cr_assert(rig_notify_hear(&n, "RELOADING=1"));
	cr_assert(rig_until("ready again", was_heard, &again));
	cr_assert_eq(rig_notify_count(&n, "STOPPING=1"), 0);
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_notify_hear(&n, "STOPPING=1"));
}

Test(systemd_notify, the_watchdog_is_fed_also_after_a_reload)
{
	struct rig_notify n;
	struct rig *r;
	struct heard food = { &n, "WATCHDOG=1", 4 };

	rig_notify_open(&n);
	r = start(&n, "WATCHDOG_USEC=200000", NULL);
	cr_assert(rig_until("fed", was_heard, &food));
	rig_signal(r, SIGHUP);
	cr_assert(rig_notify_hear(&n, "RELOADING=1"));
	food.times = rig_notify_count(&n, "WATCHDOG=1") + 4;
	cr_assert(rig_until("fed after the reload", was_heard, &food));
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd_notify, a_watchdog_for_another_process_is_not_ours)
{
	struct rig_notify n;

	rig_notify_open(&n);
	start(&n, "WATCHDOG_USEC=20000", "WATCHDOG_PID=1");
	cr_assert(rig_notify_hear(&n, "READY=1"));
	rig_pause_ms(100); /* five meals, were it ours */
	cr_assert_eq(rig_notify_count(&n, "WATCHDOG=1"), 0);
}

Test(systemd_notify, nobody_listening_hurts_nobody)
{
	const char *const nowhere[] = { "NOTIFY_SOCKET=/nonexistent/notify",
		"NOTIFY_SOCKET=", "NOTIFY_SOCKET=relative",
		"NOTIFY_SOCKET=@nobody-has-this-name" };

	for (size_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		struct rig *r = rig_start_how(&(struct rig_how){
		    .argv = RIG("berth-upperd", "-l", "127.0.0.1:0"),
		    .env = RIG(nowhere[i], "WATCHDOG_USEC=nonsense") });
		int fd = rig_open(r, "upper 127");

		cr_assert(rig_send(fd, "Hello\n"));
		cr_assert(rig_expect(fd, "HELLO\n"));
		close(fd);
		cr_assert_eq(rig_stop(r), 0);
	}
}
