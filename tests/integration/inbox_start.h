/*
 * inbox_start.h - an inbox and the mail server whose mail it shows, over one
 * Maildir; what the tests of berth-inboxd ask it.
 */
#ifndef INBOX_START_H
#define INBOX_START_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "rig/rig.h"
#include "rig/smtp.h"

static struct rig *inbox, *smtp;
static const char *mail; /* the Maildir */

/* As root it lies where the servers' children could not find it. */
static inline void
start_mail(const char *const argv[], const char *const smtpd[])
{
	inbox = rig_start(argv);
	smtp = rig_start(smtpd);
}

static inline const char *
make_place(void)
{
	static char closed[4096], path[sizeof(closed) + 8];

	snprintf(closed, sizeof(closed), "%s", rig_in(rig_place(), "closed"));
	cr_assert_eq(mkdir(closed, 0700), 0);
	snprintf(path, sizeof(path), "%s/mail", closed);
	mail = path;
	return mail;
}

static inline void
start(void)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

static inline void
stop(void)
{
	cr_expect_eq(rig_stop(smtp), 0);
	cr_expect_eq(rig_stop(inbox), 0);
}

/* Send a message, which is lines that end in CRLF; the ID of it. */
static inline const char *
send_to(const char *to, const char *message)
{
	static char id[4][128];
	static int turn;
	int fd = rig_open(smtp, "smtp");
	char *own = id[turn++ % 4];
	struct buf reply;
	char line[256];

	buf_init(&reply, 4096);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO client.example", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<ann@a.example>", "250"));
	snprintf(line, sizeof(line), "RCPT TO:<%s>", to);
	cr_assert(rig_smtp(fd, line, "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_send(fd, message));
	cr_assert(rig_send(fd, ".\r\n"));
	cr_assert_eq(rig_smtp_reply(fd, &reply), 250);
	cr_assert_eq(sscanf(buf_str(&reply), "250 2.0.0 %127s", own), 1);
	buf_free(&reply);
	close(fd);
	return own;
}

#define FROM                "From: Ann <ann@a.example>\r\nSubject: "
#define MAIL(subject, text) FROM subject "\r\n\r\n" text "\r\n"

/* METHOD and path, a body or NULL; the status. */
static inline int
ask(const char *method, const char *path, const char *body,
    struct rig_reply *reply)
{
	static struct rig_reply own;
	char request[8192];

	snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    method, path, body == NULL ? 0 : strlen(body),
	    body == NULL ? "" : body);
	if (reply == NULL)
		reply = &own;
	cr_assert(rig_ask(rig_address(inbox, "inbox"), request, reply), "%s %s",
	    method, path);
	return reply->status;
}

/* GET as JSON; it is 200, or the status that is given. */
static inline json_t *
get(const char *path, int status)
{
	struct rig_reply r;
	json_t *j;

	cr_assert_eq(ask("GET", path, NULL, &r), status, "%s: %d %.*s", path,
	    r.status, SLICE_FMT(r.body));
	j = json_loadb(r.body.p, r.body.n, 0, NULL);
	cr_assert_not_null(j, "%s: no JSON: %.*s", path, SLICE_FMT(r.body));
	rig_reply_free(&r);
	return j;
}

static inline const char *
text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	cr_assert_not_null(s, "no text %s", key);
	return s;
}

static inline int
number(const json_t *j, const char *key)
{
	cr_assert(
	    json_is_integer(json_object_get(j, key)), "no number %s", key);
	return (int)json_integer_value(json_object_get(j, key));
}

static inline const json_t *
nth(const json_t *j, const char *key, size_t n)
{
	const json_t *one = json_array_get(json_object_get(j, key), n);

	cr_assert_not_null(one, "no %zu. of %s", n, key);
	return one;
}

/* How many messages does a list say it has? */
static inline int
count(const char *path)
{
	json_t *j = get(path, 200);
	int n = number(j, "messages_count");

	json_decref(j);
	return n;
}

/* path, made as printf makes it. */
__attribute__((format(printf, 1, 2))) static inline const char *
at(const char *fmt, ...)
{
	static char made[4][1024];
	static int turn;
	char *to = made[turn++ % 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to, sizeof(made[0]), fmt, ap);
	va_end(ap);
	return to;
}

#endif
