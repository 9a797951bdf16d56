/*
 * hear.c - what a program says: its ready lines and its standard error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/inside.h"
#include "rig/place.h"
#include "rig/program.h"
#include "rig/wait.h"
#include "rig/wire.h"

#define LAST_WORDS 1500 /* bytes of standard error shown after a failure */

/*
 * The whole of a file in memory with a NUL behind, in *text, which replaces
 * what was there.
 */
static const char *
text_of(int fd, char **text, size_t *n)
{
	struct stat st;
	ssize_t got = 0;

	free(*text);
	*text = NULL;
	if (fstat(fd, &st) == 0)
		*text = malloc((size_t)st.st_size + 1);
	if (*text == NULL)
		rig_die("cannot read what a program said");
	got = pread(fd, *text, (size_t)st.st_size, 0);
	if (got < 0)
		got = 0;
	(*text)[got] = '\0';
	if (n != NULL)
		*n = (size_t)got;
	return *text;
}

const char *
rig_out(struct rig *r)
{
	return text_of(r->out, &r->out_text, NULL);
}

const char *
rig_err(struct rig *r)
{
	bool last = rig_ended(r); /* before looking, so nothing is missed */
	const char *all = text_of(r->err, &r->err_text, NULL), *end;

	/* What is being written is seen page by page. */
	if (!last) {
		end = strrchr(all, '\n');
		r->err_text[end == NULL ? 0 : end + 1 - all] = '\0';
	}
	return all;
}

size_t
rig_out_size(struct rig *r)
{
	size_t n;

	text_of(r->out, &r->out_text, &n);
	return n;
}

void
rig_last_words(void)
{
	for (struct rig *r = rig_all; r != NULL; r = r->next) {
		const char *all = rig_err(r);
		size_t n = strlen(all);

		if (n > LAST_WORDS)
			all += n - LAST_WORDS;
		if (n > 0)
			fprintf(stderr, "rig: %s (%d) said last:\n%s\n",
			    r->name, (int)r->pid, all);
	}
}

struct wanted {
	struct rig *r;
	const char *text;
	size_t times;
	char *address;
};

size_t
rig_count(struct rig *r, const char *text)
{
	size_t n = 0;

	for (const char *p = rig_err(r); (p = strstr(p, text)) != NULL; n++)
		p += strlen(text);
	return n;
}

static bool
heard(void *arg)
{
	struct wanted *w = arg;

	return rig_count(w->r, w->text) >= w->times;
}

bool
rig_hear_times(struct rig *r, const char *text, size_t times)
{
	struct wanted w = { .r = r, .text = text, .times = times };

	if (rig_within(rig_patience_ms(), heard, &w))
		return true;
	return rig_fail("%s did not say \"%s\" %zu times but %zu", r->name,
	    text, times, rig_count(r, text));
}

bool
rig_hear(struct rig *r, const char *text)
{
	return rig_hear_times(r, text, 1);
}

/*
 * Find "ready WANTED" among the whole lines of standard output.
 */
static bool
is_ready(void *arg)
{
	struct wanted *w = arg;
	bool last = rig_ended(w->r); /* before looking, so nothing is missed */
	size_t n = strlen(w->text);
	const char *line = rig_out(w->r), *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (strncmp(line, w->text, n) != 0)
			continue;
		line = strchr(line + strlen("ready "), ' ');
		if (line == NULL || line >= end)
			continue;
		snprintf(
		    w->address, 128, "%.*s", (int)(end - line - 1), line + 1);
		return true;
	}
	if (last)
		rig_die("%s ended with %d before it said \"%s\"", w->r->name,
		    w->r->status, w->text);
	return false;
}

const char *
rig_address(struct rig *r, const char *name)
{
	char text[160], address[128];
	struct wanted w = { .r = r, .text = text, .address = address };

	/* A whole name, unless a part of the address follows or no name. */
	snprintf(text, sizeof(text), "ready %s%s", name,
	    *name != '\0' && strchr(name, ' ') == NULL ? " " : "");
	if (!rig_within(rig_patience_ms(), is_ready, &w))
		rig_die("%s did not say \"%s\"", r->name, text);
	return rig_keep(address);
}

unsigned
rig_port(struct rig *r, const char *name)
{
	const char *colon = strrchr(rig_address(r, name), ':');

	return colon != NULL ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

int
rig_open(struct rig *r, const char *name)
{
	const char *address = rig_address(r, name);
	int fd = rig_connect(address);

	if (fd < 0)
		rig_die("connect to %s at %s: %s", r->name, address,
		    strerror(errno));
	return fd;
}
