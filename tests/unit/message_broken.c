/*
 * message_broken.c - tests of indexer/message.h: whatever the file holds,
 * there is something to see, in little time and memory.
 */
#include "mail_file.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* clang-format off */
static const struct {
	struct slice mail;
	const char *text, *error; /* "?": none */
} rows[] = {
	{ SLICE(""), "", "?" },
	{ SLICE("\0"), "\xef\xbf\xbd", "?" },
	{ SLICE("just text"), "just text", "?" },
	{ SLICE("\n\n\n"), "\n\n", "?" },
	{ SLICE(":\n:\n\nx"), ":\n:\n\nx", "?" },
	{ SLICE("Subject: no body"), "", "?" },
	{ SLICE("A: b\nnot a field\nSubject: s\n\nx"), "x", "?" },
	{ SLICE("A: b\r\n\r\nbare\rCR\r"), "bare\rCR\r", "?" },
	{ SLICE("A: b\rC: d\r\rold Mac"), "A: b\rC: d\r\rold Mac", "?" },
	{ SLICE("Subject: a\0b\n\nN\0L"), "N\xef\xbf\xbdL", "?" },
	{ SLICE("Content-Length: 3\n\nlonger than that"), "longer than that", "?" },
	{ SLICE("Content-Length: 99999999999999999999\n\nx"), "x", "?" },
	{ SLICE("Content-Type: multipart/mixed\n\nno boundary"), "no boundary",
	  "no parts were found: the message is shown as it is" },
	{ SLICE("Content-Type: multipart/mixed; boundary=b\n\n--c\n\nx"), "--c\n\nx",
	  "no parts were found: the message is shown as it is" },
	{ SLICE("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n"), "x", "?" },
	{ SLICE("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed"),
	  "never closed", "?" },
	{ SLICE("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n"),
	  "x", "?" },
	{ SLICE("Content-Type: multipart/mixed; boundary=b\n\n--b"),
	  "--b", "no parts were found: the message is shown as it is" },
	{ SLICE("Content-Type: \xff\xfe;;;=\n\nx"), "x", "?" },
	{ SLICE("Content-Type: text\n\nx"), "x", "?" },
	{ SLICE("Content-Type: TEXT/PLAIN; charset=\"; x\n\nx"), "x", "?" },
	{ SLICE("Content-Transfer-Encoding: base64\n\n***"), "", "?" },
	{ SLICE("Content-Transfer-Encoding: rot13\n\nx"), "x", "?" },
	{ SLICE("Content-Transfer-Encoding: x-yencode\n\n=ybegin line=128\n*+\n"),
	  "=ybegin line=128\n*+\n", "?" },
	{ SLICE("Date: yesterday\nFrom: <<>>,,;\nTo: (((\nSubject: =?x?q?=\n\nx"), "x", "?" },
};
/* clang-format on */

Test(message_broken, rows)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *json = mail_read(rows[i].mail);

		cr_expect_str_eq(mail_say(json, "Text"), rows[i].text,
		    "row %zu: \"%s\"", i, mail_say(json, "Text"));
		cr_expect_str_eq(mail_say(json, "Error"), rows[i].error,
		    "row %zu: %s", i, mail_say(json, "Error"));
		cr_expect(json_is_array(json_object_get(json, "Headers")));
		json_decref(json);
	}
}

Test(message_broken, what_is_no_file)
{
	struct buf json;
	int fds[2];

	buf_init(&json, MESSAGE_JSON_MAX);
	message_prepare();
	cr_assert_eq(pipe(fds), 0);
	cr_expect_eq(message_read(fds[0], &json), -1);
	cr_expect_eq(message_read(-1, &json), -1);
	cr_expect_eq(json.n, 0);
}

