/*
 * shell.c - a line of sh and what comes of it.
 */
#include "rig/shell.h"

#include <stdio.h>
#include <string.h>

#include "rig/place.h"
#include "rig/program.h"
#include "rig/wait.h"

const char *
rig_sh_place(void)
{
	static const char *place;

	if (place == NULL)
		place = rig_place();
	return place;
}

static struct rig *
start(
    struct rig *(*how)(const struct rig_how *), unsigned port, const char *line)
{
	char path[4200], p[16], u[64], *name;

	/* The directory in which our programs are. */
	snprintf(path, sizeof(path), "PATH=%s", rig_path("berth-tcp"));
	name = strrchr(path, '/');
	snprintf(name, sizeof(path) - (size_t)(name - path), ":/usr/bin:/bin");
	snprintf(p, sizeof(p), "P=%u", port);
	snprintf(u, sizeof(u), "U=http://127.0.0.1:%u", port);
	return how(&(struct rig_how){ .argv = RIG("/bin/sh", "-c", line),
	    .env = RIG(path, p, u, "LC_ALL=C"),
	    .dir = rig_sh_place() });
}

struct rig *
rig_sh_run(unsigned port, const char *line)
{
	return start(rig_run_how, port, line);
}

struct rig *
rig_sh_spawn(unsigned port, const char *line)
{
	return start(rig_spawn, port, line);
}

bool
rig_sh(
    unsigned port, const char *line, int code, const char *out, const char *err)
{
	struct rig *r = rig_sh_run(port, line);
	int got = rig_wait(r);

	if (got != code)
		return rig_fail("%s: exit code %d, not %d", line, got, code);
	if (out != NULL && strcmp(rig_out(r), out) != 0)
		return rig_fail(
		    "%s: printed \"%s\", not \"%s\"", line, rig_out(r), out);
	if (err != NULL && *err == '\0' && *rig_err(r) != '\0')
		return rig_fail("%s: said \"%s\"", line, rig_err(r));
	if (err != NULL && strstr(rig_err(r), err) == NULL)
		return rig_fail(
		    "%s: said \"%s\" without \"%s\"", line, rig_err(r), err);
	return true;
}
