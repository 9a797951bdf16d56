/*
 * nss.c - the stores of browsers: Chromium's, and one in each profile of
 * Firefox, by certutil(1).
 */
#include "ca.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/log.h"

/* Below HOME; each has a cert9.db. */
static const char *const places[] = {
	".pki/nssdb",
	"snap/chromium/current/.pki/nssdb",
	".mozilla/firefox/*",
	".config/mozilla/firefox/*", /* from Firefox 147 on */
	"snap/firefox/common/.mozilla/firefox/*",
	".var/app/org.mozilla.firefox/.mozilla/firefox/*",
	".var/app/org.mozilla.firefox/config/mozilla/firefox/*",
};

typedef bool change(const struct authority *, const char *store);

static bool
trust(const struct authority *a, const char *store)
{
	const char *argv[] = { "certutil", "-A", "-d", store, "-n",
		authority_name(a), "-t", "C,,", "-i", a->path, NULL };

	return run(false, argv) == 0;
}

static bool
distrust(const struct authority *a, const char *store)
{
	const char *list[] = { "certutil", "-L", "-d", store, "-n",
		authority_name(a), NULL };
	const char *argv[] = { "certutil", "-D", "-d", store, "-n",
		authority_name(a), NULL };

	return run(false, list) != 0 || run(false, argv) == 0;
}

/* Chromium makes its store when it wants one; we may be the first. */
static void
make_chromiums(const char *home)
{
	char dir[PATH_MAX], store[PATH_MAX + 4];
	const char *argv[] = { "certutil", "-N", "-d", store,
		"--empty-password", NULL };
	struct stat st;

	snprintf(dir, sizeof(dir), "%s/.pki", home);
	mkdir(dir, 0700);
	snprintf(dir, sizeof(dir), "%s/.pki/nssdb", home);
	mkdir(dir, 0700);
	snprintf(store, sizeof(store), "sql:%s", dir);
	snprintf(dir, sizeof(dir), "%s/.pki/nssdb/cert9.db", home);
	if (stat(dir, &st) < 0 && errno == ENOENT)
		run(false, argv);
}

static int
change_all(const struct authority *a, const char *home, change *how)
{
	char pattern[PATH_MAX], store[PATH_MAX + 4];
	int done = 0, failed = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/%s/cert9.db", home,
		    places[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			char *slash = strrchr(found.gl_pathv[j], '/');

			*slash = '\0';
			snprintf(
			    store, sizeof(store), "sql:%s", found.gl_pathv[j]);
			if (how(a, store)) {
				done++;
				continue;
			}
			log_error(
			    "%s: certutil cannot change it", found.gl_pathv[j]);
			failed++;
		}
		globfree(&found);
	}
	return failed > 0 ? -1 : done;
}

int
nss_install(const struct authority *a)
{
	const char *home = getenv("HOME");

	if (home == NULL)
		return 0;
	if (!run_is_there("certutil")) {
		log_warn("browsers have stores of their own, which certutil "
			 "changes: apt-get install libnss3-tools, and then "
			 "berth-ca install once more");
		return 0;
	}
	make_chromiums(home);
	return change_all(a, home, trust);
}

int
nss_uninstall(const struct authority *a)
{
	const char *home = getenv("HOME");

	if (home == NULL || !run_is_there("certutil"))
		return 0;
	return change_all(a, home, distrust);
}
