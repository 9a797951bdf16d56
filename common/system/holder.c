/*
 * holder.c - who holds a port that is busy, as /proc tells it: the tables of
 * sockets name the inode of the socket, and the descriptors of a process name
 * the inodes that it has open.
 */
#include "system/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOKS     5    /* at a table before what we seek is not there */
#define LISTENING 0x0A /* TCP_LISTEN in /proc/net/tcp */

struct socket {
	unsigned long inode;
	unsigned uid;
};

/* The socket of one line of a table, if it holds the port. */
static bool
is_holder(const char *line, unsigned port, bool stream, struct socket *s)
{
	unsigned its, state;

	if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %u %*d %lu",
		&its, &state, &s->uid, &s->inode) != 4)
		return false;
	return its == port && (!stream || state == LISTENING);
}

static bool
look_for_socket(const struct addr *a, int type, struct socket *s)
{
	bool stream = type == SOCK_STREAM, four = a->sa.sa_family == AF_INET;
	char path[32], line[512];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/net/%s%s", stream ? "tcp" : "udp",
	    four ? "" : "6");
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = is_holder(line, addr_port(a), stream, s);
	fclose(f);
	return found;
}

/* The table is read in parts, and one that others change meanwhile may pass
 * over a row. */
static bool
find_socket(const struct addr *a, int type, struct socket *s)
{
	for (int i = 0; i < LOOKS; i++)
		if (look_for_socket(a, type, s))
			return true;
	return false;
}

static bool
is_open_in(const char *pid, const char *socket)
{
	char path[300], to[64];
	bool found = false;
	struct dirent *d;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.32s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (d = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), d->d_name, to, sizeof(to) - 1);
		to[n > 0 ? n : 0] = '\0';
		found = strcmp(to, socket) == 0;
	}
	closedir(dir);
	return found;
}

static void
name_process(const char *pid, char text[HOLDER_MAX_TEXT])
{
	char path[64], comm[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.32s/comm", pid);
	f = fopen(path, "re");
	if (f != NULL && fgets(comm, sizeof(comm), f) == NULL)
		comm[0] = '\0';
	if (f != NULL)
		fclose(f);
	comm[strcspn(comm, "\n")] = '\0';
	/* A process names itself: its name must not talk to the terminal. */
	for (char *c = comm; *c != '\0'; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	snprintf(text, HOLDER_MAX_TEXT, "%s (process %.32s)",
	    comm[0] != '\0' ? comm : "a program", pid);
}

static void
name_user(unsigned uid, char text[HOLDER_MAX_TEXT])
{
	const struct passwd *p = getpwuid(uid);

	if (p != NULL)
		snprintf(text, HOLDER_MAX_TEXT, "a process of user %.64s",
		    p->pw_name);
	else
		snprintf(text, HOLDER_MAX_TEXT, "a process of user %u", uid);
}

bool
holder_find(const struct addr *a, int type, char text[HOLDER_MAX_TEXT])
{
	char socket[64];
	struct dirent *d;
	struct socket s;
	DIR *dir;

	text[0] = '\0';
	if ((a->sa.sa_family != AF_INET && a->sa.sa_family != AF_INET6) ||
	    !find_socket(a, type, &s))
		return false;
	snprintf(socket, sizeof(socket), "socket:[%lu]", s.inode);
	dir = opendir("/proc");
	while (dir != NULL && text[0] == '\0' && (d = readdir(dir)) != NULL)
		if (isdigit((unsigned char)d->d_name[0]) &&
		    is_open_in(d->d_name, socket))
			name_process(d->d_name, text);
	if (dir != NULL)
		closedir(dir);
	if (text[0] == '\0')
		name_user(s.uid, text);
	return true;
}
