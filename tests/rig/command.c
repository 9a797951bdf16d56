/*
 * command.c - what a program is told: its path, its arguments, its
 * environment.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/inside.h"
#include "rig/place.h"
#include "rig/program.h"
#include "rig/wait.h"

static bool needs_sandbox; /* this test, which is a process of its own */

void
rig_needs_sandbox(void)
{
	const char *why = getenv("BERTH_NO_SANDBOX");

	if (why != NULL && strcmp(why, "cannot") == 0)
		rig_die(
		    "there is no sandbox here: leave this test out by name");
	needs_sandbox = true;
}

const char *
rig_no_sandbox(void)
{
	return getenv("BERTH_NO_SANDBOX") != NULL && !needs_sandbox ?
	    "--no-sandbox" :
	    "";
}

const char *
rig_path(const char *name)
{
	static char path[4096];
	const char *bin = getenv("BERTH_BIN");
	char exe[2048], *slash;
	ssize_t n;

	if (strchr(name, '/') != NULL)
		return name;
	if (bin != NULL) {
		snprintf(path, sizeof(path), "%s/%s", bin, name);
		return path;
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n < 0)
		rig_die("/proc/self/exe: %s", strerror(errno));
	exe[n] = '\0';
	while ((slash = strrchr(exe, '/')) != NULL) {
		*slash = '\0';
		snprintf(path, sizeof(path), "%s/bin", exe);
		if (access(path, X_OK) == 0)
			break;
	}
	snprintf(path, sizeof(path), "%s/bin/%s", exe, name);
	return path;
}

void
rig_close_programs(void)
{
	const char *closed = rig_in(rig_place(), "closed");
	const char *to = rig_in(closed, "bin");
	const char *bin = rig_path("");
	char line[8192];

	/* Links, where they can be had. */
	snprintf(line, sizeof(line),
	    "mkdir -m 700 '%s' && { cp -al '%s' '%s' 2>/dev/null || cp -a '%s' "
	    "'%s'; }",
	    closed, bin, to, bin, to);
	if (rig_wait(rig_run(RIG("/bin/sh", "-c", line))) != 0)
		rig_die("%s", line);
	setenv("BERTH_BIN", to, 1);
}

static bool
is_named(const char *entry, const char *name)
{
	size_t n = strcspn(name, "=");

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

void
rig_make_env(const struct rig_how *how, char **env)
{
	static const char *const misleading[] = { "LISTEN_FDS", "LISTEN_PID",
		"LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC",
		"WATCHDOG_PID" };
	static char count[32];
	size_t n = 0;

	for (char **e = environ; *e != NULL && n < RIG_MAX_ENV / 2; e++) {
		bool drop = false;

		for (size_t i = 0; i < 6; i++)
			drop |= is_named(*e, misleading[i]);
		for (size_t i = 0; how->env != NULL && how->env[i]; i++)
			drop |= is_named(*e, how->env[i]);
		if (!drop)
			env[n++] = *e;
	}
	for (size_t i = 0; how->env != NULL && how->env[i] != NULL; i++)
		if (strchr(how->env[i], '=') != NULL && n < RIG_MAX_ENV - 2)
			env[n++] = (char *)how->env[i];
	if (how->fd_count > 0) {
		snprintf(count, sizeof(count), "LISTEN_FDS=%zu", how->fd_count);
		env[n++] = count;
	}
	env[n] = NULL;
}

/*
 * Is an argument a server of ours?  The first one may be a bare name.
 */
static bool
is_server(const char *path, bool first)
{
	static const char *const servers[] = { "berth", "berth-greetd",
		"berth-httpd", "berth-smtpd", "berth-upperd" };
	const char *slash = strrchr(path, '/');

	if (slash == NULL && !first)
		return false;
	for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++)
		if (strcmp(slash != NULL ? slash + 1 : path, servers[i]) == 0)
			return true;
	return false;
}

void
rig_make_argv(const struct rig_how *how, const char *path, const char **argv)
{
	const char *no_sandbox = rig_no_sandbox();
	size_t n = 0;

	if (how->fd_count > 0) {
		argv[n++] = "sh";
		argv[n++] = "-c";
		argv[n++] = "export LISTEN_PID=$$; exec \"$0\" \"$@\"";
	}
	for (size_t i = 0; how->argv[i] != NULL; i++) {
		if (n >= RIG_MAX_ARGS - 1)
			rig_die("too many arguments");
		argv[n++] = i == 0 ? path : how->argv[i];
		if (*no_sandbox != '\0' && is_server(how->argv[i], i == 0)) {
			argv[n++] = no_sandbox;
			no_sandbox = "";
		}
	}
	argv[n] = NULL;
}
