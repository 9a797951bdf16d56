/*
 * sandboxed_place.c - what an attempt finds: directories and files, and what was
 * opened before the sandbox was entered.
 */
#include "rig/sandboxed_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/sandboxed.h"
#include "sandbox/privdrop.h"
#include "system/addr.h"
#include "system/fdpass.h"

struct sandboxed sandboxed;

const char *
sandboxed_path(const char *name)
{
	static char text[4][256];
	static unsigned next;
	char *at = text[next++ % 4];

	snprintf(at, sizeof text[0], "%s/%s", sandboxed.place, name);
	return at;
}

void
sandboxed_not_ready(const char *what)
{
	fprintf(stderr, "sandboxed: %s: %s\n", what, strerror(errno));
	_exit(SANDBOXED_NOT_READY);
}

/* ---- opened before ---- */

/* A datagram socket, to which two were sent. */
static int
open_udp(struct sockaddr_in at)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof at;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&at, len) != 1)
			return -1;
	return fd;
}

void
sandboxed_open(void)
{
	static struct addr client;
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	sandboxed.log =
	    open(sandboxed_path("log"), O_WRONLY | O_APPEND | O_CLOEXEC);
	sandboxed.outside = open(sandboxed_path("outside"), O_PATH | O_CLOEXEC);
	sandboxed.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	client.in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	client.len = sizeof client.in;
	sandboxed.client = &client;
	sandboxed.udp = open_udp(any);
	sandboxed.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sandboxed.log < 0 || sandboxed.outside < 0 || sandboxed.udp < 0 ||
	    sandboxed.tcp < 0 || fdpass_pair(sandboxed.pair) < 0 ||
	    bind(sandboxed.listener, (struct sockaddr *)&any, sizeof any) < 0 ||
	    listen(sandboxed.listener, 1) < 0)
		sandboxed_not_ready("open");
}

/* ---- directories and files ---- */

static void
put_file(const char *name, const char *text)
{
	int fd =
	    open(sandboxed_path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		sandboxed_not_ready(name);
	close(fd);
}

void
sandboxed_place(void)
{
	static const char *const directories[] = { "site", "outside", "mail",
		"mail/tmp", "mail/new", "mail/cur", "mail/.berth" };
	enum { MAIL = 2 }; /* from here on they are the child's */
	struct privdrop user;
	const char *why;

	snprintf(sandboxed.place, sizeof sandboxed.place,
	    "/tmp/berth-sandboxed-XXXXXX");
	if (mkdtemp(sandboxed.place) == NULL ||
	    chmod(sandboxed.place, 0755) < 0)
		sandboxed_not_ready(sandboxed.place);
	if (privdrop_find(&user, NULL, &why) < 0)
		sandboxed_not_ready(why);
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (mkdir(sandboxed_path(directories[i]), 0755) < 0 ||
		    (i >= MAIL && user.drop &&
			chown(sandboxed_path(directories[i]), user.uid,
			    user.gid) < 0))
			sandboxed_not_ready(directories[i]);
	put_file("site/page", "a page");
	put_file("outside/secret", "a secret");
	put_file("log", "a line\n");
	put_file("mail/new/kept", "a mail");
	if (user.drop &&
	    chown(sandboxed_path("mail/new/kept"), user.uid, user.gid) < 0)
		sandboxed_not_ready("mail/new/kept");
	if (symlink("../outside/secret", sandboxed_path("site/out")) < 0)
		sandboxed_not_ready("site/out");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void
sandboxed_remove(void)
{
	nftw(sandboxed.place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
