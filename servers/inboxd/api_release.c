/*
 * api_release.c - a message that was caught goes on to a real server: --relay.
 *
 *	POST /api/v1/message/ID/release {"To":["a@b.example"]}
 *	POST /api/v1/messages/ID/release {"email":"a@b.example"}	(MailHog)
 *
 * This process cannot connect anywhere: the relay (mail/relay.h) sends it, and
 * is given the open file.  It goes out as it was sent, from the sender that it
 * had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "grammar/mail_trace.h"
#include "inboxd/api.h"
#include "inboxd/hog.h"
#include "inboxd/member.h"
#include "mail/relay.h"
#include "system/clock.h"
#include "system/fdpass.h"

#define HEAD_MAX 65536
#define BUSY_MS  100 /* another message of this connection is on its way */
#define LOOK_MS  1000

/* A message on its way. */
struct release {
	struct relay_ask ask;
	size_t to_n;
	int file;
	bool hog;
	int64_t until_ms;
	struct relay_answer answer; /* its ticket is 0 until it has come */
	struct release *next;       /* of those that the relay has */
	char refused[RELAY_WORDS_MAX];
};

static uint32_t last_ticket;
static struct release *asked; /* the relay, by streams of this connection */

/* An error as either of the two tells it. */
static int
fail(struct exchange *x, bool hog, int status, const char *why)
{
	struct buf out;

	buf_init(&out, 4096);
	buf_addz(&out, "{\"Error\":");
	record_string(&out, slice_of(why));
	buf_addc(&out, '}');
	if (hog)
		hog_error(x, status, why);
	else
		web_json(x, status, &out);
	web_because(x, why);
	buf_free(&out);
	return 0;
}

/* ---- what is asked ---- */

/* It goes into a field of the answer and a line of the log: as it is only if it
 * is a word there. */
static const char *
refuse(struct release *r, const char *address, const char *why)
{
	bool word = address != NULL && address[0] != '\0';

	for (const char *p = address; word && *p != '\0'; p++)
		word = *p > ' ' && *p < 127;
	snprintf(r->refused, sizeof(r->refused), "%s is %s",
	    word ? address : "a recipient", why);
	return r->refused;
}

/* Returns NULL, or why this cannot be a recipient. */
static const char *
add_recipient(struct release *r, const char *address)
{
	size_t n = address == NULL ? 0 : strlen(address) + 1;

	if (address == NULL || !relay_is_address(address))
		return refuse(r, address, "no address");
	if (!relay_may(address, inbox.relay_to.item, inbox.relay_to.n))
		return refuse(r, address, "not one of --relay-to");
	if (r->ask.count == RELAY_TO_MOST || r->to_n + n > sizeof(r->ask.to))
		return "too many recipients";
	memcpy(r->ask.to + r->to_n, address, n);
	r->to_n += n;
	r->ask.count++;
	return NULL;
}

static const char *
take_list(struct release *r, const json_t *body)
{
	const json_t *to = member_get(body, "To"), *one;
	const char *why = NULL;
	size_t i;

	json_array_foreach(to, i, one) if (why == NULL) why =
	    add_recipient(r, json_string_value(one));
	if (why == NULL && r->ask.count == 0)
		why = "no recipients: {\"To\":[\"a@b.example\"]}";
	return why;
}

/* As MailHog has it, keys in any case; another server than ours is not asked. */
static const char *
take_hog(struct release *r, json_t *body)
{
	const char *key, *email = NULL, *host = NULL;
	json_t *value;

	json_object_foreach(body, key, value)
	{
		if (strcasecmp(key, "email") == 0)
			email = json_string_value(value);
		if (strcasecmp(key, "host") == 0)
			host = json_string_value(value);
	}
	if (host != NULL && host[0] != '\0' &&
	    (strncasecmp(inbox.relay, host, strlen(host)) != 0 ||
		inbox.relay[strlen(host)] != ':'))
		return "mail is released to the server of --relay only";
	return add_recipient(r, email);
}

/* Who sent it, and where what was sent begins. */
static int
read_trace(struct release *r, int64_t offset)
{
	struct mail_trace trace;
	char *head = malloc(HEAD_MAX);
	ssize_t n = head == NULL ? -1 : pread(r->file, head, HEAD_MAX, 0);
	int status = -1;

	if (n >= 0 && lseek(r->file, (off_t)offset, SEEK_SET) >= 0)
		status = 0;
	if (status == 0 &&
	    mail_trace_read((struct slice){ head, (size_t)n }, &trace) > 0)
		status =
		    slice_copy(trace.from, r->ask.from, sizeof(r->ask.from));
	free(head);
	return status;
}

