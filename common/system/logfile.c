/*
 * logfile.c - the access log.
 */
#include "system/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "system/log.h"

static const char *log_path;
static int log_fd = -1;

static int
open_path(void)
{
	return open(log_path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
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

int
logfile_take(int fd)
{
	return log_fd >= 0 && dup3(fd, log_fd, O_CLOEXEC) < 0 ? -1 : 0;
}

int
logfile_is_on(void)
{
	return log_fd >= 0;
}

void
logfile_add(struct slice line)
{
	static bool said;
	ssize_t put;

	if (log_fd < 0)
		return;
	do {
		put = write(log_fd, line.p, line.n);
	} while (put < 0 && errno == EINTR);
	if (put == (ssize_t)line.n || said)
		return;
	said = true;
	log_warn("access log: a line was lost: %s",
	    put < 0 ? strerror(errno) : "it was cut short");
}
