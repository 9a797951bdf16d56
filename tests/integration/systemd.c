/*
 * systemd.c - a small imitation of systemd keeps the suite: it opens the
 * sockets, names them, starts the service when somebody comes, is told how it
 * is, feeds on its watchdog, and starts it again when that falls silent.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "rig/smtp.h"

#define WATCHDOG_MS 400 /* WATCHDOG_USEC below */

/* The manager's side. */
struct manager {
	struct rig_notify notify;
	unsigned http, smtp; /* ports */
	int fds[2];
	const char *site, *mail;
};

static void
open_sockets(struct manager *m)
{
	const char *place = rig_place();

	rig_notify_open(&m->notify);
	m->fds[0] = rig_listen(&m->http);
	m->fds[1] = rig_listen(&m->smtp);
	m->site = rig_in(place, "site");
	rig_file(place, "site/index.html", "<p>a page");
	m->mail = rig_in(place, "mail");
}

/* Something was said more often than before. */
struct news {
	struct manager *m;
	const char *line;
	unsigned before;
};

static unsigned
said(struct manager *m, const char *line)
{
	return rig_notify_count(&m->notify, line);
}

static bool
is_said(void *arg)
{
	const struct news *n = arg;

	return said(n->m, n->line) > n->before;
}

static struct rig *
start(struct manager *m)
{
	struct news news = { m, "READY=1", said(m, "READY=1") };
	struct rig *r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth", "--mail", m->mail, m->site),
		.env = RIG(m->notify.env, "WATCHDOG_USEC=400000",
		    "LISTEN_FDNAMES=http:smtp"),
		.fds = m->fds,
		.fd_count = 2 });

	cr_assert(rig_until("READY=1 is said", is_said, &news));
	return r;
}

static void
ask(int fd)
{
	cr_assert_geq(fd, 0);
	cr_assert(rig_send(fd,
	    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
}

static void
expect_page(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	rig_reply_free(&reply);
	close(fd);
}

static void
expect_greeting(unsigned port)
{
	int fd = rig_connect_port(port);

	cr_assert(rig_smtp_expect(fd, "220"));
	close(fd);
}

/* Is the watchdog fed, within ms? */
static bool
is_fed(struct manager *m, int64_t ms)
{
	struct news news = { m, "WATCHDOG=1", said(m, "WATCHDOG=1") };

	return rig_within(ms, is_said, &news);
}

Test(systemd, activated_reloaded_hung_and_started_again)
{
	struct manager m;
	struct rig *r;
	int early, meanwhile;

	/* Who comes before the service is there is served all the same. */
	open_sockets(&m);
	early = rig_connect_port(m.http);
	ask(early);
	r = start(&m);
	expect_page(early);
	expect_greeting(m.smtp);
	cr_assert(is_fed(&m, rig_patience_ms()));

	/* systemctl reload */
	rig_signal(r, SIGHUP);
	cr_assert(rig_notify_hear(&m.notify, "RELOADING=1"));
	ask(early = rig_connect_port(m.http));
	expect_page(early);
	cr_assert(is_fed(&m, rig_patience_ms()));

	/* A master that hangs: the watchdog starves, systemd ends it. */
	cr_assert_eq(rig_notify_count(&m.notify, "STOPPING=1"), 0);
	kill(rig_pid(r), SIGSTOP);
	rig_pause_ms(WATCHDOG_MS / 2); /* what it had said before */
	cr_assert_not(is_fed(&m, 2 * WATCHDOG_MS));
	meanwhile = rig_connect_port(m.http);
	ask(meanwhile);
	rig_kill(r);
	r = start(&m);
	expect_page(meanwhile);
	expect_greeting(m.smtp);
	cr_assert(is_fed(&m, rig_patience_ms()));

	/* systemctl stop: it says so, and the sockets stay open. */
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_notify_hear(&m.notify, "STOPPING=1"));
	meanwhile = rig_connect_port(m.http);
	cr_assert_geq(meanwhile, 0);
}

Test(systemd, sockets_in_another_order_are_told_apart_by_name)
{
	struct manager m;
	struct rig *r;
	int fds[2], fd;

	open_sockets(&m);
	fds[0] = m.fds[1];
	fds[1] = m.fds[0];
	r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth", "--mail", m.mail, m.site),
		.env = RIG("LISTEN_FDNAMES=smtp:http"),
		.fds = fds,
		.fd_count = 2 });
	ask(fd = rig_connect_port(m.http));
	expect_page(fd);
	expect_greeting(m.smtp);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	ask(fd = rig_connect_port(m.http));
	expect_page(fd);
	expect_greeting(m.smtp);
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd, a_socket_of_no_known_name_is_a_bad_configuration)
{
	struct manager m;
	struct rig *r;

	open_sockets(&m);
	r = rig_run_how(
	    &(struct rig_how){ .argv = RIG("berth", "--mail", m.mail, m.site),
		.env = RIG("LISTEN_FDNAMES=http:imap"),
		.fds = m.fds,
		.fd_count = 2 });
	cr_assert_eq(rig_wait(r), 78);
	cr_assert_eq(rig_count(r, "\"imap\""), 1);
}

/* A user of its own and no right more, as the unit has it. */
#define LIKE_ITS_UNIT                                                        \
	"unit=servers/units/berth-smtpd.service\n"                           \
	"grep -q '^DynamicUser=yes$' $unit && "                              \
	"grep -q '^CapabilityBoundingSet=$' $unit || exit 1\n"               \
	"install -d -m 700 -o games \"$0\" && cp \"$1\" \"$0/../\" || exit " \
	"1\n"                                                                \
	"shift\numask 077\n"                                                 \
	"exec setpriv --no-new-privs --bounding-set -all "                   \
	"--reuid games --regid games --clear-groups "                        \
	"\"$0/../berth-smtpd\" \"$@\" -l 127.0.0.1:0 \"$0\""

static void
deliver(const char *address)
{
	int fd = rig_connect(address);

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "HELO x", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<a@b.example>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_smtp(fd, "Subject: one\r\n\r\ntext\r\n.", "250"));
	close(fd);
}

Test(systemd, mail_is_stored_with_the_few_rights_of_its_unit)
{
	const char *mail = rig_in(rig_place(), "mail");
	char program[4096];

	if (getuid() != 0)
		cr_skip("only root has rights to give up");
	snprintf(program, sizeof(program), "%s", rig_path("berth-smtpd"));
	for (int i = 0; i < 2; i++) {
		struct rig *r = rig_start(
		    RIG("/bin/sh", "-c", LIKE_ITS_UNIT, mail, program));

		deliver(rig_address(r, "smtp"));
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear(r, "reloading"));
		deliver(rig_address(r, "smtp"));
		cr_assert_eq(rig_stop(r), 0);
	}
}
