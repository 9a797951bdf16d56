/*
 * record_raw.c - a document of a message whose MIME nobody reads.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "grammar/mail_trace.h"
#include "grammar/mail_list.h"
#include "mail/record.h"

#define SNIPPET    250  /* characters, as the reader has it */
#define FIELDS_MAX 2000 /* of a header; further ones are left out */
#define PEOPLE_MAX 1000 /* in one field */

/* From the beginning of a file on, as much as is shown. */
static int
load(int fd, struct buf *b)
{
	while (b->n < b->max) {
		size_t want = b->max - b->n < 65536 ? b->max - b->n : 65536;
		char *to = buf_room(b, want);
		ssize_t n;

		if (to == NULL) {
			errno = ENOMEM;
			return -1;
		}
		n = pread(fd, to, want, (off_t)b->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		buf_grew(b, (size_t)n);
	}
	return 0;
}

/* The next field of a header, still folded; nothing at its end. */
static struct slice
next_field(struct slice *rest)
{
	const char *p = rest->p, *end = rest->p + rest->n, *lf;
	struct slice field;

	if (rest->n == 0 || *p == '\n' || slice_starts(*rest, "\r\n"))
		return (struct slice){ NULL, 0 };
	for (lf = p;; lf++) {
		lf = memchr(lf, '\n', (size_t)(end - lf));
		if (lf == NULL || lf + 1 == end ||
		    (lf[1] != ' ' && lf[1] != '\t'))
			break;
	}
	field = slice_between(p, lf == NULL ? end : lf + 1);
	*rest = slice_from(*rest, field.n);
	return field;
}

/* Name and value, unfolded into b; false if it is no field. */
static bool
unfold(struct slice field, struct slice *name, struct buf *value)
{
	struct slice v = field;

	*name = slice_cut(&v, ':');
	buf_clear(value);
	if (v.p == NULL || name->n == 0)
		return false;
	*name = slice_trim(*name);
	v = slice_trim(v);
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '\r' && v.p[i] != '\n')
			buf_addc(value, v.p[i]);
	while (value->n > 0 && ascii_is(value->p[value->n - 1], ASCII_CTL))
		value->n--;
	return true;
}

/* The value of the first field of this name. */
static struct slice
field_of(struct slice head, const char *name, struct buf *value)
{
	struct slice field, is;

	while ((field = next_field(&head)).n > 0)
		if (unfold(field, &is, value) && slice_iis(is, name))
			return buf_slice(value);
	buf_clear(value);
	return buf_slice(value);
}

static void
add_person(struct buf *out, struct slice name, struct slice address)
{
	buf_addz(out, "{\"Name\":");
	record_string(out, name);
	buf_addz(out, ",\"Address\":");
	record_string(out, address);
	buf_addc(out, '}');
}

/*
 * The people in a field, most of them, with commas between; what cannot be
 * read as an address is shown as one, for a person will look at it.  Returns
 * how many.
 */
