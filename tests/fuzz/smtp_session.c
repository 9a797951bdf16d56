/*
 * smtp_session.c - fuzz a whole conversation with berth-smtpd.
 *
 * The input is all that a client says.  The Maildir is played by functions
 * that keep nothing.  Properties: what the server says is a run of whole
 * replies, of one code each, with enhanced codes of the right class; it ends
 * with the end of what the client says; no file is left open.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grammar/smtp_reply.h"
#include "service/conn.h"
#include "smtpd/session.h"
#include "smtpd/smtpd.h"
#include "smtpd/store.h"
#include "system/clock.h"

#define MOST 16384 /* bytes: the replies must fit the socket's buffer */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int open_files;

static int
no_open(int dir, const char *name, int flags, mode_t mode)
{
	(void)dir, (void)name, (void)flags, (void)mode;
	open_files++;
	return 1000;
}

static ssize_t
no_write(int fd, const void *p, size_t n)
{
	(void)fd, (void)p;
	return (ssize_t)n;
}

static int
no_fsync(int fd)
{
	(void)fd;
	return 0;
}

static int
no_close(int fd)
{
	(void)fd;
	open_files--;
	return 0;
}

static int
no_move(int from, const char *a, int to, const char *b)
{
	(void)from, (void)a, (void)to, (void)b;
	return 0;
}

static int
no_name(int dir, const char *name)
{
	(void)dir, (void)name;
	return 0;
}

static void
look(int fd)
{
	static char text[1 << 20];
	struct slice rest = { text, 0 };
	ssize_t n;

	while ((n = recv(fd, text + rest.n, sizeof(text) - rest.n, 0)) > 0)
		rest.n += (size_t)n;
	while (rest.n > 0) {
		struct smtp_reply r;
		int took = smtp_reply_parse(rest, &r);

		if (took <= 0)
			abort();
		rest = slice_from(rest, (size_t)took);
	}
}

static void
once(void)
{
	static const struct store_ops none = { no_open, no_write, no_fsync,
		no_close, no_move, no_move, no_name, no_name };

	if (smtpd_options.hostname != NULL)
		return;
	signal(SIGPIPE, SIG_IGN);
	store_ops = none;
	smtpd_options.hostname = "mx.test";
	smtpd_options.max_size = 4000;
	smtpd_options.max_recipients = 5;
	smtpd_options.timeout_ms = 5000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conn c;
	int ends[2];

	once();
	if (size == 0 || size > MOST)
		return 0;
	smtpd_options.lmtp = data[0] & 1;
	smtpd_options.bare_newline = data[0] >> 1 & 1;
	smtpd_options.mailbox_by = data[0] >> 2 & 3;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		abort();
	if (send(ends[0], data + 1, size - 1, 0) != (ssize_t)(size - 1))
		abort();
	shutdown(ends[0], SHUT_WR);
	conn_init(&c, ends[1], SOCK_STREAM, NULL, clock_us());
	session_serve(&c, &mail_service);
	conn_drop(&c);
	look(ends[0]);
	close(ends[0]);
	if (open_files != 0)
		abort();
	return 0;
}
