/*
 * hog.c - MailHog's routes for one message, and the small ones.
 */
#include "inboxd/hog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/num.h"
#include "grammar/http_fields.h"
#include "grammar/transfer.h"
#include "grammar/uri.h"
#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/hog_content.h"
#include "inboxd/segments.h"

static const char inert[] = "sandbox; default-src 'none'";

int
hog_error(struct exchange *x, int status, const char *why)
{
	web_bytes(x, status, "text/json", (struct slice){ "", 0 });
	web_fieldz(x, "X-Berth-Error", why);
	x->why = why;
	return 0;
}

struct opening {
	struct hog_message *m;
	int status; /* 0 when it is open */
};

static void
open_row(void *with, const struct index_row *row, struct slice document)
{
	struct opening *o = with;

	(void)document;
	o->status = hog_open(o->m, row, HOG_DATA_MAX);
	if (o->status < 0)
		hog_close(o->m);
}

/* Returns 0, with m to be closed, or 1 when a reply has been made. */
static int
find(struct exchange *x, const char *id, struct hog_message *m)
{
	struct index_scope all = { 0 };
	struct opening o = { m, -1 };
	int status;

	barrier_wait();
	status = index_message(inbox.index, &all, id, open_row, &o);
	if (status < 0)
		return inbox_failed(x, status) + 1;
	if (status == 0 || o.status < 0)
		return hog_error(x, 404, "there is no such message") + 1;
	return 0;
}

int
hog_message(struct exchange *x, const char *part)
{
	struct hog_message m;
	struct buf out;

	if (find(x, part, &m) != 0)
		return 0;
	buf_init(&out, HOG_JSON_MAX);
	hog_add(&out, &m);
	hog_close(&m);
	web_made(x, 200, "text/json", &out);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	buf_free(&out);
	return 0;
}

int
hog_delete(struct exchange *x, const char *part)
{
	struct hog_message m;

	if (find(x, part, &m) != 0)
		return 0;
	hog_close(&m);
	if (api_remove(&(struct ids){ &m.id, 1, 1 }, NULL) != 0)
		return hog_error(x, 500, "the Maildir cannot be changed");
	barrier_wait();
	return web_bytes(x, 200, "text/json", (struct slice){ "", 0 });
}

/*
 * MailHog and Mailpit both have this.  Mailpit says "ok", which MailHog's
 * client would take for JSON; that one says of no type that it accepts it.
 */
int
hog_delete_all(struct exchange *x, const char *part)
{
	int status = api_delete(x, part);

	if (status != 0 || x->reply.status != 200)
		return status;
	if (inbox.compat == COMPAT_MAILHOG || web_get(x, "Accept").p == NULL)
		return web_bytes(x, 200, "text/json", (struct slice){ "", 0 });
	return inbox_ok(x);
}

int
hog_download(struct exchange *x, const char *part)
{
	struct found f;
	int64_t offset, size;
	int fd;

	if (api_find(x, part, &f, true) != 0)
		return 0;
	fd = api_open(x, &f, &offset, &size);
	if (fd >= 0) {
		web_file(x, 200, "message/rfc822", fd, (off_t)offset,
		    (uint64_t)(size - offset));
		web_fieldz(x, "X-Content-Type-Options", "nosniff");
		web_fieldf(x, "Content-Disposition",
		    "attachment; filename=\"%s.eml\"", f.id);
	}
	api_found_free(&f);
	return 0;
}

/* The n-th part; the message itself, if it has none. */
static bool
find_part(struct slice data, uint64_t n, struct slice *part)
{
	struct hog_content *c = malloc(sizeof(*c));
	bool found = false;
	struct slice rest, boundary;

	if (c == NULL)
		return false;
	hog_cut(c, data);
	rest = c->body;
	boundary = hog_boundary(c);
	for (uint64_t i = 0; i <= n && i < HOG_PARTS_MAX; i++) {
		found = hog_next_part(&rest, boundary, part);
		if (!found)
			break;
	}
	free(c);
	return found;
}

/* A type that may stand in our head, or none at all. */
static const char *
type_of(const struct hog_content *c, char to[128])
{
	struct slice field = hog_field(c, "Content-Type"), rest;
	struct slice type = slice_trim(http_before_params(field, &rest));
	struct slice sub = type, major = slice_cut(&sub, '/');

	if (!http_is_token(major) || !http_is_token(sub) || type.n > 100)
		return "application/octet-stream";
	snprintf(to, 128, "%.*s", SLICE_FMT(type));
	return to;
}

static int
answer_part(struct exchange *x, const char *id, uint64_t n, struct slice part)
{
	struct hog_content *c = malloc(sizeof(*c));
	struct transfer t;
	struct buf out;
	char type[128];

	if (c == NULL)
		return hog_error(x, 500, "no memory");
	hog_cut(c, part);
	buf_init(&out, TRANSFER_ROOM(c->body.n) + TRANSFER_ROOM(0));
	transfer_begin(&t,
	    transfer_named(
		slice_trim(hog_field(c, "Content-Transfer-Encoding"))));
	transfer_add(&t, c->body, &out);
	transfer_end(&t, &out);
	web_made(x, 200, "", &out);
	/* It is told as a field, for it lives no longer than this. */
	web_fieldz(x, "Content-Type", type_of(c, type));
	web_fieldf(x, "Content-Disposition",
	    "attachment; filename=\"%s-part-%u\"", id, (unsigned)n);
	web_fieldz(x, "Content-Security-Policy", inert);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	buf_free(&out);
	free(c);
	return 0;
}

int
hog_part(struct exchange *x, const char *part)
{
	char which[SEGMENT_MAX];
	struct hog_message m;
	struct slice bytes;
	uint64_t n;

	if (segments_second(
		x, "/api/v1/messages/*/mime/part/*/download", which) < 0 ||
	    num_within(slice_of(which), 0, HOG_PARTS_MAX - 1, &n) != NUM_OK)
		return hog_error(x, 404, "no such part");
	if (find(x, part, &m) != 0)
		return 0;
	if (find_part(m.data, n, &bytes))
		answer_part(x, m.id, n, bytes);
	else
		hog_error(x, 404, "the message has no such part");
	hog_close(&m);
	return 0;
}

/* By its name, which here is the server: {"HOST:PORT":{"Name": ...}}.  Who may
 * log in there is nobody else's business. */
static void
add_server(struct buf *out)
{
	struct slice host, port;

	if (inbox.relay == NULL ||
	    uri_host(slice_of(inbox.relay), &host, &port) < 0)
		return;
	record_string(out, slice_of(inbox.relay));
	buf_addz(out, ":{\"Name\":");
	record_string(out, slice_of(inbox.relay));
	buf_addz(out, ",\"Save\":false,\"Email\":\"\",\"Host\":");
	record_string(out, host);
	buf_addz(out, ",\"Port\":");
	record_string(out, port);
	buf_addz(
	    out, ",\"Username\":\"\",\"Password\":\"\",\"Mechanism\":\"\"}");
}

int
hog_outgoing(struct exchange *x, const char *part)
{
	struct buf out;

	(void)part;
	buf_init(&out, 4096);
	buf_addc(&out, '{');
	add_server(&out);
	buf_addc(&out, '}');
	web_made(x, 200, "text/json", &out);
	buf_free(&out);
	return 0;
}
