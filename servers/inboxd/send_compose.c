/*
 * send_compose.c - a message made of what POST /api/v1/send is given: the
 * header and the people in it; the parts are send_parts.c's.
 */
#include "inboxd/send_compose.h"

#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/date.h"
#include "grammar/http_fields.h"
#include "grammar/mail_address.h"
#include "grammar/mail_trace.h"
#include "grammar/mail_word.h"
#include "inboxd/member.h"
#include "inboxd/send_parts.h"

#define RCPTS_MAX (1 << 20)

static int
fail(struct send_mail *m, const char *key, const char *why)
{
	snprintf(m->why, sizeof(m->why), "%s: %s", key, why);
	return -1;
}

/* The address, if it is nothing else than one. */
static int
read_address(struct slice text, struct mail_address *a)
{
	text = slice_trim(text);
	return text.n > 0 && mail_path(text, a) == (int)text.n &&
		a->text.n > 0 ?
	    0 :
	    -1;
}

/* A name in front of an address: words, or one quoted word. */
static void
add_name(struct buf *out, struct slice name)
{
	bool plain = true, ascii = true;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		ascii = ascii && c < 128;
		plain = plain &&
		    (ascii_is(name.p[i], ASCII_ALPHA | ASCII_DIGIT) ||
			c == ' ');
	}
	if (plain || !ascii) {
		mail_word(name, out);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, ascii_is(name.p[i], ASCII_CTL) ? ' ' : name.p[i]);
	}
	buf_addc(out, '"');
}

/* One {"Name","Email"}, or a string with an address. */
static int
add_person(struct send_mail *m, const char *key, const json_t *person,
    struct slice *address)
{
	struct slice name = send_text(person, "Name"),
		     email = json_is_string(person) ?
	    slice_of(json_string_value(person)) :
	    send_text(person, "Email");
	struct mail_address a;

	if (read_address(email, &a) < 0)
		return fail(m, key, "Email is not an address");
	if (name.n > 0) {
		add_name(&m->text, name);
		buf_addc(&m->text, ' ');
	}
	buf_addf(&m->text, "<%.*s>", SLICE_FMT(a.text));
	*address = a.text;
	return 0;
}

static void
add_recipient(struct send_mail *m, struct slice address)
{
	mail_rcpt_add(&m->rcpts, address, (struct slice){ NULL, 0 });
	m->count++;
}

/* A field with people in it, each on a line of its own. */
static int
add_people(struct send_mail *m, const json_t *order, const char *key,
    const char *field, bool are_recipients)
{
	const json_t *all = member_get(order, key), *one;
	struct slice address;
	size_t i;

	if (json_array_size(all) == 0)
		return 0;
	buf_addf(&m->text, "%s: ", field);
	json_array_foreach(all, i, one)
	{
		if (i > 0)
			buf_addz(&m->text, ",\r\n ");
		if (add_person(m, key, one, &address) < 0)
			return -1;
		if (are_recipients)
			add_recipient(m, address);
	}
	buf_addz(&m->text, "\r\n");
	return 0;
}

static int
add_hidden(struct send_mail *m, const json_t *order)
{
	const json_t *one;
	size_t i;

	json_array_foreach(member_get(order, "Bcc"), i, one)
	{
		struct mail_address a;

		if (read_address(slice_of(json_string_value(one)), &a) < 0)
			return fail(m, "Bcc", "not an address");
		add_recipient(m, a.text);
	}
	return 0;
}

static void
add_field(struct buf *out, const char *name, struct slice value)
{
	buf_addf(out, "%s: ", name);
	mail_word(value, out);
	buf_addz(out, "\r\n");
}

/* Those that are made here cannot be given. */
static bool
is_ours(const char *name)
{
	static const char *const ours[] = { "From", "To", "Cc", "Bcc",
		"Reply-To", "Subject", "MIME-Version", "Content-Type",
		"Content-Transfer-Encoding" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (slice_iis(slice_of(name), ours[i]))
			return true;
	return false;
}

static int
add_given(struct send_mail *m, const json_t *headers)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)headers, name, value)
	{
		if (!http_is_token(slice_of(name)) || strlen(name) > 200 ||
		    is_ours(name))
			return fail(
			    m, "Headers", "a name that cannot be given here");
		if (!json_is_string(value))
			return fail(m, "Headers", "a value that is no text");
		add_field(&m->text, name, slice_of(json_string_value(value)));
	}
	return 0;
}

static bool
is_given(const json_t *headers, const char *field)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)headers, name,
	    value) if (slice_iis(slice_of(name), field)) return true;
	return false;
}

static int
add_head(struct send_mail *m, const json_t *order, const char *id, int64_t now)
{
	const json_t *headers = member_get(order, "Headers");
	char date[DATE_MAX_TEXT];
	struct slice from;

	buf_addz(&m->text, "From: ");
	if (add_person(m, "From", member_get(order, "From"), &from) < 0)
		return -1;
	buf_adds(&m->from, from);
	buf_addz(&m->text, "\r\n");
	if (add_people(m, order, "To", "To", true) < 0 ||
	    add_people(m, order, "Cc", "Cc", true) < 0 ||
	    add_people(m, order, "ReplyTo", "Reply-To", false) < 0 ||
	    add_hidden(m, order) < 0)
		return -1;
	if (m->count == 0)
		return fail(m, "To", "no recipient");
	add_field(&m->text, "Subject", send_text(order, "Subject"));
	if (!is_given(headers, "Date")) {
		date_mail(now, date);
		buf_addf(&m->text, "Date: %s\r\n", date);
	}
	if (!is_given(headers, "Message-ID"))
		buf_addf(&m->text, "Message-ID: <%s@berth>\r\n", id);
	return add_given(m, headers);
}

int
send_compose(
    struct send_mail *m, const json_t *order, const char *id, int64_t now)
{
	const char *why = NULL;

	*m = (struct send_mail){ .why = "" };
	buf_init(&m->from, MAIL_ADDRESS_MAX);
	buf_init(&m->rcpts, RCPTS_MAX);
	buf_init(&m->text, SEND_MAX);
	if (add_head(m, order, id, now) < 0)
		return -1;
	buf_addz(&m->text, "MIME-Version: 1.0\r\n");
	if (send_parts(&m->text, order, id, &why) < 0)
		return fail(m, "Attachments", why);
	if (m->from.failed || m->rcpts.failed || m->text.failed)
		return fail(m, "message", "too large");
	return 0;
}

void
send_free(struct send_mail *m)
{
	buf_free(&m->from);
	buf_free(&m->rcpts);
	buf_free(&m->text);
}
