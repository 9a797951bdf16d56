/*
 * hog_start.h - an inbox over a Maildir of its own, for the tests of MailHog's
 * routes, the socket, sending and rules.
 */
#ifndef HOG_START_H
#define HOG_START_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

static const char *mail; /* the Maildir */
static struct rig *inbox_rig;

/* An inbox, with one more option or NULL. */
static inline void
start_inbox(const char *option)
{
	const char *dir = rig_place();

	chmod(dir, 0777); /* for whoever the children are */
	mail = strdup(rig_in(dir, "mail"));
	inbox_rig = rig_start(option == NULL ?
		RIG("berth-inboxd", "--listen", "127.0.0.1:0", mail) :
		RIG("berth-inboxd", "--listen", "127.0.0.1:0", option, mail));
	cr_assert(rig_gets_ready(rig_address(inbox_rig, "inbox")));
}

/* As a delivery does it: written elsewhere, then put there whole. */
static inline void
put_mail(const char *name, const char *text)
{
	char to[300];

	snprintf(to, sizeof(to), "new/%s", name);
	rig_file(mail, "tmp/delivery", text);
	cr_assert_eq(rename(rig_in(mail, "tmp/delivery"), rig_in(mail, to)), 0);
}

/* One as the mail server leaves it; what follows the trace block is text. */
static inline void
put_received(const char *id, const char *text)
{
	char all[8192], name[200];

	snprintf(all, sizeof(all),
	    "Return-Path: <bounce@one.example>\r\n"
	    "Delivered-To: to@two.example\r\n"
	    "Delivered-To: hidden@two.example\r\n"
	    "Received: from client.example (localhost [127.0.0.1])\r\n"
	    "\tby mx.example with ESMTP id %s;\r\n"
	    "\tFri, 27 Nov 2026 01:02:03 +0000\r\n%s",
	    id, text);
	snprintf(name, sizeof(name), "%s.host", id);
	put_mail(name, all);
}

/*
 * Ask; the reply's body, if it is JSON, or NULL.  status gets the status.
 */
static inline json_t *
ask_json(const char *method, const char *path, const char *body, int *status)
{
	char *request = malloc(strlen(path) + strlen(body) + 200);
	struct rig_reply r;
	json_t *value;

	sprintf(request,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    method, path, strlen(body), body);
	cr_assert(rig_ask(rig_address(inbox_rig, "inbox"), request, &r),
	    "%s %s", method, path);
	*status = r.status;
	value = json_loadb(r.body.p, r.body.n, JSON_DECODE_ANY, NULL);
	rig_reply_free(&r);
	free(request);
	return value;
}

static inline json_t *
get_json(const char *path)
{
	int status;
	json_t *value = ask_json("GET", path, "", &status);

	cr_assert_eq(status, 200, "%s: %d", path, status);
	cr_assert_not_null(value, "%s", path);
	return value;
}

/* The value at a path such as "items.0.Raw.To.1"; NULL if it is not there. */
static inline const json_t *
at(const json_t *value, const char *path)
{
	struct slice rest = slice_of(path);

	while (rest.p != NULL && value != NULL) {
		char key[64];
		struct slice s = slice_cut(&rest, '.');

		cr_assert_eq(slice_copy(s, key, sizeof(key)), 0);
		value = json_is_array(value) ?
		    json_array_get(value, (size_t)atoi(key)) :
		    json_object_get(value, key);
	}
	return value;
}

/* It is this text there. */
static inline void
expect_text(const json_t *value, const char *path, const char *text)
{
	const char *is = json_string_value(at(value, path));

	cr_expect(is != NULL && strcmp(is, text) == 0, "%s: \"%s\" not \"%s\"",
	    path, is == NULL ? "(none)" : is, text);
}

static inline void
expect_number(const json_t *value, const char *path, long long number)
{
	const json_t *v = at(value, path);

	cr_expect(json_is_integer(v) && json_integer_value(v) == number,
	    "%s: %lld not %lld", path, (long long)json_integer_value(v),
	    number);
}

#endif
