/*
 * notify.c - what systemd is told, over a path or an abstract name.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/notify.h"
#include "unit/aside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Play systemd at this name ("@" for an abstract one). */
static int
hear_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(at.sun_path, name, strlen(name));
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	cr_assert_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void
hears(int fd, const char *want)
{
	char text[100];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	cr_assert_geq(n, 0, "nothing was said");
	text[n] = '\0';
	cr_assert_str_eq(text, want);
}

static void
speak_and_hear(const char *name)
{
	int fd = hear_at(name);

	notify_init();
	notify_say("READY=1");
	notify_say("STOPPING=1");
	hears(fd, "READY=1");
	hears(fd, "STOPPING=1");
	close(fd);
	notify_say("nobody hears this, and nothing happens");
}

Test(notify, an_abstract_socket)
{
	char name[60];

	snprintf(name, sizeof(name), "@berth-notify-%d", (int)getpid());
	speak_and_hear(name);
}

Test(notify, a_socket_with_a_path)
{
	char dir[] = "/tmp/berth-notify-XXXXXX", name[60];

	cr_assert(mkdtemp(dir) != NULL);
	snprintf(name, sizeof(name), "%s/s", dir);
	speak_and_hear(name);
	unlink(name);
	rmdir(dir);
}

Test(notify, without_a_socket_nothing_happens)
{
	char too_long[200];

	unsetenv("NOTIFY_SOCKET");
	notify_init();
	notify_say("READY=1");
	cr_assert_eq(notify_watchdog_ms(), 0);

	setenv("NOTIFY_SOCKET", "relative/path", 1);
	notify_init();
	notify_say("READY=1");

	memset(too_long, 'x', sizeof(too_long));
	too_long[0] = '/';
	too_long[sizeof(too_long) - 1] = '\0';
	setenv("NOTIFY_SOCKET", too_long, 1);
	notify_init();
	notify_say("READY=1");
}

static void
ask_watchdog(void *unused)
{
	(void)unused;
	notify_init();
	printf("%lld", (long long)notify_watchdog_ms());
}

Test(notify, the_watchdog)
{
	char own[20];
	const struct {
		const char *us, *pid, *ms;
	} table[] = {
		{ "30000000", NULL, "15000" },
		{ "30000000", "1", "0" },
		{ "30000000", "x", "0" },
		{ "2000", NULL, "1" },
		{ "1", NULL, "1" },
		{ "0", NULL, "0" },
		{ "", NULL, "0" },
		{ "-5", NULL, "0" },
		{ NULL, NULL, "0" },
	};

	setenv("NOTIFY_SOCKET", "/run/berth-nobody", 1);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct aside a;

		unsetenv("WATCHDOG_USEC");
		unsetenv("WATCHDOG_PID");
		if (table[i].us != NULL)
			setenv("WATCHDOG_USEC", table[i].us, 1);
		if (table[i].pid != NULL)
			setenv("WATCHDOG_PID", table[i].pid, 1);
		a = aside(ask_watchdog, NULL);
		cr_assert_str_eq(a.wrote, table[i].ms, "row %zu", i);
	}
	snprintf(own, sizeof(own), "%d", (int)getpid());
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", own, 1);
	notify_init();
	cr_assert_eq(notify_watchdog_ms(), 15000, "it is for us");
}
