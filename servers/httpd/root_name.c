/*
 * root_name.c - the name of the directory that is served.
 */
#include "httpd/root_name.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/image.h"

static char path[PATH_MAX];

static void
find_path(const char *dir)
{
	char here[PATH_MAX];
	size_t n = 0;

	path[0] = '\0';
	if (dir[0] != '/') {
		if (getcwd(here, sizeof(here)) == NULL)
			return;
		n = strcmp(here, "/") == 0 ? 0 : strlen(here);
	}
	if (n + strlen(dir) + 2 > sizeof(path))
		return;
	memcpy(path, here, n);
	path[n] = '\0';
	if (strcmp(dir, ".") != 0)
		snprintf(path + n, sizeof(path) - n, "%s%s",
		    dir[0] == '/' ? "" : "/", dir);
	if (path[0] == '\0')
		strcpy(path, "/");
}

const char *
root_name_choose(const char *operand, bool follows)
{
	const char *known = follows ? getenv(IMAGE_FOLDER) : NULL;
	const char *dir = known != NULL ? known : operand;
	struct stat st;

	if (dir == NULL)
		dir =
		    stat("www", &st) == 0 && S_ISDIR(st.st_mode) ? "www" : ".";
	find_path(dir);
	/* We may be where we could not come by the whole name. */
	if (known == NULL)
		setenv(IMAGE_FOLDER,
		    path[0] != '\0' && stat(path, &st) == 0 ? path : dir, 1);
	return dir;
}

const char *
root_name(void)
{
	return path;
}
