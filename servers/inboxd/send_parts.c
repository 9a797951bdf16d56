/*
 * send_parts.c - text, HTML and attachments as MIME.
 */
#include "inboxd/send_parts.h"

#include <string.h>

#include "grammar/base64.h"
#include "grammar/http_fields.h"
#include "grammar/mail_word.h"
#include "inboxd/member.h"
#include "system/mime.h"

#define LINE_MAX_BYTES 900 /* of text that is sent as it is */

struct parts {
	struct buf *out;
	const json_t *order;
	const char *id;
	const char *why;
};

/* ---- multiparts ---- */

static void
begin_multipart(struct parts *p, const char *kind)
{
	buf_addf(p->out,
	    "Content-Type: multipart/%s;\r\n boundary=\"berth-%s-%s\"\r\n\r\n",
	    kind, kind, p->id);
}

static void
next_part(struct parts *p, const char *kind)
{
	buf_addf(p->out, "--berth-%s-%s\r\n", kind, p->id);
}

static void
end_multipart(struct parts *p, const char *kind)
{
	buf_addf(p->out, "--berth-%s-%s--\r\n", kind, p->id);
}

/* ---- text ---- */

/* Can it be sent as it is? */
static bool
is_plain(struct slice text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		column = c == '\n' ? 0 : column + 1;
		if (c == 0 || c > 126 || column > LINE_MAX_BYTES ||
		    (c == '\r' && (i + 1 == text.n || text.p[i + 1] != '\n')))
			return false;
	}
	return true;
}

static void
add_lines(struct buf *out, struct slice text)
{
	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		buf_adds(out, line);
		buf_addz(out, "\r\n");
	}
}

static void
add_text(struct parts *p, const char *type, struct slice text)
{
	bool plain = is_plain(text);

	buf_addf(p->out,
	    "Content-Type: %s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n",
	    type, plain ? "7bit" : "base64");
	if (plain)
		add_lines(p->out, text);
	else
		base64_lines(text, p->out);
}

/* ---- attachments ---- */

static bool
is_inline(const json_t *attachment)
{
	return send_text(attachment, "ContentID").n > 0;
}

static bool
has(const struct parts *p, bool inline_ones)
{
	const json_t *one;
	size_t i;

	json_array_foreach(member_get(p->order, "Attachments"), i,
	    one) if (is_inline(one) == inline_ones) return true;
	return false;
}

/* A type without parameters, of the file's name if it is none. */
static struct slice
type_of(const json_t *attachment)
{
	struct slice type = send_text(attachment, "ContentType");
	struct slice sub = type, major = slice_cut(&sub, '/');

	if (http_is_token(major) && http_is_token(sub) && type.n < 200)
		return type;
	return slice_of(mime_of_name(send_text(attachment, "Filename")));
}

static int
add_content(struct parts *p, struct slice text)
{
	struct buf tight, bytes;
	int status = -1;

	buf_init(&tight, text.n + 1);
	buf_init(&bytes, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		if (memchr(" \t\r\n", text.p[i], 4) == NULL)
			buf_addc(&tight, text.p[i]);
	if (base64_decode(buf_slice(&tight), &bytes) == 0) {
		base64_lines(buf_slice(&bytes), p->out);
		status = 0;
	}
	buf_free(&tight);
	buf_free(&bytes);
	if (status < 0)
		p->why = "Content is not base64";
	return status;
}

static int
add_attachment(struct parts *p, const json_t *a)
{
	struct slice name = send_text(a, "Filename"),
		     id = send_text(a, "ContentID");

	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] <= ' ' || id.p[i] > 126 || id.p[i] == '<' ||
		    id.p[i] == '>') {
			p->why = "ContentID is not an ID";
			return -1;
		}
	}
	buf_addf(p->out, "Content-Type: %.*s", SLICE_FMT(type_of(a)));
	if (name.n > 0) {
		buf_addz(p->out, ";\r\n ");
		mail_parameter("name", name, p->out);
	}
	buf_addf(p->out,
	    "\r\nContent-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: %s",
	    id.n > 0 ? "inline" : "attachment");
	if (name.n > 0) {
		buf_addz(p->out, ";\r\n ");
		mail_parameter("filename", name, p->out);
	}
	buf_addz(p->out, "\r\n");
	if (id.n > 0)
		buf_addf(p->out, "Content-ID: <%.*s>\r\n", SLICE_FMT(id));
	buf_addz(p->out, "\r\n");
	return add_content(p, send_text(a, "Content"));
}

static int
add_attachments(struct parts *p, const char *kind, bool inline_ones)
{
	const json_t *one;
	size_t i;

	json_array_foreach(member_get(p->order, "Attachments"), i, one)
	{
		if (is_inline(one) != inline_ones)
			continue;
		next_part(p, kind);
		if (add_attachment(p, one) < 0)
			return -1;
	}
	return 0;
}

/* ---- from the inside out ---- */

static int
add_html(struct parts *p)
{
	static const char kind[] = "related";
	struct slice html = send_text(p->order, "HTML");
	int status;

	if (!has(p, true)) {
		add_text(p, "text/html", html);
		return 0;
	}
	begin_multipart(p, kind);
	next_part(p, kind);
	if (html.n > 0)
		add_text(p, "text/html", html);
	else
		add_text(p, "text/plain", send_text(p->order, "Text"));
	status = add_attachments(p, kind, true);
	end_multipart(p, kind);
	return status;
}

static int
add_words(struct parts *p)
{
	static const char kind[] = "alternative";
	struct slice text = send_text(p->order, "Text"),
		     html = send_text(p->order, "HTML");
	int status;

	if (text.n == 0 || html.n == 0) {
		if (html.n > 0 || has(p, true))
			return add_html(p);
		add_text(p, "text/plain", text);
		return 0;
	}
	begin_multipart(p, kind);
	next_part(p, kind);
	add_text(p, "text/plain", text);
	next_part(p, kind);
	status = add_html(p);
	end_multipart(p, kind);
	return status;
}

int
send_parts(
    struct buf *out, const json_t *order, const char *id, const char **why)
{
	static const char kind[] = "mixed";
	struct parts p = { .out = out, .order = order, .id = id };
	int status;

	if (!has(&p, false)) {
		status = add_words(&p);
	} else {
		begin_multipart(&p, kind);
		next_part(&p, kind);
		status = add_words(&p);
		if (status == 0)
			status = add_attachments(&p, kind, false);
		end_multipart(&p, kind);
	}
	*why = p.why;
	return status;
}

struct slice
send_text(const json_t *object, const char *key)
{
	const json_t *value = member_get(object, key);

	if (!json_is_string(value))
		return (struct slice){ "", 0 };
	return (struct slice){ json_string_value(value),
		json_string_length(value) };
}
