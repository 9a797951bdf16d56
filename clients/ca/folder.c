/*
 * folder.c - where the authority is kept: XDG_DATA_HOME/berth/ca, ours alone.
 */
#include "ca.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/log.h"

#define PATHS_MAX 16

/* Make it and what is above it, as the XDG rules have it (0700). */
static void
make_dirs(char *path)
{
	for (char *slash = path + 1; slash != NULL;) {
		slash = strchr(slash, '/');
		if (slash != NULL)
			*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			die(EXIT_UNAVAILABLE, "%s: %s", path, strerror(errno));
		if (slash != NULL)
			*slash++ = '/';
	}
}

static const char *
home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw;

	if (dir != NULL && dir[0] == '/')
		return dir;
	pw = getpwuid(geteuid());
	if (pw == NULL || pw->pw_dir[0] != '/')
		die(EXIT_UNAVAILABLE, "HOME: not set, and no other known");
	return pw->pw_dir;
}

/* Others must not be able to put their key in the place of ours. */
static void
check_dir(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		die(EXIT_UNAVAILABLE, "%s: %s", dir, strerror(errno));
	if (st.st_uid != geteuid())
		die(EXIT_CONFIG, "%s: it is another user's", dir);
	if ((st.st_mode & 077) != 0)
		die(EXIT_CONFIG,
		    "%s: others may look into it; chmod 700 %s makes it "
		    "yours alone",
		    dir, dir);
}

static const char *
folder(void)
{
	static char dir[PATH_MAX - NAME_MAX - 2];
	const char *data = getenv("XDG_DATA_HOME");
	int n;

	if (dir[0] != '\0')
		return dir;
	if (data != NULL && data[0] == '/')
		n = snprintf(dir, sizeof(dir), "%s/berth/ca", data);
	else
		n = snprintf(
		    dir, sizeof(dir), "%s/.local/share/berth/ca", home());
	if (n < 0 || (size_t)n >= sizeof(dir))
		die(EXIT_CONFIG, "XDG_DATA_HOME: too long");
	make_dirs(dir);
	check_dir(dir);
	return dir;
}

const char *
folder_path(const char *name)
{
	static char paths[PATHS_MAX][PATH_MAX];
	static size_t used;
	char *path = paths[used++ % PATHS_MAX];

	snprintf(path, PATH_MAX, "%s/%s", folder(), name);
	return path;
}

void
folder_lock(void)
{
	int fd = open(folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	umask(077);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		die(EXIT_UNAVAILABLE, "%s: %s", folder(), strerror(errno));
}

/* A new file beside it, to be renamed when it is whole. */
static FILE *
begin(const char *path, char *aside)
{
	FILE *f;
	int fd;

	snprintf(aside, PATH_MAX, "%s", folder_path("new-XXXXXX"));
	fd = mkostemp(aside, O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL)
		die(EXIT_UNAVAILABLE, "%s: %s", path, strerror(errno));
	return f;
}

static void
finish(FILE *f, const char *aside, const char *path, bool whole)
{
	if (whole && fflush(f) == 0 && fsync(fileno(f)) == 0 &&
	    fclose(f) == 0 && rename(aside, path) == 0)
		return;
	unlink(aside);
	die(EXIT_UNAVAILABLE, "%s: it cannot be written: %s", path,
	    strerror(errno));
}

void
folder_write_key(const char *path, EVP_PKEY *key)
{
	char aside[PATH_MAX];
	FILE *f = begin(path, aside);

	finish(f, aside, path,
	    PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
}

void
folder_write_certificates(const char *path, X509 *first, X509 *second)
{
	char aside[PATH_MAX];
	FILE *f = begin(path, aside);

	finish(f, aside, path,
	    PEM_write_X509(f, first) == 1 &&
		(second == NULL || PEM_write_X509(f, second) == 1));
}

/* NULL: there is no such file; or, without what, none in it. */
static void *
read_old(const char *path, void *(*take)(FILE *), const char *what)
{
	FILE *f = fopen(path, "re");
	void *found;

	if (f == NULL && errno != ENOENT)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if (f == NULL)
		return NULL;
	found = take(f);
	fclose(f);
	if (found == NULL && what != NULL)
		die(EXIT_CONFIG, "%s: no %s is in it", path, what);
	return found;
}

static void *
take_key(FILE *f)
{
	return PEM_read_PrivateKey(f, NULL, NULL, NULL);
}

static void *
take_certificate(FILE *f)
{
	return PEM_read_X509(f, NULL, NULL, NULL);
}

EVP_PKEY *
folder_read_key(const char *path)
{
	return read_old(path, take_key, "private key");
}

X509 *
folder_read_certificate(const char *path)
{
	return read_old(path, take_certificate, "certificate");
}

EVP_PKEY *
folder_find_key(const char *path)
{
	return read_old(path, take_key, NULL);
}

X509 *
folder_find_certificate(const char *path)
{
	return read_old(path, take_certificate, NULL);
}
