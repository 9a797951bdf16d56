/*
 * message_trace.c - tests of indexer/message.h: the envelope, and where what
 * was sent begins.
 */
#include "grammar/mail_trace.h"
#include "grammar/transfer.h"
#include "mail_file.h"

/* What berth-smtpd would store. */
static void
store(struct buf *file, const char *sent)
{
	struct mail_trace t = {
		.from = SLICE("f@g"),
		.params = SLICE("SIZE=10 BODY=8BITMIME"),
		.user = SLICE("me+2Byou"),
		.rcpts = SLICE("to@d\nblind@d\tNOTIFY=NEVER\n"),
		.rcpt_count = 2,
		.helo = SLICE("client"),
		.name = SLICE("localhost"),
		.address = SLICE("127.0.0.1"),
		.host = SLICE("here"),
		.with = SLICE("ESMTPA"),
		.id = SLICE("1.2"),
		.date = 784111777,
	};

	mail_trace_make(&t, file);
	buf_addz(file, sent);
}

Test(message_trace, envelope)
{
	/* clang-format off */
	static const char *const want[][2] = {
		{ "Envelope.From", "f@g" },
		{ "Envelope.To.0", "to@d" },
		{ "Envelope.To.1", "blind@d" },
		{ "Envelope.ToParams.0", "" },
		{ "Envelope.ToParams.1", "NOTIFY=NEVER" },
		{ "Envelope.Helo", "client" },
		{ "Envelope.Name", "localhost" },
		{ "Envelope.Address", "127.0.0.1" },
		{ "Envelope.With", "ESMTPA" },
		{ "Envelope.User", "me+you" },
		{ "Envelope.Params", "SIZE=10 BODY=8BITMIME" },
		{ "Envelope.Date", "1994-11-06T08:49:37Z" },
		{ "Username", "me+you" },
		{ "ReturnPath", "f@g" },
		{ "Date", "1994-11-06T08:49:37Z" },
		{ "To.0.Address", "To@D" },
		/* Who is not named in the header got a blind copy. */
		{ "Bcc.0.Address", "blind@d" },
		{ "Bcc.1.Address", "?" },
		{ "Subject", "s" },
		{ "Text", "text\n" },
		{ "Headers.0.0", "Return-Path" },
	};
	/* clang-format on */
	struct buf file;
	json_t *json, *headers;

	buf_init(&file, 10000);
	store(&file, "Subject: s\r\nTo: To@D\r\n\r\ntext\n");
	json = mail_read(buf_slice(&file));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		cr_expect_str_eq(mail_say(json, want[i][0]), want[i][1],
		    "%s: %s", want[i][0], mail_say(json, want[i][0]));
	cr_expect(slice_starts(slice_from(buf_slice(&file),
				   (size_t)mail_number(json, "SentOffset")),
	    "Subject: s"));
	cr_expect_eq(mail_number(json, "Size"), (json_int_t)file.n);
	headers = json_object_get(json, "Headers");
	cr_expect_str_eq(
	    json_string_value(json_array_get(
		json_array_get(headers, json_array_size(headers) - 1), 0)),
	    "To");
	json_decref(json);
	buf_free(&file);
}

/* Whatever the message begins with. */
Test(message_trace, what_was_sent_may_begin_with_anything)
{
	/* clang-format off */
	static const struct {
		const char *sent, *text;
	} rows[] = {
		{ "\r\nno header\r\n", "no header\r\n" },
		{ "no header at all", "no header at all" },
		{ " goes on\r\n\r\nx", " goes on\r\n\r\nx" },
		{ "", "" },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf file;
		json_t *json;

		buf_init(&file, 10000);
		store(&file, rows[i].sent);
		json = mail_read(buf_slice(&file));
		cr_expect_str_eq(mail_say(json, "Text"), rows[i].text,
		    "%zu: %s", i, mail_say(json, "Text"));
		cr_expect_eq((size_t)mail_number(json, "SentOffset"),
		    file.n - strlen(rows[i].sent));
		json_decref(json);
		buf_free(&file);
	}
}

/* Offset, Length and Encoding are all it takes to have a part. */
Test(message_trace, parts_can_be_had_without_gmime)
{
	/* clang-format off */
	static const char sent[] =
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
	    "--b\r\n\r\nfirst\r\n"
	    "--b\r\nContent-Type: image/x\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nc2Vjb25k\r\n"
	    "--b\r\nContent-Type: image/y\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\nthi=72d\r\n\r\n"
	    "--b--\r\nepilogue\r\n";
	static const char *const want[] = { "first", "second", "third\r\n" };
	/* clang-format on */
	struct buf file;
	json_t *json, *part;
	size_t i;

	buf_init(&file, 10000);
	store(&file, sent);
	json = mail_read(buf_slice(&file));
	cr_expect_eq(json_array_size(json_object_get(json, "Parts")), 3);
	json_array_foreach(json_object_get(json, "Parts"), i, part)
	{
		struct slice bytes = slice_from(
		    buf_slice(&file), (size_t)mail_number(part, "Offset"));
		struct transfer t;
		struct buf out;

		bytes.n = (size_t)mail_number(part, "Length");
		buf_init(&out, 1000);
		transfer_begin(
		    &t, transfer_named(slice_of(mail_say(part, "Encoding"))));
		transfer_add(&t, bytes, &out);
		transfer_end(&t, &out);
		cr_expect(slice_is(buf_slice(&out), want[i]), "%zu: \"%.*s\"",
		    i, SLICE_FMT(out));
		cr_expect_eq((size_t)mail_number(part, "Size"), out.n);
		buf_free(&out);
	}
	json_decref(json);
	buf_free(&file);
}
