/*
 * release_start.h - an inbox with --relay, and the server that it relays to,
 * which is another berth-smtpd; what the tests of releases ask them.
 */
#ifndef RELEASE_START_H
#define RELEASE_START_H

#include "inbox_start.h"

static struct rig *far;      /* the server that is relayed to */
static const char *far_mail; /* its Maildir */

static inline void
stop_relay(void)
{
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

/* All that has arrived, one behind the other, and how many they are. */
static inline char *
all_arrived(int *count)
{
	static char all[1 << 20];
	char path[4096], line[4096 + 300];
	size_t n = 0;
	DIR *d;
	const struct dirent *e;

	*count = 0;
	snprintf(path, sizeof(path), "%s/new", far_mail);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL) {
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(line, sizeof(line), "%s/%s", path, e->d_name);
		f = fopen(line, "re");
		cr_assert_not_null(f);
		n += fread(all + n, 1, sizeof(all) - 1 - n, f);
		fclose(f);
		++*count;
	}
	if (d != NULL)
		closedir(d);
	all[n] = '\0';
	return all;
}

/* The only message of the far server, or "". */
static inline const char *
arrived(void)
{
	int count;

	return all_arrived(&count);
}

static inline int
release(const char *id, const char *body, struct rig_reply *r)
{
	char path[256];

	snprintf(path, sizeof(path), "/api/v1/message/%s/release", id);
	return ask("POST", path, body, r);
}

static inline bool
says(const struct rig_reply *r, const char *words)
{
	return memmem(r->body.p, r->body.n, words, strlen(words)) != NULL;
}

#endif