static const char *
open_message(struct release *r, struct exchange *x, const char *id)
{
	struct found f;
	int64_t offset, size;

	if (api_find(x, id, &f, true) != 0)
		return "";
	r->file = api_open(x, &f, &offset, &size);
	api_found_free(&f);
	if (r->file < 0)
		return "";
	return read_trace(r, offset) < 0 ? "the message cannot be read" : NULL;
}

/* ---- on its way ---- */

static void
done(void *own)
{
	struct release *r = own, **at = &asked;

	while (*at != NULL && *at != r)
		at = &(*at)->next;
	if (*at == r)
		*at = r->next;
	if (r->file >= 0)
		close(r->file);
	free(r);
}

/* What the relay says of it. */
static int
answered(struct exchange *x, struct release *r)
{
	char why[RELAY_WORDS_MAX]; /* r goes with the reply before */
	bool hog = r->hog;

	memcpy(why, r->answer.words, sizeof(why));
	why[sizeof(why) - 1] = '\0';
	switch (r->answer.end) {
	case RELAY_SENT:
		return hog ?
		    web_bytes(x, 200, "text/json", (struct slice){ "", 0 }) :
		    inbox_ok(x);
	case RELAY_REFUSED:
		return fail(x, hog, 400, why);
	default:
		return fail(x, hog, 502, why[0] == '\0' ? "not now" : why);
	}
}

static void
give(const struct relay_answer *a)
{
	for (struct release *r = asked; r != NULL; r = r->next)
		if (r->ask.ticket == a->ticket)
			r->answer = *a;
}

/*
 * Take the answers that there are, whoever waits for them.  Returns false when
 * the relay has gone.
 */
static bool
hear(struct conn *c)
{
	struct relay_answer a;
	int fd, got;

	while ((got = fdpass_receive(c->dialler, &a, sizeof(a), &fd)) > 0) {
		if (fd >= 0)
			close(fd);
		c->dials = 0;
		give(&a);
	}
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static int
await(struct exchange *x)
{
	struct release *r = x->reply.own;
	bool open = hear(x->c);

	if (r->answer.ticket == r->ask.ticket)
		return answered(x, r);
	if (!open || clock_ms() >= r->until_ms)
		return fail(x, r->hog, 502, "the relay does not answer");
	return web_later(x, x->c->dialler, LOOK_MS, await);
}

/* One message of a connection at a time: see mail/relay.h. */
static int
begin(struct exchange *x)
{
	struct release *r = x->reply.own;

	if (x->c->dialler < 0)
		return fail(x, r->hog, 502, RELAY_PROGRAM " does not run here");
	hear(x->c);
	if (x->c->dials > 0 && clock_ms() < r->until_ms)
		return web_later(x, -1, BUSY_MS, begin);
	if (++last_ticket == 0)
		last_ticket = 1;
	r->ask.ticket = last_ticket;
	if (fdpass_send(x->c->dialler, &r->ask, sizeof(r->ask), r->file) < 0)
		return fail(x, r->hog, 502, "the relay cannot be reached");
	x->c->dials = 1;
	r->next = asked;
	asked = r;
	return await(x);
}

static int
release(struct exchange *x, const char *id, bool hog)
{
	struct release *r;
	const char *why;
	json_t *body;
	int status = scope_body(x, &body);

	if (status != 0)
		return status < 0 ? status : 0;
	if (inbox.relay == NULL) {
		json_decref(body);
		return fail(x, hog, hog ? 501 : 400,
		    "mail that is caught stays here, unless the server is "
		    "started with --relay HOST:PORT");
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		json_decref(body);
		return fail(x, hog, 500, "no memory");
	}
	r->file = -1;
	r->hog = hog;
	r->until_ms = clock_ms() + RELAY_MS + 5000;
	why = hog ? take_hog(r, body) : take_list(r, body);
	json_decref(body);
	if (why == NULL)
		why = open_message(r, x, id);
	if (why != NULL) {
		/* Where it could not be found that has been told. */
		if (why[0] != '\0')
			fail(x, hog, 400, why);
		done(r);
		return 0;
	}
	web_begin(x, 502);
	web_when_done(x, done, r);
	return begin(x);
}

int
api_release(struct exchange *x, const char *part)
{
	return release(x, part, false);
}

int
hog_release(struct exchange *x, const char *part)
{
	return release(x, part, true);
}
