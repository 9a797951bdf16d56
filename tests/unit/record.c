/*
 * record.c - tests of mail/record.h.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "mail/record.h"
#include "rig/rig.h"

static json_t *
raw_of(const void *text, size_t n)
{
	const char *path = rig_file_bytes(rig_place(), "mail", text, n);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf json;
	json_t *o;

	buf_init(&json, RECORD_MAX);
	cr_assert_geq(fd, 0);
	cr_assert_eq(record_raw(fd, "no reader", &json), 0);
	close(fd);
	o = json_loadb(json.p, json.n, 0, NULL);
	cr_assert(json_is_object(o), "%.*s", (int)json.n, json.p);
	buf_free(&json);
	return o;
}

static const char *
text_at(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

Test(record, raw)
{
	static const char text[] = "Return-Path: <bounce@x.org>\r\n"
				   "Delivered-To: to@y.org\r\n"
				   "Received: from helo (name [127.0.0.1])\r\n"
				   "\tby host with ESMTP id 1\r\n"
				   "\tfor <to@y.org>;\r\n"
				   "\tThu, 1 Jan 1970 00:00:00 +0000\r\n"
				   "From: Ann <ann@x.org>\r\n"
				   "To: to@y.org,\r\n other@y.org\r\n"
				   "Subject: a long\r\n\tstory\r\n"
				   "Message-ID: <1@x.org>\r\n"
				   "\r\n"
				   "The body.\r\n\xff\r\n";
	json_t *o = raw_of(text, sizeof(text) - 1), *envelope, *to;

	cr_expect_str_eq(text_at(o, "Subject"), "a long\tstory");
	cr_expect_str_eq(text_at(o, "MessageID"), "1@x.org");
	cr_expect_str_eq(text_at(o, "ReturnPath"), "bounce@x.org");
	cr_expect_str_eq(text_at(o, "Text"), "The body.\r\n\xef\xbf\xbd\r\n");
	cr_expect_str_eq(text_at(o, "Error"), "no reader");
	cr_expect_str_eq(
	    text_at(json_object_get(o, "From"), "Address"), "ann@x.org");
	to = json_object_get(o, "To");
	cr_expect_eq(json_array_size(to), 2);
	cr_expect_str_eq(
	    text_at(json_array_get(to, 1), "Address"), "other@y.org");
	envelope = json_object_get(o, "Envelope");
	cr_expect_str_eq(text_at(envelope, "From"), "bounce@x.org");
	cr_expect_str_eq(text_at(envelope, "Helo"), "helo");
	cr_expect_eq(json_integer_value(json_object_get(o, "SentOffset")),
	    strstr(text, "From: ") - text);
	cr_expect_eq(json_integer_value(json_object_get(o, "Size")),
	    (json_int_t)sizeof(text) - 1);
	cr_expect_eq(json_array_size(json_object_get(o, "Headers")), 4);
	json_decref(o);
}

/* clang-format off */
static const struct {
	const char *text, *subject, *body;
} odd[] = {
	{ "", "", "" },
	{ "\r\n", "", "" },
	{ "\n", "", "" },
	{ "no field at all", "", "" },
	{ "Subject: cut", "cut", "" },
	{ "Subject: cut\r\n", "cut", "" },
	{ "Subject: a\n\nb", "a", "b" },
	{ "subject : a\r\n\r\n\r\nb", "a", "\r\nb" },
	{ "X: y\r\nSubject:\r\n\r\n", "", "" },
	{ ": x\r\nSubject: s\r\n\r\nb", "s", "b" },
	{ " folded at once\r\nSubject: s\r\n\r\nb", "s", "b" },
	{ "Subject: \"\\\x01\x02\r\n\r\nb", "\"\\\x01\x02", "b" },
};
/* clang-format on */

Test(record, raw_of_what_is_hardly_mail)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *o = raw_of(odd[i].text, strlen(odd[i].text));

		if (i != 11) /* control bytes at the end are not kept */
			cr_expect_str_eq(
			    text_at(o, "Subject"), odd[i].subject, "%zu", i);
		cr_expect_str_eq(text_at(o, "Text"), odd[i].body, "%zu", i);
		json_decref(o);
	}
	json_decref(raw_of("a\0b: c\r\n\r\nd\0e", 14));
}

