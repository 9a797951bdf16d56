/*
 * smtp.c - one command, one reply.
 */
#include "rig/smtp.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "rig/wait.h"
#include "rig/wire.h"

/*
 * The code of a reply line, or 0; *more tells whether another line follows.
 */
static int
line_code(const char *line, size_t n, bool *more)
{
	int code = 0;

	if (n < 5 || memcmp(line + n - 2, "\r\n", 2) != 0)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)line[i]))
			return 0;
		code = code * 10 + line[i] - '0';
	}
	*more = line[3] == '-';
	return line[3] == '-' || line[3] == ' ' || line[3] == '\r' ? code : 0;
}

int
rig_smtp_reply(int fd, struct buf *to)
{
	struct buf all;
	int code = 0;
	bool more = true;

	buf_init(&all, 1024 * 1024);
	while (more) {
		size_t start = all.n;
		int now;

		if (!rig_read_through(fd, &all, "\n")) {
			code = 0;
			break;
		}
		now = line_code(all.p + start, all.n - start, &more);
		if (now == 0 || (code != 0 && now != code)) {
			rig_fail("not an SMTP reply: %s", buf_str(&all));
			code = 0;
			break;
		}
		code = now;
	}
	if (to != NULL)
		buf_adds(to, buf_slice(&all));
	buf_free(&all);
	return code;
}

bool
rig_smtp_expect(int fd, const char *code)
{
	struct buf got;
	char text[16];
	bool good;

	buf_init(&got, 1024 * 1024);
	snprintf(text, sizeof(text), "%03d", rig_smtp_reply(fd, &got));
	good = strncmp(text, code, strlen(code)) == 0;
	if (!good)
		rig_fail("wanted %s, got: %s", code, buf_str(&got));
	buf_free(&got);
	return good;
}

bool
rig_smtp(int fd, const char *command, const char *code)
{
	struct buf line;
	bool good;

	buf_init(&line, RIG_BUF_MAX);
	buf_addz(&line, command);
	buf_addz(&line, "\r\n");
	good = rig_send_bytes(fd, line.p, line.n) && rig_smtp_expect(fd, code);
	if (!good)
		rig_fail("that was the answer to: %.80s", command);
	buf_free(&line);
	return good;
}
