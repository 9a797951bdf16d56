/*
 * browser.c - start the user's browser.
 */
#include "system/browser.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

/* The shell leaves at once, so the browser belongs to nobody here. */
static const char line[] = "${BROWSER:-xdg-open} \"$1\" >/dev/null &";

int
browser_open(const char *url)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)line,
		(char *)"sh", (char *)url, NULL };
	posix_spawnattr_t attr;
	sigset_t none;
	int error;
	pid_t pid;

	/* Our signals are blocked, for they come by a descriptor. */
	sigemptyset(&none);
	error = posix_spawnattr_init(&attr);
	if (error == 0) {
		posix_spawnattr_setsigmask(&attr, &none);
		posix_spawnattr_setflags(
		    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
		error =
		    posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	errno = error;
	return error == 0 ? 0 : -1;
}
