/*
 * logfile.c - the access log.
 */
#include "system/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bytes/date.h"
#include "grammar/log_line.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/path.h"

static const char *log_path;
static int log_fd = -1;

static int
open_path(void)
{
	return path_open_trusted(log_path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0640);
}

int
logfile_open(const char *path)
{
	log_path = NULL;
	log_fd = -1;
	if (strcmp(path, "off") == 0)
		return 0;
	if (strcmp(path, "-") == 0) {
		log_fd = STDERR_FILENO;
		return 0;
	}
	log_path = path;
	log_fd = open_path();
	return log_fd < 0 ? -1 : 0;
}

int
logfile_reopen(void)
{
	int fd, done;

	if (log_path == NULL)
		return 0;
	fd = open_path();
	if (fd < 0)
		return -1;
	done = dup3(fd, log_fd, O_CLOEXEC);
	close(fd);
	return done < 0 ? -1 : 0;
}

int
logfile_fd(void)
{
	return log_path != NULL ? log_fd : -1;
}

void
logfile_leave(void)
{
	if (log_path == NULL)
		return;
	close(log_fd);
	log_path = NULL;
	log_fd = STDERR_FILENO;
}

void
logfile_of_logger(const char *path)
{
	log_path = NULL;
	log_fd = strcmp(path, "off") == 0 ? -1 : STDERR_FILENO;
}

bool
logfile_is_on(void)
{
	return log_fd >= 0;
}

/* The time of the common format, made anew once a second. */
static void
add_time(struct buf *line)
{
	static char text[DATE_MAX_TEXT];
	static size_t n;
	static int64_t last = -1;
	int64_t now = clock_wall_s();

	if (now != last) {
		n = date_log(now, text);
		last = now;
	}
	buf_add(line, text, n);
}

void
logfile_stamp(struct buf *line, enum log_format format)
{
	const struct log_source self = { .pid = getpid(),
		.wall_us = clock_wall_us() };

	buf_addc(line, format == LOG_JSON ? '{' : '[');
	if (log_has_channel())
		buf_addc(line, LOG_STAMP);
	else if (format == LOG_JSON)
		log_line_object(line, &self);
	else
		add_time(line);
	if (format != LOG_JSON)
		buf_addc(line, ']');
}

void
logfile_stamp_short(struct buf *line, int status)
{
	const struct log_source self = { .wall_us = clock_wall_us(),
		.zone_s = clock_zone_s() };

	if (log_has_channel())
		buf_addf(line, "%c%03d ", LOG_STAMP, status);
	else
		log_line_short(line, &self, status);
}

/* As a message, which has no LF. */
static void
send_line(struct slice line)
{
	char message[1 + LOG_LINE_MAX];
	size_t n = line.n - 1 < LOG_LINE_MAX ? line.n - 1 : LOG_LINE_MAX;

	message[0] = LOG_ACCESS;
	memcpy(message + 1, line.p, n);
	log_send(message, 1 + n);
}

void
logfile_add(struct slice line)
{
	static bool said;
	ssize_t put;

	if (log_fd < 0)
		return;
	if (log_has_channel()) {
		send_line(line);
		return;
	}
	do {
		put = write(log_fd, line.p, line.n);
	} while (put < 0 && errno == EINTR);
	if (put == (ssize_t)line.n || said)
		return;
	said = true;
	log_warn("access log: a line was lost: %s",
	    put < 0 ? strerror(errno) : "it was cut short");
}
