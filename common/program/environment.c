/*
 * environment.c - what a server keeps of its environment: a list.
 */
#include "program/environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A name that ends in '*' stands for all that begin so. */
static const char *const kept[] = {
	/* From systemd, and from an image of ours (system/image.h). */
	"LISTEN_*", "NOTIFY_SOCKET", "WATCHDOG_*", "BERTH_*",
	/* Where and how we run. */
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*", "TZ",
	"TZDIR", "TMPDIR", "NO_COLOR", "TERM", "LD_*", "MAGIC",
	/* For the user's browser. */
	"BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_*",
	"DBUS_SESSION_BUS_ADDRESS",
	/* For who looks for a fault in us. */
	"ASAN_*", "UBSAN_*", "LSAN_*", "GCOV_*", "LLVM_*", "MALLOC_*",
	"GLIBC_TUNABLES", "VALGRIND_*"
};

static bool
is_kept(const char *variable)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		size_t n = strlen(kept[i]);

		if (kept[i][n - 1] == '*' ?
			strncmp(variable, kept[i], n - 1) == 0 :
			strncmp(variable, kept[i], n) == 0 &&
			    variable[n] == '=')
			return true;
	}
	return false;
}

void
environment_clean(void)
{
	char **to = environ;

	if (environ == NULL)
		return;
	for (char **from = environ; *from != NULL; from++) {
		if (is_kept(*from))
			*to++ = *from;
		else
			explicit_bzero(*from, strlen(*from));
	}
	*to = NULL;
}
