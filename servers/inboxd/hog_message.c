/*
 * hog_message.c - a message as MailHog tells it, from its file to JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "inboxd/hog.h"
#include "inboxd/hog_content.h"
#include "inboxd/sent.h"

#define CUT_TO 65536 /* bytes of a message whose JSON would be too long */

static int
read_file(int fd, struct buf *to, size_t n)
{
	size_t done = 0;
	char *p = buf_room(to, n);

	if (p == NULL) {
		errno = ENOMEM;
		return -1;
	}
	while (done < n) {
		ssize_t got = read(fd, p + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	buf_grew(to, done);
	return 0;
}

int
hog_open(struct hog_message *m, const struct index_row *row, size_t most)
{
	struct maildir_file file = row->file;
	struct stat st;
	long traced;
	int fd, status;

	*m = (struct hog_message){ .created = row->created };
	memcpy(m->id, row->id, strnlen(row->id, sizeof(m->id) - 1));
	buf_init(&m->file, most + 1);
	fd = maildir_open_message(inbox.maildir, &file, &st);
	if (fd < 0)
		return -1;
	status = read_file(fd, &m->file,
	    (size_t)st.st_size < most ? (size_t)st.st_size : most);
	close(fd);
	traced = mail_trace_read(buf_slice(&m->file), &m->trace);
	if (traced > 0 && m->trace.lf) {
		sent_ends(&m->file);
		traced = mail_trace_read(buf_slice(&m->file), &m->trace);
	}
	m->data = buf_slice(&m->file);
	if (traced > 0)
		m->data = slice_from(m->data, (size_t)traced);
	else
		m->trace = (struct mail_trace){ .date = 0 };
	return status;
}

void
hog_close(struct hog_message *m)
{
	buf_free(&m->file);
}

/* "mailbox@domain" as a Path. */
static void
add_path(struct buf *out, struct slice address)
{
	const char *at = slice_rfind(address, '@');
	struct slice mailbox = address, domain = { NULL, 0 };

	if (at != NULL) {
		mailbox = slice_between(address.p, at);
		domain = slice_between(at + 1, address.p + address.n);
	}
	buf_addz(out, "{\"Relays\":null,\"Mailbox\":");
	record_string(out, mailbox);
	buf_addz(out, ",\"Domain\":");
	record_string(out, domain);
	buf_addz(out, ",\"Params\":\"\"}");
}

/* Each recipient, by add. */
static void
add_recipients(struct buf *out, const struct hog_message *m,
    void (*add)(struct buf *, struct slice))
{
	struct slice rest = m->trace.rcpts, params, one;
	size_t n = 0;

	buf_addc(out, '[');
	while ((one = mail_trace_rcpt(&rest, &params)).n > 0) {
		if (n++ > 0)
			buf_addc(out, ',');
		add(out, one);
	}
	buf_addc(out, ']');
}

/* What MailHog adds to the fields: the envelope and, if need be, an ID. */
static void
add_own_fields(struct buf *out, const struct hog_message *m)
{
	struct hog_content *c = malloc(sizeof(*c));
	struct buf text;

	if (c == NULL) {
		out->failed = true;
		return;
	}
	hog_cut(c, m->data);
	buf_init(&text, CUT_TO);
	if (hog_field(c, "Message-ID").p == NULL)
		buf_addf(out, ",\"Message-ID\":[\"%s\"]", m->id);
	if (m->trace.with.n > 0 && hog_field(c, "Received").p == NULL) {
		buf_addf(&text,
		    "from %.*s by %.*s (Berth)\r\n          id %s; %.*s",
		    SLICE_FMT(m->trace.helo), SLICE_FMT(m->trace.host), m->id,
		    SLICE_FMT(m->trace.date_text));
		buf_addz(out, ",\"Received\":[");
		record_string(out, buf_slice(&text));
		buf_addc(out, ']');
	}
	if (m->trace.with.n > 0 && hog_field(c, "Return-Path").p == NULL) {
		buf_clear(&text);
		buf_addf(&text, "<%.*s>", SLICE_FMT(m->trace.from));
		buf_addz(out, ",\"Return-Path\":[");
		record_string(out, buf_slice(&text));
		buf_addc(out, ']');
	}
	buf_free(&text);
	free(c);
}

static void
add_message(struct buf *out, const struct hog_message *m)
{
	struct buf own;

	buf_init(&own, CUT_TO);
	add_own_fields(&own, m);
	buf_addf(out, "{\"ID\":\"%s\",\"From\":", m->id);
	add_path(out, m->trace.from);
	buf_addz(out, ",\"To\":");
	add_recipients(out, m, add_path);
	buf_addz(out, ",\"Content\":");
	hog_add_content(out, m->data, buf_slice(&own));
	buf_free(&own);
	buf_addz(out, ",\"Created\":");
	record_time(out, m->created);
	buf_addz(out, ",\"MIME\":");
	hog_add_mime(out, m->data);
	buf_addz(out, ",\"Raw\":{\"From\":");
	record_string(out, m->trace.from);
	buf_addz(out, ",\"To\":");
	add_recipients(out, m, record_string);
	buf_addz(out, ",\"Data\":");
	record_string(out, m->data);
	buf_addz(out, ",\"Helo\":");
	record_string(out, m->trace.helo);
	buf_addz(out, "}}");
}

void
hog_add(struct buf *out, const struct hog_message *m)
{
	struct hog_message less = *m;
	size_t before = out->n;

	add_message(out, m);
	if (!out->failed || before > 0)
		return;
	buf_clear(out);
	less.data.n = less.data.n < CUT_TO ? less.data.n : CUT_TO;
	add_message(out, &less);
}

/* Does word, in lower case, occur in s? */
static bool
holds(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.n <= s.n; i++) {
		size_t n = 0;

		while (n < word.n && ascii_lower(s.p[i + n]) == word.p[n])
			n++;
		if (n == word.n)
			return true;
	}
	return false;
}

static bool
field_holds(const struct hog_message *m, const char *name, struct slice word)
{
	static struct hog_content c; /* large */

	hog_cut(&c, m->data);
	return holds(hog_field(&c, name), word);
}

bool
hog_fits(const struct hog_message *m, enum hog_kind kind, struct slice word)
{
	struct slice rest = m->trace.rcpts, params, one;

	switch (kind) {
	case HOG_FROM:
		return holds(m->trace.from, word) ||
		    field_holds(m, "From", word);
	case HOG_TO:
		while ((one = mail_trace_rcpt(&rest, &params)).n > 0)
			if (holds(one, word))
				return true;
		return field_holds(m, "To", word);
	case HOG_CONTAINING:
		break;
	}
	return holds(m->data, word);
}
