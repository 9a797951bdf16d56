/*
 * api_send.c - a message that is made here and received at once, as if it had
 * come by SMTP: for tests that have no mail client.
 */
#include <errno.h>
#include <string.h>

#include "grammar/mail_trace.h"
#include "inboxd/api.h"
#include "inboxd/member.h"
#include "inboxd/send_compose.h"
#include "inboxd/sent.h"
#include "system/clock.h"

static int
tell_error(struct exchange *x, int status, const char *why)
{
	struct buf out;

	buf_init(&out, 4096);
	buf_addz(&out, "{\"Error\":");
	record_string(&out, slice_of(why));
	buf_addc(&out, '}');
	return web_json(x, status, &out);
}

/* The trace block and the message.  Returns 0 or -1 with errno. */
static int
put(const struct exchange *x, const struct send_mail *m, const char *id,
    const char *folder, const char *flags)
{
	char client[ADDR_MAX_TEXT];
	struct mail_trace trace = { .from = buf_slice(&m->from),
		.rcpts = buf_slice(&m->rcpts),
		.rcpt_count = m->count,
		.helo = SLICE("api"),
		.host = SLICE("berth"),
		.with = SLICE("HTTP"),
		.id = slice_of(id),
		.date = clock_wall_s() };
	struct buf all;
	int status;

	addr_host(&x->c->peer, client);
	trace.address = slice_of(client);
	buf_init(&all, SEND_MAX + (4 << 20));
	mail_trace_make(&trace, &all);
	buf_adds(&all, buf_slice(&m->text));
	if (inbox.lf && !all.failed)
		sent_ends(&all);
	errno = ENOMEM;
	status = all.failed ?
	    -1 :
	    maildir_put(inbox.maildir, folder, flags, id, buf_slice(&all));
	buf_free(&all);
	return status;
}

static int
answer_id(struct exchange *x, const char *id)
{
	struct buf out;

	buf_init(&out, 200);
	buf_addf(&out, "{\"ID\":\"%s\"}", id);
	return web_json(x, 200, &out);
}

static int
deliver(struct exchange *x, const json_t *order, const char *folder)
{
	char id[MAILDIR_ID_MAX], flags[MAILDIR_KEYWORDS + 1];
	struct send_mail m;
	int status = 0;

	maildir_new_id(id);
	if (send_compose(&m, order, id, clock_wall_s()) < 0)
		status = tell_error(x, 400, m.why);
	else if (api_tag_flags(folder, member_get(order, "Tags"), flags) < 0)
		status = tell_error(
		    x, 400, "Tags: not a tag, or more than there is room for");
	else if (put(x, &m, id, folder, flags) < 0)
		status = tell_error(x, 500,
		    errno == ENOSPC ? "the disk is full" :
				      "the Maildir cannot be written");
	else
		status = answer_id(x, id);
	send_free(&m);
	return status;
}

int
api_send(struct exchange *x, const char *part)
{
	struct scope s;
	json_t *order;
	int status = scope_body(x, &order);

	(void)part;
	if (status != 0)
		return status < 0 ? status : 0;
	if (scope_read(x, &s) == 0) {
		if (s.index.folder != NULL && strcmp(s.index.folder, "/") == 0)
			tell_error(x, 404, "there is no such mailbox yet");
		else
			deliver(x, order,
			    s.index.folder == NULL ? "" : s.index.folder);
	}
	scope_free(&s);
	json_decref(order);
	return 0;
}
