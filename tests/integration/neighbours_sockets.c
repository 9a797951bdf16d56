/*
 * neighbours_sockets.c - who has what open: nobody but the master a listener,
 * nobody but the process that serves it a connection; and the master has not a
 * byte of what a client said.
 */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/restored.h"
#include "rig/rig.h"

#define LIVE   6
#define MOST   128
#define LISTEN 0x0a /* TCP_LISTEN in /proc/net/tcp */

/* The inode of the socket of these two ports (peer 0: that listens). */
static unsigned long
inode_of(unsigned port, unsigned peer)
{
	FILE *f = fopen("/proc/net/tcp", "re");
	unsigned here, there, state;
	unsigned long inode, found = 0;
	char line[512];

	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line,
			"%*s %*[^:]:%x %*[^:]:%x %x %*s %*s %*s %*s %*s %lu",
			&here, &there, &state, &inode) == 4 &&
		    here == port && there == peer &&
		    (peer != 0 || state == LISTEN))
			found = inode;
	fclose(f);
	return found;
}

static bool
has(pid_t pid, unsigned long inode)
{
	char dir[64], path[512], is[64], want[64];
	bool found = false;
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof(dir), "/proc/%d/fd", (int)pid);
	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL) {
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		n = readlink(path, is, sizeof(is) - 1);
		if (n > 0) {
			is[n] = '\0';
			found = found || strcmp(is, want) == 0;
		}
	}
	if (d != NULL)
		closedir(d);
	return found;
}

/* Each process of the master. */
static size_t
everybody(struct rig *r, pid_t list[MOST])
{
	pid_t more[] = { rig_zygote(rig_pid(r)), rig_restorer(rig_pid(r)),
		rig_logger(rig_pid(r)) };
	size_t n = rig_children(rig_pid(r), list, MOST - 3);

	for (size_t i = 0; i < 3; i++)
		if (more[i] > 0)
			list[n++] = more[i];
	return n;
}

static unsigned
port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

struct wanted {
	struct rig *r;
	unsigned long inode;
	size_t most; /* processes that have it */
	size_t have;
};

/* A process that is being born still has all of the master's. */
static bool
is_kept(void *arg)
{
	struct wanted *w = arg;
	pid_t list[MOST];
	size_t n = everybody(w->r, list);

	w->have = 0;
	for (size_t i = 0; i < n; i++)
		w->have += has(list[i], w->inode);
	return n > 0 && w->have == w->most;
}

static void
expect_had(struct rig *r, unsigned long inode, size_t by, const char *what)
{
	struct wanted w = { .r = r, .inode = inode, .most = by };

	cr_assert_gt(inode, 0);
	cr_expect(rig_until(what, is_kept, &w), "%zu have %s, not %zu", w.have,
	    what, by);
}

static void
see(const char *const argv[])
{
	struct rig *r = rig_start(argv);
	unsigned port = rig_port(r, "http");
	int fd[LIVE];

	for (int i = 0; i < LIVE; i++) {
		struct rig_reply reply;

		fd[i] = rig_open(r, "http");
		cr_assert(rig_get_on(fd[i], "/", &reply));
		rig_reply_free(&reply);
	}
	cr_expect(has(rig_pid(r), inode_of(port, 0)), "the search finds it");
	expect_had(r, inode_of(port, 0), 0, "the listener");
	for (int i = 0; i < LIVE; i++)
		expect_had(
		    r, inode_of(port, port_of(fd[i])), 1, "a connection");
	for (int i = 0; i < LIVE; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
}

#define SITE(...) \
	RIG("berth-httpd", "-q", "-l", "127.0.0.1:0", __VA_ARGS__, rig_place())

static void
only_root(void)
{
	if (geteuid() != 0)
		cr_skip("only root may look into processes that are sealed");
}

Test(neighbours, nobody_else_has_a_listener_or_a_connection)
{
	only_root();
	see(SITE("--isolation", "fork"));
	see(SITE("--isolation", "exec"));
	see(SITE("--isolation", "reuse"));
	see(SITE("--rest", "1"));
}

Test(neighbours, nor_where_processes_are_put_back)
{
	ONLY_WHERE_RESTORED;
	only_root();
	see(SITE("--isolation", "restore"));
}

/* In pieces, so that this test's own words are found in no process. */
static void
mark_of(char mark[64])
{
	snprintf(mark, 64, "%s%s%s", "marked-", "by-a-", "client");
}

static void
say(int fd, const char *first)
{
	char mark[64], line[256];

	mark_of(mark);
	snprintf(line, sizeof(line),
	    "%sGET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n", first, mark);
	cr_assert(rig_send(fd, line));
}

static void
expect_unread(struct rig *r, bool somewhere)
{
	char mark[64];
	pid_t list[MOST];
	size_t n = everybody(r, list), know = 0;

	mark_of(mark);
	cr_expect_eq(rig_in_memory(rig_pid(r), mark, strlen(mark)), 0,
	    "the master has read it");
	for (size_t i = 0; i < n; i++)
		know += rig_in_memory(list[i], mark, strlen(mark)) > 0;
	cr_expect(know > 0 || !somewhere, "the search finds it");
}

Test(neighbours, the_master_has_read_nothing_that_a_client_said)
{
	struct rig *r;
	struct rig_reply reply;
	int in[2], out;

	only_root();
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--per-client",
	    "2", "--rest", "1", "--proxy-from", "127.0.0.9", rig_place()));
	for (int i = 0; i < 2; i++) {
		in[i] = rig_open(r, "http");
		say(in[i], "");
		cr_assert(rig_reply(in[i], &reply, false));
		rig_reply_free(&reply);
	}
	expect_unread(r, true);
	/* Who is turned away, with a request under way. */
	out = rig_open(r, "http");
	say(out, "");
	cr_assert(rig_reply(out, &reply, false));
	cr_expect_eq(reply.status, 503);
	close(out);
	/* What wakes a connection that rests; a header of a proxy. */
	cr_assert(rig_children_become(rig_pid(r), 1, 64));
	rig_pause_ms(1200); /* longer than --rest */
	say(in[0], "");
	cr_assert(rig_reply(in[0], &reply, false));
	out = rig_connect_from("127.0.0.9", rig_address(r, "http"));
	say(out, "PROXY TCP4 127.0.0.7 127.0.0.1 1 2\r\n");
	cr_assert(rig_reply(out, &reply, false));
	expect_unread(r, true);
	for (int i = 0; i < 2; i++)
		close(in[i]);
	close(out);
	cr_assert_eq(rig_stop(r), 0);
}