static int
add_list(struct buf *out, struct slice text, int most)
{
	struct buf address, name;
	struct mail_list list;
	int n = 0, got;

	buf_init(&address, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	mail_list_init(&list, text);
	while (
	    n < most && (got = mail_list_read(&list, &address, &name)) != 0) {
		if (n++ > 0)
			buf_addc(out, ',');
		if (got > 0) {
			add_person(out, buf_slice(&name), buf_slice(&address));
			continue;
		}
		add_person(out, (struct slice){ NULL, 0 },
		    slice_trim(slice_from(text, list.at)));
		break;
	}
	buf_free(&address);
	buf_free(&name);
	return n;
}

static void
add_people(struct buf *out, struct slice head, const char *key,
    const char *name, struct buf *value)
{
	buf_addf(out, ",\"%s\":[", key);
	add_list(out, field_of(head, name, value), PEOPLE_MAX);
	buf_addc(out, ']');
}

static void
add_text(struct buf *out, const char *key, struct slice s)
{
	buf_addf(out, ",\"%s\":", key);
	record_string(out, s);
}

static void
add_envelope(struct buf *out, const struct mail_trace *t)
{
	struct slice rest = t->rcpts, one, params;
	const char *comma = "";

	buf_addz(out, ",\"Envelope\":{\"From\":");
	record_string(out, t->from);
	buf_addz(out, ",\"To\":[");
	while ((one = mail_trace_rcpt(&rest, &params)).n > 0) {
		buf_addz(out, comma);
		record_string(out, one);
		comma = ",";
	}
	buf_addc(out, ']');
	add_text(out, "Helo", t->helo);
	add_text(out, "Address", t->address);
	add_text(out, "Name", t->name);
	add_text(out, "With", t->with);
	add_text(out, "User", t->user);
	add_text(out, "Params", t->params);
	add_text(out, "Date", t->date_text);
	buf_addc(out, '}');
}

static void
add_headers(struct buf *out, struct slice head, struct buf *value)
{
	struct slice field, name;
	const char *comma = "";

	buf_addz(out, ",\"Headers\":[");
	for (int i = 0; i < FIELDS_MAX; i++) {
		field = next_field(&head);
		if (field.n == 0)
			break;
		if (!unfold(field, &name, value))
			continue;
		buf_addf(out, "%s[", comma);
		record_string(out, name);
		buf_addc(out, ',');
		record_string(out, buf_slice(value));
		buf_addc(out, ']');
		comma = ",";
	}
	buf_addc(out, ']');
}

/* Where the header ends: behind its last line. */
static struct slice
head_of(struct slice all)
{
	struct slice rest = all;

	while (next_field(&rest).n > 0)
		;
	return slice_between(all.p, rest.p);
}

/* At most so many bytes, and no part of a character. */
static struct slice
first(struct slice s, size_t most)
{
	if (s.n <= most)
		return s;
	for (s.n = most; s.n > 0 && (s.p[s.n] & 0xc0) == 0x80; s.n--)
		;
	return s;
}

static struct slice
without_brackets(struct slice s)
{
	if (slice_starts(s, "<") && slice_ends(s, ">"))
		return (struct slice){ s.p + 1, s.n - 2 };
	return s;
}

static void
add_all(struct buf *out, struct slice head, struct slice body, struct buf *v)
{
	struct slice from = field_of(head, "From", v);

	buf_addz(out, ",\"From\":");
	if (add_list(out, from, 1) == 0)
		buf_addz(out, "null");
	add_people(out, head, "To", "To", v);
	add_people(out, head, "Cc", "Cc", v);
	add_people(out, head, "Bcc", "Bcc", v);
	add_people(out, head, "ReplyTo", "Reply-To", v);
	add_text(out, "Subject", field_of(head, "Subject", v));
	add_text(out, "MessageID",
	    without_brackets(field_of(head, "Message-ID", v)));
	add_headers(out, head, v);
	add_text(out, "Text", body);
	add_text(out, "Snippet", first(body, SNIPPET));
	/* The header too: it is all that there is of the people. */
	add_text(out, "SearchText",
	    first(slice_between(head.p, body.p + body.n), RECORD_FIND_MAX));
}

static void
compose(
    struct slice all, const struct stat *st, const char *why, struct buf *out)
{
	struct mail_trace t;
	int trace = mail_trace_read(first(all, RECORD_HEAD_MAX), &t);
	struct slice sent = slice_from(all, trace > 0 ? (size_t)trace : 0);
	struct slice head, body;
	struct buf v;

	buf_init(&v, RECORD_HEAD_MAX);
	head = head_of(first(sent, RECORD_HEAD_MAX));
	body = slice_from(sent, head.n);
	if (slice_starts(body, "\r\n"))
		body = slice_from(body, 2);
	else if (slice_starts(body, "\n"))
		body = slice_from(body, 1);
	buf_addz(out, "{\"Error\":");
	record_string(out, slice_of(why));
	buf_addf(out, ",\"Size\":%lld,\"SentOffset\":%d",
	    (long long)st->st_size, trace > 0 ? trace : 0);
	buf_addz(out, ",\"Date\":");
	record_time(
	    out, st->st_mtim.tv_sec * 1000000LL + st->st_mtim.tv_nsec / 1000);
	if (trace > 0)
		add_envelope(out, &t);
	add_text(out, "ReturnPath", trace > 0 ? t.from : slice_of(""));
	add_text(out, "Username", trace > 0 ? t.user : slice_of(""));
	add_all(out, head, body, &v);
	buf_addz(out,
	    ",\"HTML\":\"\",\"Inline\":[],\"Attachments\":[],\"Links\":[],"
	    "\"Parts\":[],\"ListUnsubscribe\":{\"Header\":\"\",\"Links\":[],"
	    "\"Errors\":\"\",\"HeaderPost\":\"\"}}");
	buf_free(&v);
}

int
record_raw(int fd, const char *why, struct buf *json)
{
	struct stat st;
	struct buf all;
	int status;

	if (fstat(fd, &st) < 0)
		return -1;
	buf_init(&all, RECORD_HEAD_MAX + RECORD_TEXT_MAX);
	status = load(fd, &all);
	if (status == 0)
		compose(buf_slice(&all), &st, why, json);
	if (status == 0 && json->failed) {
		errno = ENOMEM;
		status = -1;
	}
	buf_free(&all);
	return status;
}
