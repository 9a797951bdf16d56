/*
 * scope.c - what a request asks about.
 */
#include "inboxd/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bytes/num.h"

int
scope_number(struct exchange *x, const char *name, int64_t *n)
{
	char text[32];
	uint64_t value;
	ssize_t got = web_query(x, name, text, sizeof(text));

	if (got == -1)
		return 0;
	if (got < 0 ||
	    num_within((struct slice){ text, (size_t)got }, 0, INT64_MAX,
		&value) != NUM_OK)
		return -1;
	*n = (int64_t)value;
	return 0;
}

/* Is this the folder of the mailbox that is asked for?  Then it is kept. */
static int
is_wanted(void *with, const char *name, struct slice mailbox,
    const struct index_counts *counts)
{
	struct scope *s = with;

	(void)counts;
	if (strcmp(name, s->mailbox) != 0 && !slice_iis(mailbox, s->mailbox))
		return 0;
	snprintf(s->folder, sizeof(s->folder), "%s", name);
	s->mailbox[0] = '\0';
	return 1;
}

int
scope_renew(struct scope *s)
{
	int status;

	if (s->mailbox[0] == '\0')
		return 0;
	snprintf(s->folder, sizeof(s->folder), "/"); /* no folder's name */
	status = index_folders(inbox.index, is_wanted, s);
	return status < 0 ? status : 0;
}

/* A mailbox that nobody has written to yet is empty, not an error. */
static int
read_mailbox(struct exchange *x, struct scope *s)
{
	ssize_t n = web_query(x, "mailbox", s->mailbox, sizeof(s->mailbox));
	int status;

	if (n < 0)
		s->mailbox[0] = '\0';
	if (n == -1)
		return 0;
	if (n < 0)
		return inbox_error(x, 400, "mailbox: too long, or no text") + 1;
	s->index.folder = s->folder;
	if (slice_iis(slice_of(s->mailbox), "INBOX"))
		s->mailbox[0] = '\0'; /* the Maildir itself, "" */
	status = scope_renew(s);
	return status < 0 ? inbox_failed(x, status) + 1 : 0;
}

/* The difference is that of the zone at about that time. */
static int64_t
to_utc(void *with, int64_t local_us)
{
	time_t t = (time_t)(local_us / 1000000);
	struct tm tm;

	(void)with;
	if (gmtime_r(&t, &tm) == NULL)
		return local_us;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * 1000000 + local_us % 1000000;
}

/* A process serves one client, who is in one place: TZ may stay. */
static void
set_zone(struct exchange *x, struct scope *s)
{
	char zone[64];

	if (web_query(x, "tz", zone, sizeof(zone)) <= 0 ||
	    strspn(zone,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_+-/") != strlen(zone) ||
	    zone[0] == '/')
		return;
	setenv("TZ", zone, 1);
	tzset();
	search_query_zone(&s->query, to_utc, NULL);
}

void
scope_search(struct exchange *x, struct scope *s, const char *text)
{
	search_query_free(&s->query);
	search_query_read(&s->query, slice_of(text));
	set_zone(x, s);
	s->index.query = &s->query;
}

static int
read_before(struct exchange *x, struct scope *s)
{
	char text[64];
	ssize_t n = web_query(x, "before", text, sizeof(text));
	bool local;

	if (n == -1 || n == 0)
		return 0;
	if (n < 0 ||
	    search_date((struct slice){ text, (size_t)n }, &s->index.before,
		&local) < 0)
		return inbox_error(x, 400, "before: not a date") + 1;
	return 0;
}

int
scope_read(struct exchange *x, struct scope *s)
{
	ssize_t n;

	memset(s, 0, sizeof(*s));
	s->limit = SCOPE_LIMIT;
	if (scope_number(x, "start", &s->start) < 0)
		return inbox_error(x, 400, "start: not a number") + 1;
	if (scope_number(x, "limit", &s->limit) < 0)
		return inbox_error(x, 400, "limit: not a number") + 1;
	n = web_query(x, "query", s->text, sizeof(s->text));
	if (n == -2)
		return inbox_error(x, 400, "query: too long, or no text") + 1;
	if (n < 0)
		s->text[0] = '\0';
	if (n > 0)
		scope_search(x, s, s->text);
	if (read_before(x, s) != 0)
		return 1;
	return read_mailbox(x, s);
}

void
scope_free(struct scope *s)
{
	search_query_free(&s->query);
}

int
scope_body(struct exchange *x, json_t **json)
{
	struct buf body;
	json_error_t fault;
	int status;

	*json = NULL;
	buf_init(&body, SCOPE_BODY_MAX);
	status = web_body_read(x, &body);
	if (status == 1)
		web_refuse(x, 413, "the body is too large");
	if (status != 0) {
		buf_free(&body);
		return status;
	}
	if (body.n == 0)
		*json = json_object();
	else
		*json = json_loadb(body.p, body.n, 0, &fault);
	buf_free(&body);
	if (!json_is_object(*json)) {
		json_decref(*json);
		*json = NULL;
		return inbox_error(x, 400, "the body is no JSON object") + 1;
	}
	return 0;
}
