/*
 * login_file.c - a file with the one user that we log in as elsewhere.
 */
#include "system/login_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What cannot be wound back is read once. */
static ssize_t
read_some(int fd, char *to, size_t n)
{
	ssize_t got = pread(fd, to, n, 0);

	return got < 0 && errno == ESPIPE ? read(fd, to, n) : got;
}

int
login_file_read(int fd, char line[LOGIN_FILE_MAX])
{
	ssize_t n = read_some(fd, line, LOGIN_FILE_MAX);
	const char *colon;
	size_t end;

	if (n < 0)
		return -1;
	errno = EINVAL;
	if (n == LOGIN_FILE_MAX && memchr(line, '\n', (size_t)n) == NULL)
		return -1;
	line[n == LOGIN_FILE_MAX ? n - 1 : n] = '\0';
	end = strcspn(line, "\r\n");
	line[end] = '\0';
	colon = strchr(line, ':');
	return colon == NULL || colon == line || colon[1] == '\0' ? -1 : 0;
}
