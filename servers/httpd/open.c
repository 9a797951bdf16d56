/*
 * open.c - open what a name of the site stands for, or be told that it is not
 * there.
 *
 * Mail that is caught in a folder of the site is nobody's page.  Where a file
 * really lies is asked of the kernel, for links may have led there.
 */
#include "httpd/open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "httpd/site.h"
#include "system/path.h"

/* The part of an absolute path that is below top, NULL if it is elsewhere. */
static char *
below(char *path, const char *top)
{
	size_t n = strlen(top);

	if (strcmp(top, "/") == 0)
		return path + 1;
	if (strncmp(path, top, n) != 0)
		return NULL;
	if (path[n] == '\0')
		return path + n;
	return path[n] == '/' ? path + n + 1 : NULL;
}

/* Is path, or any directory above it, a Maildir?  It is changed meanwhile. */
static bool
is_in_maildir(int at, char *path, bool is_directory)
{
	char *slash;

	if (is_directory && path_is_maildir(at, path[0] == '\0' ? "." : path))
		return true;
	while ((slash = strrchr(path, '/')) != NULL && slash > path) {
		*slash = '\0';
		if (path_is_maildir(at, path))
			return true;
	}
	return at == site.root && path_is_maildir(at, ".");
}

/*
 * Without /proc nobody tells where links have led: then only what none has led
 * to can be judged.
 */
static bool
lies_in_maildir_by_name(const char *name, bool is_directory)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s", name) >= (int)sizeof(path))
		return true;
	for (char *p = path; p != NULL; p = strchr(p + 1, '/')) {
		char was = *p;

		*p = p > path ? '\0' : was;
		if (fstatat(site.root, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    S_ISLNK(st.st_mode))
			return true;
		*p = was;
	}
	return is_in_maildir(site.root, path, is_directory);
}

static __attribute__((noinline)) bool
lies_in_maildir(int fd, const char *name, bool is_directory)
{
	char top[PATH_MAX], path[PATH_MAX];
	char *rest;

	if (path_where(site.root, top, sizeof(top)) < 0 ||
	    path_where(fd, path, sizeof(path)) < 0)
		return lies_in_maildir_by_name(name, is_directory);
	rest = below(path, top);
	return rest != NULL ? is_in_maildir(site.root, rest, is_directory) :
			      is_in_maildir(AT_FDCWD, path, is_directory);
}

/* A link with an absolute target: does it lead back inside? */
static int
open_inside(const char *name, struct stat *st)
{
	char top[PATH_MAX], path[PATH_MAX];
	const char *rest;

	if (path_where(site.root, top, sizeof(top)) >= 0 &&
	    path_leads_to(site.root, name, path, sizeof(path)) >= 0 &&
	    (rest = below(path, top)) != NULL)
		return path_open(
		    site.root, rest[0] == '\0' ? "." : rest, PATH_BENEATH, st);
	errno = EXDEV;
	return -1;
}

/* No link is in the name: it says where that is. */
static bool
is_in_maildir_as_named(int fd, const char *name, bool is_directory)
{
	char path[PATH_USUAL];
	size_t n = strlen(name);

	if (n >= sizeof(path))
		return lies_in_maildir(fd, name, is_directory);
	memcpy(path, name, n + 1);
	return is_in_maildir(site.root, path, is_directory);
}

/* By way of links. */
static __attribute__((noinline)) int
open_elsewhere(const char *name, struct stat *st)
{
	int fd = path_open(site.root, name, site.links, st);

	return fd < 0 && errno == EXDEV ? open_inside(name, st) : fd;
}

int
site_open(const char *name, struct stat *st)
{
	int fd = path_open(site.root, name, PATH_NO_LINKS, st);
	bool plain = fd >= 0 || (errno != ELOOP && errno != EXDEV);

	if (!plain)
		fd = open_elsewhere(name, st);
	if (fd < 0)
		return -1;
	if (plain ? !is_in_maildir_as_named(fd, name, S_ISDIR(st->st_mode)) :
		    !lies_in_maildir(fd, name, S_ISDIR(st->st_mode)))
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}
