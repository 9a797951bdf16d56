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

/* The only message of the far server, or "". */
static inline const char *
arrived(void)
{
	static char text[65536];
	char path[4096], line[4096 + 300];
	DIR *d;
	const struct dirent *e;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/new", far_mail);
	d = opendir(path);
	text[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL) {
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(line, sizeof(line), "%s/%s", path, e->d_name);
		f = fopen(line, "re");
		cr_assert_not_null(f);
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = '\0';
		fclose(f);
	}
	if (d != NULL)
		closedir(d);
	return text;
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
