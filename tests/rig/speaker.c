/*
 * speaker.c - which process is at the other end of this connection?
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/look.h"
#include "rig/wait.h"
#include "system/addr.h"

pid_t
rig_speaker(int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	char byte;
	struct iovec one = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct cmsghdr *c;
	struct ucred who = { .pid = 0 };

	if (poll(&p, 1, (int)rig_patience_ms()) != 1 ||
	    recvmsg(fd, &m, MSG_PEEK | MSG_DONTWAIT) != 1)
		return 0;
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&who, CMSG_DATA(c), sizeof(who));
	return who.pid;
}

/*
 * The number of the socket at the other end, from the kernel's table; 0 while
 * nobody has it open.
 */
static unsigned long
other_inode(int fd)
{
	struct addr here = { .len = sizeof(here.in6) };
	struct addr there = { .len = sizeof(there.in6) };
	unsigned local, remote;
	unsigned long inode, found = 0;
	char line[512];
	FILE *f;

	if (getsockname(fd, &here.sa, &here.len) != 0 ||
	    getpeername(fd, &there.sa, &there.len) != 0)
		return 0;
	f = fopen(
	    here.sa.sa_family == AF_INET6 ? "/proc/net/tcp6" : "/proc/net/tcp",
	    "re");
	/*
	 * The other end's local port is our remote one.  sin_port and
	 * sin6_port are at the same place.
	 */
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line,
			"%*s %*[^:]:%x %*[^:]:%x %*s %*s %*s %*s %*s %*s %lu",
			&local, &remote, &inode) == 3 &&
		    local == ntohs(there.in.sin_port) &&
		    remote == ntohs(here.in.sin_port))
			found = inode;
	if (f != NULL)
		fclose(f);
	return found;
}

static bool
holds(pid_t pid, unsigned long inode)
{
	char dir[64], path[400], want[64], is[64];
	struct dirent *e;
	bool found = false;
	ssize_t n;
	DIR *d;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	snprintf(dir, sizeof(dir), "/proc/%d/fd", (int)pid);
	d = opendir(dir);
	while (d != NULL && !found && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		n = readlink(path, is, sizeof(is) - 1);
		if (n < 0)
			continue;
		is[n] = '\0';
		found = strcmp(is, want) == 0;
	}
	if (d != NULL)
		closedir(d);
	return found;
}

struct search {
	int fd;
	pid_t master, found;
};

static bool
is_found(void *arg)
{
	struct search *s = arg;
	pid_t child[RIG_MAX_CHILDREN];
	unsigned long inode = other_inode(s->fd);
	size_t n = rig_children(s->master, child, RIG_MAX_CHILDREN);

	if (inode == 0)
		return false;
	for (size_t i = 0; i < n && i < RIG_MAX_CHILDREN; i++)
		if (holds(child[i], inode))
			s->found = child[i];
	return s->found != 0;
}

pid_t
rig_server_of(int fd, pid_t master)
{
	struct search s = { .fd = fd, .master = master };

	/* A child in its sandbox cannot be looked into by its own user. */
	if (geteuid() != 0 && getenv("BERTH_NO_SANDBOX") == NULL)
		cr_skip_test("only root sees which process holds a socket");
	rig_within(rig_patience_ms(), is_found, &s);
	return s.found;
}
