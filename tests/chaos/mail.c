/*
 * mail.c - chaos around the mail catcher: clients that stop or vanish in the
 * middle, crashes, reloads.  What was accepted is there, once; nothing else.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include "chaos/judge.h"
#include "rig/crowd.h"
#include "rig/pulse.h"
#include "rig/rig.h"

#define CROWD   500
#define SPARE   24  /* idle children, and the ordinary client's */
#define TIMEOUT "8" /* longer than all of them need to come */
#define IDLE_MS 8000

static struct rig *r;
static const char *address, *maildir;

static void
start(void)
{
	maildir = rig_in(rig_place(), "mail");
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--access-log",
	    "off", "--max-children", "1000", "--timeout", TIMEOUT, maildir));
	address = rig_address(r, "smtp");
}

static size_t
count(const char *part)
{
	DIR *d = opendir(rig_in(maildir, part));
	struct dirent *e;
	size_t n = 0;

	cr_assert_not_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static bool
has_begun(void *messages)
{
	return count("tmp") >= *(const size_t *)messages;
}

static bool
is_swept(void *unused)
{
	(void)unused;
	return count("tmp") == 0;
}

/*
 * The verdict, and: what was accepted is there, and nothing else.
 */
static void
judge_mail(
    const char *fault, size_t times, size_t survived, struct rig_pulse *p)
{
	struct rig_pulse_result seen = judge(fault, times, survived, p);

	cr_expect_eq(count("new"), seen.served, "%s: %zu stored, %zu accepted",
	    fault, count("new"), seen.served);
	cr_expect(rig_until("nothing is left in tmp", is_swept, NULL));
	cr_expect_eq(rig_stop(r), 0);
}

static int
begin_data(void)
{
	int fd = rig_connect(address);

	cr_assert_geq(fd, 0);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "HELO x", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<a@b.example>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_send(fd, "Subject: half\r\n\r\nhalf of a"));
	return fd;
}

/*
 * Both ways to hang up; the half-written message goes.
 */
Test(chaos_mail, clients_that_hang_up_in_data)
{
	static int fd[CROWD];
	struct rig_pulse *p;
	size_t all = CROWD;

	start();
	p = rig_pulse_mail(address);
	for (int i = 0; i < CROWD; i++)
		fd[i] = begin_data();
	cr_assert(rig_until("each has begun", has_begun, &all));
	for (int i = 0; i < CROWD; i++) {
		if (i % 2 == 0)
			rig_reset(fd[i]);
		else
			close(fd[i]);
	}
	cr_assert(rig_children_become(rig_pid(r), 0, SPARE));
	judge_mail("mail: hangs up in DATA", CROWD, CROWD, p);
}

/*
 * Clients who hold one process each, until their deadline and no longer.
 */
static void
hold(const char *fault, enum rig_crowd_habit habit, bool vanish)
{
	struct rig_pulse *p;
	struct rig_crowd c;
	size_t held;

	start();
	p = rig_pulse_mail(address);
	rig_crowd_open(&c, CROWD, habit);
	for (int i = 0; i < CROWD; i++)
		rig_crowd_add(&c, begin_data());
	for (int i = 0; vanish && i < CROWD; i++)
		rig_vanish(c.fd[i]);
	held = rig_crowd_outlast(&c, rig_pid(r), SPARE, IDLE_MS);
	for (int i = 0; !vanish && i < CROWD; i++)
		cr_expect(rig_smtp_expect(c.fd[i], "421"));
	judge_mail(fault, CROWD, held, p);
	rig_crowd_leave(&c);
}

Test(chaos_mail, clients_that_stop_in_data)
{
	hold("mail: stops in DATA", RIG_CROWD_STILL, false);
}

Test(chaos_mail, clients_that_trickle_in_data)
{
	hold("mail: one byte a second in DATA", RIG_CROWD_SENDS, false);
}

Test(chaos_mail, clients_that_are_gone_in_data)
{
	hold("mail: half-open in DATA", RIG_CROWD_STILL, true);
}

Test(chaos_mail, fifty_reloads)
{
	struct rig_pulse *p;
	size_t reloads = 0;

	start();
	p = rig_pulse_mail(address);
	for (int i = 1; i <= 50; i++) {
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear_times(r, "reloading", (size_t)i));
		reloads += (size_t)rig_pulse_beats(p, 2);
	}
	judge_mail("mail: reload all the time", 50, reloads, p);
}
