/*
 * smtp_talk.h - conversations with berth-smtpd as rows of a table.
 *
 * A row is named after a row of the table of inputs and answers.  It is a list
 * of steps: bytes to send, and the replies that must come, by their first
 * characters, separated by "|".  "end" is the end of the connection.
 */
#ifndef SMTP_TALK_H
#define SMTP_TALK_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/mail_trace.h"
#include "rig/rig.h"

#define TALK_STEPS 10

struct step {
	struct slice send;
	const char *expect; /* NULL ends the row */
};

struct talk {
	const char *row;
	struct step steps[TALK_STEPS];
};

#define SAY(bytes, expect)             \
	{                              \
		SLICE(bytes), (expect) \
	}
#define EHLO  SAY("EHLO client.example\r\n", "250")
#define MAIL  SAY("MAIL FROM:<a@b.example>\r\n", "250 2.1.0")
#define RCPT  SAY("RCPT TO:<c@d.example>\r\n", "250 2.1.5")
#define DATA  SAY("DATA\r\n", "354")
#define ALIVE SAY("NOOP\r\n", "250 2.0.0")

/* The next reply begins as it should; all is what was expected, for words. */
static inline bool
talk_expect(int fd, struct slice want, const char *row, size_t step)
{
	struct buf got;
	int code;
	bool right;

	if (slice_is(want, "end"))
		return rig_expect_end(fd);
	buf_init(&got, 1 << 16);
	code = rig_smtp_reply(fd, &got);
	right =
	    code != 0 && got.n >= want.n && memcmp(got.p, want.p, want.n) == 0;
	cr_expect(right, "%s, step %zu: want \"%.*s\", got \"%s\"", row, step,
	    SLICE_FMT(want), buf_str(&got));
	buf_free(&got);
	return right;
}

/* Send it, in pieces of step bytes; 0 is all at once. */
static inline bool
talk_send(int fd, struct slice bytes, size_t step)
{
	bool taken = true;

	while (bytes.n > 0 && taken) {
		size_t n = step == 0 || step > bytes.n ? bytes.n : step;

		taken = rig_send_bytes(fd, bytes.p, n);
		bytes = slice_from(bytes, n);
	}
	return taken;
}

static inline void
talk_row(int fd, const struct talk *t, size_t step)
{
	if (!talk_expect(fd, slice_of("220"), t->row, 0))
		return;
	for (size_t i = 0; i < TALK_STEPS && t->steps[i].expect; i++) {
		struct slice rest = slice_of(t->steps[i].expect);

		/* A server that hangs up may do so before it has all. */
		talk_send(fd, t->steps[i].send, step);
		while (rest.n > 0)
			if (!talk_expect(
				fd, slice_cut(&rest, '|'), t->row, i + 1))
				return;
	}
}

/* Every row on a connection of its own to one server. */
static inline void
talk_rows(struct rig *r, const struct talk *rows, size_t n, size_t step)
{
	for (size_t i = 0; i < n; i++) {
		int fd = rig_open(r, "smtp");

		talk_row(fd, &rows[i], step);
		close(fd);
	}
}

/* How many messages are in dir; the last goes to out, trace block and all. */
static inline size_t
talk_slurp(const char *dir, struct buf *out)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	cr_assert_not_null(d, "%s", dir);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		buf_clear(out);
		cr_assert_eq(rig_slurp(rig_in(dir, e->d_name), out), 0);
	}
	closedir(d);
	return n;
}

/*
 * A Maildir holds one message, which is exactly this behind its trace block,
 * or none ({NULL, 0}); and nothing is left in tmp/.
 */
static inline void
talk_folder(const char *maildir, struct slice message, const char *row)
{
	struct mail_trace t;
	struct buf b;
	size_t n;
	int head;

	buf_init(&b, RIG_BUF_MAX);
	cr_expect_eq(talk_slurp(rig_in(maildir, "tmp"), &b), 0,
	    "%s: something is left in tmp/", row);
	n = talk_slurp(rig_in(maildir, "new"), &b);
	cr_expect_eq(n, message.p != NULL, "%s: %zu messages", row, n);
	if (n > 0) {
		head = mail_trace_read(buf_slice(&b), &t);
		cr_expect_gt(head, 0, "%s: no trace block", row);
		buf_eat(&b, (size_t)head);
		cr_expect(
		    slice_eq(buf_slice(&b), message), "%s: other bytes", row);
	}
	buf_free(&b);
}

#endif