Test(record, raw_of_what_is_large)
{
	size_t n = RECORD_TEXT_MAX + RECORD_HEAD_MAX + 100000;
	char *text = malloc(n);
	json_t *o;

	cr_assert_not_null(text);
	memset(text, 'x', n);
	o = raw_of(text, n); /* a header without an end */
	cr_expect_leq(strlen(text_at(o, "Text")), RECORD_TEXT_MAX);
	json_decref(o);
	memcpy(text, "A: b\r\n\r\n", 8);
	o = raw_of(text, n);
	cr_expect_geq(strlen(text_at(o, "Text")), RECORD_TEXT_MAX);
	cr_expect_leq(strlen(text_at(o, "SearchText")), RECORD_FIND_MAX);
	cr_expect_eq(strlen(text_at(o, "Snippet")), 250);
	json_decref(o);
	free(text);
}

/* clang-format off */
static const char good[] =
    "{\"Subject\":\"Hello W\xc3\x96RLD\",\"MessageID\":\"1@x\","
    "\"From\":{\"Name\":\"Ann B\",\"Address\":\"ANN@x.org\"},"
    "\"To\":[{\"Name\":\"\",\"Address\":\"t@y\"},{\"Name\":\"U\",\"Address\":\"u@y\"}],"
    "\"Attachments\":[{},{}],\"Inline\":[{}],\"Snippet\":\"sn\",\"Username\":\"u\","
    "\"SearchText\":\"All  of\\nIT\",\"Text\":\"kept\"}";
static const char *const bad[] = { "", "[]", "1", "\"x\"", "{", "{\"a\":\"\xff\"}", "null" };
static const char *const strange[] = {
	"{}",
	"{\"From\":[],\"To\":{},\"Subject\":7,\"Attachments\":\"x\",\"SearchText\":[]}",
	"{\"From\":\"x\",\"To\":[1,null,[],{\"Name\":3}],\"Snippet\":null}",
	"{\"Subject\":\"a\\u0000b\",\"SearchText\":\"\\u0000\"}",
};
/* clang-format on */

Test(record, what_the_index_takes)
{
	struct record r;
	json_t *o;

	cr_assert_eq(record_read(&r, slice_of(good), 1500000, 99), 0);
	cr_expect(slice_is(buf_slice(&r.from), "ann b <ann@x.org>"));
	cr_expect(slice_is(buf_slice(&r.to), "<t@y>, u <u@y>"));
	cr_expect(slice_is(buf_slice(&r.subject), "hello w\xc3\xb6rld"));
	cr_expect(slice_is(buf_slice(&r.message_id), "1@x"));
	cr_expect(slice_is(buf_slice(&r.text), "all of it"));
	cr_expect_eq(r.attachments, 2);
	cr_expect_eq(r.inlines, 1);
	o = json_loadb(r.json.p, r.json.n, 0, NULL);
	cr_expect_null(json_object_get(o, "SearchText"));
	cr_expect_str_eq(text_at(o, "Text"), "kept");
	json_decref(o);
	cr_expect_str_eq(buf_str(&r.summary),
	    ",\"MessageID\":\"1@x\",\"Subject\":\"Hello W\xc3\x96RLD\","
	    "\"Username\":\"u\",\"Snippet\":\"sn\",\"From\":{\"Name\":\"Ann "
	    "B\",\"Address\":\"ANN@x.org\"},\"To\":[{\"Name\":\"\","
	    "\"Address\":\"t@y\"},{\"Name\":\"U\",\"Address\":\"u@y\"}],"
	    "\"Cc\":[],\"Bcc\":[],\"ReplyTo\":[],\"Envelope\":null,"
	    "\"Created\":\"1970-01-01T00:00:01.500000Z\",\"Size\":99,"
	    "\"Attachments\":2");
	record_free(&r);
}

Test(record, what_is_no_record)
{
	struct record r;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(
		    record_read(&r, slice_of(bad[i]), 0, 0), -1, "%s", bad[i]);
		record_free(&r);
	}
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		cr_expect_eq(record_read(&r, slice_of(strange[i]), 0, 0), 0,
		    "%s", strange[i]);
		record_free(&r);
	}
}
