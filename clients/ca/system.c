/*
 * system.c - the store of the system, which curl, git, Python and the like
 * trust; root's, so sudo(8) is asked.
 */
#include "ca.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/log.h"

#define FILE_NAME "berth-local-%u.crt" /* with the user's number */

static const struct store {
	const char *dir;
	const char *update[4];
	const char *again[4]; /* after a file was taken away */
} stores[] = {
	{ "/usr/local/share/ca-certificates",
	    { "update-ca-certificates", NULL },
	    { "update-ca-certificates", "--fresh", NULL } },
	{ "/etc/pki/ca-trust/source/anchors", { "update-ca-trust", NULL },
	    { "update-ca-trust", NULL } },
	{ "/etc/ca-certificates/trust-source/anchors",
	    { "trust", "extract-compat", NULL },
	    { "trust", "extract-compat", NULL } },
};

static const struct store *
find(void)
{
	struct stat st;

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (stat(stores[i].dir, &st) == 0 &&
		    run_is_there(stores[i].update[0]))
			return &stores[i];
	return NULL;
}

/* As root, be it by sudo. */
static int
as_root(const char *const *argv)
{
	const char *with[12] = { "sudo" };
	size_t n = 1;

	if (geteuid() == 0)
		return run(false, argv);
	while (*argv != NULL && n < 11)
		with[n++] = *argv++;
	return run(true, with);
}

static const char *
file_in(const struct store *s)
{
	static char path[PATH_MAX];

	snprintf(
	    path, sizeof(path), "%s/" FILE_NAME, s->dir, (unsigned)geteuid());
	return path;
}

bool
system_trusts(void)
{
	const struct store *s = find();

	return s != NULL && access(file_in(s), F_OK) == 0;
}

int
system_install(const struct authority *a)
{
	const struct store *s = find();
	const char *path = s == NULL ? NULL : file_in(s);
	const char *copy[] = { "install", "-m", "644", a->path, path, NULL };

	if (s == NULL) {
		log_warn("no store of certificates that is known here; %s is "
			 "the one to add to yours",
		    a->path);
		return 0;
	}
	if (as_root(copy) == 0 && as_root(s->update) == 0)
		return 1;
	log_error("the system's store cannot be changed; as root: install -m "
		  "644 %s %s && %s",
	    a->path, path, s->update[0]);
	return -1;
}

int
system_uninstall(const struct authority *a)
{
	const struct store *s = find();
	const char *path = s == NULL ? NULL : file_in(s);
	const char *gone[] = { "rm", "-f", path, NULL };

	(void)a;
	if (s == NULL || access(path, F_OK) < 0)
		return 0;
	if (as_root(gone) == 0 && as_root(s->again) == 0)
		return 1;
	log_error("the system's store cannot be changed; as root: rm %s && %s",
	    path, s->update[0]);
	return -1;
}
