/*
 * mail.c - chaos around the mail catcher: clients that stop or vanish in the
 * middle, crashes, reloads.  What was accepted is there, once; nothing else.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include "rig/pulse.h"
#include "rig/rig.h"
#include "rig/smtp.h"

static struct rig *r;
static const char *address, *maildir;

static void
start(void)
{
	maildir = rig_in(rig_place(), "mail");
	r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--access-log",
	    "off", "--timeout", "5", maildir));
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
is_swept(void *unused)
{
	(void)unused;
	return count("tmp") == 0;
}

/*
 * more: messages beyond those the pulse was told of may be there (accepted,
 * and the reply lost on the way).
 */
static void
judge(const char *fault, size_t times, struct rig_pulse *p)
{
	struct rig_pulse_result seen;

	cr_assert(rig_pulse_beats(p, 5));
	seen = rig_pulse_stop(p);
	rig_pulse_row(fault, times, &seen);
	cr_expect_eq(seen.lost, 0, "%s: %zu lost, the first: %s", fault,
	    seen.lost, seen.first_loss);
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

Test(chaos_mail, clients_that_vanish_in_data)
{
	struct rig_pulse *p;

	start();
	p = rig_pulse_mail(address);
	for (int i = 0; i < 200; i++) {
		int fd = begin_data();

		if (i % 2 == 0)
			rig_reset(fd);
		else
			close(fd);
	}
	judge("a client vanishes in DATA", 200, p);
}

Test(chaos_mail, clients_that_stop_in_data)
{
	enum { CROWD = 200 };
	static int fd[CROWD];
	struct rig_pulse *p;

	start();
	p = rig_pulse_mail(address);
	for (int i = 0; i < CROWD; i++)
		fd[i] = begin_data();
	cr_assert(rig_pulse_beats(p, 50));
	for (int i = 0; i < CROWD; i++)
		rig_reset(fd[i]);
	judge("a client stops in DATA", CROWD, p);
}

Test(chaos_mail, fifty_reloads)
{
	struct rig_pulse *p;

	start();
	p = rig_pulse_mail(address);
	for (int i = 1; i <= 50; i++) {
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear_times(r, "reloading", (size_t)i));
		cr_assert(rig_pulse_beats(p, 2));
	}
	judge("reload, mail all the time", 50, p);
}
