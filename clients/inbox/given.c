/*
 * given.c - what was given: the options, the operands; and what is wrong, in
 * one line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inbox.h"
#include "system/log.h"

#define READ_SIZE 16384

struct options inbox_options = { .url = "http://localhost:8025",
	.timeout = 30 };

int
complain(int code, const char *fmt, ...)
{
	va_list ap;

	fputs("berth-inbox: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	putc('\n', stderr);
	return code;
}

int
read_input(const char *path, struct buf *b)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	char *to;

	while (n > 0 && (to = buf_room(b, READ_SIZE)) != NULL) {
		n = read(fd, to, READ_SIZE);
		if (n > 0)
			buf_grew(b, (size_t)n);
	}
	if (n < 0 || b->failed)
		return complain(EXIT_USAGE, "%s: %s", path,
		    strerror(b->failed ? EFBIG : errno));
	if (!standard)
		close(fd);
	return 0;
}

/* Each line of text begins with an ID, as in what list prints. */
static int
each_line(struct slice text, int (*each)(const char *id, void *), void *with)
{
	int code = 0;

	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');
		char id[ID_MAX];
		int fault;

		line = slice_trim(slice_cut(&line, '\t'));
		if (line.n == 0)
			continue;
		if (slice_copy(line, id, sizeof(id)) < 0)
			fault = complain(
			    EXIT_NO_MESSAGE, "%.20s...: not an ID", line.p);
		else
			fault = each(id, with);
		if (fault != 0 && fault != EXIT_NO_MESSAGE)
			return fault;
		if (fault != 0)
			code = fault; /* and go on with the others */
	}
	return code;
}

int
each_id(int n, char **operand, int (*each)(const char *id, void *), void *with)
{
	struct buf text;
	int code = 0;

	buf_init(&text, REPLY_MAX);
	for (int i = 0; i < n && code == 0; i++) {
		if (strcmp(operand[i], "-") == 0)
			code = read_input("-", &text);
		else
			buf_addf(&text, "%s\n", operand[i]);
	}
	if (code == 0)
		code = each_line(buf_slice(&text), each, with);
	buf_free(&text);
	return code;
}
