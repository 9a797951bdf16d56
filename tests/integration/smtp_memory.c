/*
 * smtp_memory.c - a large message costs a session no more memory than a small
 * one.
 */
#include "smtp_talk.h"

#define MIB    ((size_t)1 << 20)
#define LARGE  64   /* MiB */
#define GROWTH 2048 /* KiB: the block, the buffers, some luck */

static char megabyte[MIB];

/* Send so many MiB of a message by DATA or BDAT. */
static void
send_mib(int fd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_assert(rig_send_bytes(fd, megabyte, MIB));
}

static void
measure(bool bdat)
{
	const char *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--max-size", "200M", "--durability", "none", mail));
	int fd = rig_open(r, "smtp");
	struct buf b;
	long small;
	pid_t child;

	memset(megabyte, 'x', sizeof(megabyte));
	for (size_t i = 998; i + 1 < MIB; i += 1000)
		memcpy(megabyte + i, "\r\n", 2);
	cr_expect(rig_smtp_expect(fd, "220"));
	child = rig_server_of(fd, rig_pid(r));
	cr_assert_neq(child, 0);
	cr_expect(rig_smtp(fd, "EHLO x", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<c@d>", "250"));
	if (bdat)
		cr_expect(rig_send(fd, "BDAT 68157440 LAST\r\n"));
	else
		cr_expect(rig_smtp(fd, "DATA", "354"));
	send_mib(fd, 1);
	small = rig_private_kib(child);
	send_mib(fd, LARGE);
	cr_expect_lt(rig_private_kib(child) - small, GROWTH,
	    "%ld KiB after 1 MiB, %ld after %d", small, rig_private_kib(child),
	    LARGE + 1);
	if (!bdat)
		cr_expect(rig_send(fd, "\r\n.\r\n"));
	cr_expect(rig_smtp_expect(fd, "250"));
	cr_expect_eq(rig_stop(r), 0);
	buf_init(&b, RIG_BUF_MAX);
	cr_expect_eq(talk_slurp(rig_in(mail, "new"), &b), 1);
	cr_expect_gt(b.n, (LARGE + 1) * MIB);
	buf_free(&b);
}

Test(smtp_memory, data)
{
	measure(false);
}

Test(smtp_memory, bdat)
{
	measure(true);
}