Test(message_broken, nested_1000_deep)
{
	struct buf mail;
	json_t *json;

	buf_init(&mail, 10000000);
	buf_addz(&mail, "Subject: deep\n");
	for (int i = 0; i < 1000; i++)
		buf_addf(&mail,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n"
		    "--b%d\n\nlevel %d\n--b%d\n",
		    i, i, i, i);
	json = mail_read(buf_slice(&mail));
	cr_expect_str_eq(mail_say(json, "Subject"), "deep");
	cr_expect_eq(
	    json_array_size(json_object_get(json, "Parts")), MESSAGE_DEPTH_MAX);
	cr_expect(
	    strncmp(mail_say(json, "Text"), "level 0\nlevel 1\n", 16) == 0);
	cr_expect_str_eq(mail_say(json, "Error"),
	    "parts in parts in parts: the innermost are left out");
	json_decref(json);

	/* And with nothing on the way down. */
	buf_clear(&mail);
	for (int i = 0; i < 1000; i++)
		buf_addf(&mail,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	json = mail_read(buf_slice(&mail));
	cr_expect(strncmp(mail_say(json, "Text"), "--b0\n", 5) == 0);
	json_decref(json);
	buf_free(&mail);
}

/* Messages in messages are files; GMime does not follow them. */
Test(message_broken, messages_nested_1000_deep)
{
	struct buf mail;
	json_t *json;

	buf_init(&mail, 10000000);
	for (int i = 0; i < 1000; i++)
		buf_addf(
		    &mail, "Subject: s%d\nContent-Type: message/rfc822\n\n", i);
	json = mail_read(buf_slice(&mail));
	cr_expect_str_eq(mail_say(json, "Subject"), "s0");
	cr_expect_eq(json_array_size(json_object_get(json, "Attachments")), 1);
	json_decref(json);
	buf_free(&mail);
}

Test(message_broken, too_many_parts)
{
	struct buf mail;
	json_t *json, *parts;

	buf_init(&mail, 10000000);
	buf_addz(&mail, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < MESSAGE_PARTS_MAX + 10; i++)
		buf_addz(&mail, "--b\nContent-Type: image/x; name=abc\n\nx\n");
	json = mail_read(buf_slice(&mail));
	parts = json_object_get(json, "Parts");
	cr_expect_eq(json_array_size(parts), MESSAGE_PARTS_MAX);
	cr_expect_str_eq(
	    mail_say(json_array_get(parts, MESSAGE_PARTS_MAX - 1), "PartID"),
	    "10000");
	cr_expect_str_eq(
	    mail_say(json, "Error"), "too many parts: some are left out");
	json_decref(json);
	buf_free(&mail);
}

/* Headers of 200 MB: the file is sparse behind the first megabytes. */
Test(message_broken, endless_headers)
{
	struct buf mail, json;
	json_t *root;
	int fd;

	message_prepare();
	buf_init(&mail, 10000000);
	buf_init(&json, MESSAGE_JSON_MAX);
	buf_addz(&mail, "Subject: first\n");
	while (mail.n < 4 * MESSAGE_HEAD_MAX)
		buf_addz(&mail, "a:\n");
	fd = mail_file(buf_slice(&mail));
	cr_assert_eq(ftruncate(fd, 200000000), 0);
	cr_assert_eq(message_read(fd, &json), 0);
	root = json_loadb(json.p, json.n, 0, NULL);
	cr_expect_str_eq(mail_say(root, "Subject"), "first");
	cr_expect_eq(json_array_size(json_object_get(root, "Headers")), 10000);
	cr_expect(
	    strstr(mail_say(root, "Error"), "the header is too long") != NULL);
	cr_expect_eq(mail_number(root, "Size"), 200000000);
	json_decref(root);
	close(fd);
	buf_free(&mail);
	buf_free(&json);
}

/* One field of megabytes; one word of megabytes; very many words. */
Test(message_broken, bombs)
{
	static const char *const bombs[] = { "x",
		"=?utf-8?Q?=FC?= ", "=?utf-8?B?", "=?", "a@b, ", "(", "\"", "<",
		"a: ", ";", "\\", "=?iso-2022-jp?B?GyRC?=", "\n ", "a;b=c;" };
	static const char *const fields[] = { "Subject: ", "From: ", "To: ",
		"Content-Type: text/plain; ", "Content-Disposition: x; a*0*=",
		"Content-Type: multipart/mixed; boundary=", "Message-ID: ",
		"Date: ", "List-Unsubscribe: <" };
	struct buf mail;

	buf_init(&mail, 10000000);
	for (size_t i = 0; i < COUNT(bombs) * COUNT(fields); i++) {
		json_t *json;

		/* Groups in groups overflow GMime's stack: see reader.c. */
		if (slice_is(slice_of(bombs[i / COUNT(fields)]), "a: "))
			continue;
		buf_clear(&mail);
		buf_addz(&mail, fields[i % COUNT(fields)]);
		while (mail.n < 200000)
			buf_addz(&mail, bombs[i / COUNT(fields)]);
		buf_addz(&mail, "\n\nbody\n");
		json = mail_read(buf_slice(&mail));
		cr_expect(json_is_string(json_object_get(json, "Text")));
		json_decref(json);
	}
	buf_free(&mail);
}

/* Text that is too long is cut, everywhere. */
Test(message_broken, long_text)
{
	struct buf mail;
	json_t *json;

	buf_init(&mail, 3 * MESSAGE_BODY_MAX);
	buf_addz(&mail, "Subject: s\n\n");
	while (mail.n < 2 * MESSAGE_BODY_MAX)
		buf_addz(&mail, "\xc3\xbc\" ");
	json = mail_read(buf_slice(&mail));
	cr_expect_leq(strlen(mail_say(json, "Text")), MESSAGE_BODY_MAX);
	cr_expect_geq(strlen(mail_say(json, "Text")), MESSAGE_BODY_MAX - 4);
	cr_expect_leq(strlen(mail_say(json, "SearchText")), MESSAGE_SEARCH_MAX);
	cr_expect_str_eq(mail_say(json, "Error"),
	    "the text is longer than 4 MiB: the rest is left out");
	json_decref(json);

	/* Control bytes are six times as long in JSON. */
	memset(mail.p + 20, 1, mail.n - 20);
	json = mail_read(buf_slice(&mail));
	cr_expect(strlen(mail_say(json, "Text")) > 0);
	json_decref(json);
	buf_free(&mail);
}
