/*
 * message.c - tests of indexer/message.h: what is in a document, by table.
 */
#include "mail_file.h"

#define WANTS 8

struct row {
	const char *mail;
	struct {
		const char *path, *text;
	} want[WANTS];
};

#define TYPE(t)  "Content-Type: " t "\n"
#define MULTI(t) TYPE("multipart/" t "; boundary=b") "\n"

/* clang-format off */
static const struct row heads[] = {
	{ "From: A B <a@b>\nTo: c@d, \"E, F\" <e@f>\nCc: g@h\nReply-To: i@j\n"
	  "Subject: Hello\nMessage-ID: <1@b>\n\nText.\n",
	  { { "From.Name", "A B" }, { "From.Address", "a@b" },
	    { "To.1.Name", "E, F" }, { "Cc.0.Address", "g@h" },
	    { "ReplyTo.0.Address", "i@j" }, { "Subject", "Hello" },
	    { "MessageID", "1@b" }, { "Text", "Text.\n" } } },
	{ "From: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <a@b>\n"
	  "Subject: =?iso-8859-1?Q?caf=E9?= =?utf-8?B?w7w=?=\n\n",
	  { { "From.Name", "Gr\xc3\xbc\xc3\x9f" "e" },
	    { "Subject", "caf\xc3\xa9\xc3\xbc" },
	    { "Headers.1.1", "caf\xc3\xa9\xc3\xbc" } } },
	/* Raw bytes above 127: UTF-8, or else windows-1252. */
	{ "Subject: caf\xc3\xa9\n\n", { { "Subject", "caf\xc3\xa9" } } },
	{ "Subject: caf\xe9 \x80\n\n",
	  { { "Subject", "caf\xc3\xa9 \xe2\x82\xac" } } },
	{ "Subject: a\n folded\n\tone\nX-A: b\n\tc\n\n",
	  { { "Subject", "a folded\tone" }, { "Headers.1.0", "X-A" },
	    { "Headers.1.1", "b\tc" } } },
	{ "From: just some words\nTo: friends: a@b, c@d;, e@f\n\n",
	  { { "From.Name", "just some words" }, { "To.0.Address", "a@b" },
	    { "To.1.Address", "c@d" }, { "To.2.Address", "e@f" } } },
	{ "Date: Sun, 6 Nov 1994 08:49:37 +0130\n\n",
	  { { "Date", "1994-11-06T08:49:37+01:30" } } },
	{ "Date: Sun, 6 Nov 1994 08:49:37 -0000\n\n",
	  { { "Date", "1994-11-06T08:49:37Z" } } },
	{ "Return-Path: <r@s>\nFrom: a@b\n\n", { { "ReturnPath", "r@s" } } },
	{ "From: a@b\n\n", { { "ReturnPath", "a@b" } } },
	{ "List-Unsubscribe: <mailto:u@v>, <https://u.v/x>\n"
	  "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n\n",
	  { { "ListUnsubscribe.Links.0", "mailto:u@v" },
	    { "ListUnsubscribe.Links.1", "https://u.v/x" },
	    { "ListUnsubscribe.HeaderPost", "List-Unsubscribe=One-Click" },
	    { "ListUnsubscribe.Errors", "" } } },
	{ "List-Unsubscribe: javascript:1\n\n",
	  { { "ListUnsubscribe.Links.0", "?" },
	    { "ListUnsubscribe.Errors",
	      "no <link> that is http, https or mailto" } } },
	{ "From a@b Sun Nov  6 08:49:37 1994\nSubject: mbox\n\nx",
	  { { "Subject", "mbox" }, { "Text", "x" } } },
	{ "\xef\xbb\xbfSubject: mark\n\nx", { { "Subject", "mark" } } },
};

static const struct row bodies[] = {
	{ TYPE("text/plain; charset=iso-8859-15") "\n\xa4",
	  { { "Text", "\xe2\x82\xac" }, { "Parts.0.Charset", "iso-8859-15" } } },
	{ TYPE("text/plain; charset=utf-8")
	  "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe",
	  { { "Text", "Gr\xc3\xbc\xc3\x9f" "e" } } },
	{ TYPE("text/plain; charset=shift_jis")
	  "Content-Transfer-Encoding: base64\n\nk/qWew==\n",
	  { { "Text", "\xe6\x97\xa5\xe6\x9c\xac" } } },
	{ TYPE("text/plain; charset=no-such") "\ncaf\xe9",
	  { { "Text", "caf\xc3\xa9" } } },
	{ TYPE("text/plain; charset=utf-8") "\ncaf\xe9!",
	  { { "Text", "caf\xef\xbf\xbd!" } } },
	{ TYPE("text/html") "\n<meta charset=\"iso-8859-2\"><p>\xb1</p>",
	  { { "HTML", "<meta charset=\"iso-8859-2\"><p>\xc4\x85</p>" },
	    { "Text", "\xc4\x85" } } },
	{ TYPE("text/html") "\n<style>x{}</style><h1>Hi &amp; bye</h1><p>there",
	  { { "Text", "Hi & bye\nthere" }, { "Snippet", "Hi & bye there" },
	    { "SearchText", "Hi & bye\nthere" } } },
	{ MULTI("alternative") "--b\n\nplain\n--b\n" TYPE("text/html")
	  "\n<b>html</b>\n--b--\n",
	  { { "Text", "plain" }, { "HTML", "<b>html</b>" },
	    { "Snippet", "html" }, { "Parts.0.PartID", "1" },
	    { "Parts.1.PartID", "2" }, { "Attachments.0.PartID", "?" },
	    { "Inline.0.PartID", "?" } } },
	{ MULTI("mixed") "--b\n\none\n--b\n\ntwo\n--b--\n",
	  { { "Text", "one\ntwo" } } },
	{ MULTI("alternative") "--b\n\none\n--b\n\ntwo\n--b--\n",
	  { { "Text", "one" } } },
	{ TYPE("text/plain; format=flowed") "\n> a \n> b\n c",
	  { { "Text", "> a \n> b\n c" } } },
	{ "\nbegin 644 a.txt\n#86)C\n`\nend\n",
	  { { "Text", "begin 644 a.txt\n#86)C\n`\nend\n" } } },
};

static const struct row files[] = {
	{ MULTI("mixed") "--b\n\nsee\n--b\n" TYPE("image/png; name=n.png")
	  "Content-Disposition: attachment; filename=\"a b.png\"\n"
	  "Content-Transfer-Encoding: base64\n\nYWJj\n--b--\n",
	  { { "Attachments.0.FileName", "a b.png" },
	    { "Attachments.0.PartID", "2" },
	    { "Attachments.0.ContentType", "image/png" },
	    { "Attachments.0.Checksums.MD5", "900150983cd24fb0d6963f7d28e17f72" },
	    { "Attachments.0.Checksums.SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	    { "Attachments.0.Checksums.SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	    { "Parts.1.Detected", "text/plain" }, { "Text", "see" } } },
	{ TYPE("multipart/mixed; boundary=o") "\n--o\n"
	  TYPE("multipart/related; boundary=b") "\n"
	  "--b\n" TYPE("text/html") "\n<img src=cid:i@j>\n"
	  "--b\n" TYPE("image/gif") "Content-ID: <i@j>\n\nGIF89a\n--b--\n"
	  "--o\n" TYPE("text/plain; name=x.txt") "\nfile\n--o--\n",
	  { { "Inline.0.PartID", "1.2" }, { "Inline.0.ContentID", "i@j" },
	    { "Inline.0.FileName", "i@j" }, { "Parts.1.Detected", "image/gif" },
	    { "Attachments.0.PartID", "2" }, { "Attachments.0.FileName", "x.txt" },
	    { "HTML", "<img src=cid:i@j>" }, { "Parts.0.PartID", "1.1" } } },
	/* Names lead nowhere. */
	{ TYPE("application/pdf; name=\"a/..\"") "\nx",
	  { { "Attachments.0.FileName", "part-0" } } },
	{ TYPE("application/pdf; name=\".\"") "Content-ID: <..>\n\nx",
	  { { "Attachments.0.FileName", "part-0" } } },
	{ TYPE("application/pdf; name=\"=?utf-8?q?a=0D=0Ab=3A_c?=\"") "\nx",
	  { { "Attachments.0.FileName", "b: c" } } },
	{ TYPE("image/png") "Content-ID: <../../etc/passwd>\n"
	  "Content-Disposition: inline\n\nx",
	  { { "Inline.0.FileName", "passwd" },
	    { "Inline.0.ContentID", "../../etc/passwd" } } },
	{ TYPE("application/pdf; name=\"../../etc/passwd\"") "\nx",
	  { { "Attachments.0.FileName", "passwd" },
	    { "Attachments.0.PartID", "0" } } },
	{ TYPE("application/pdf; name=\"C:\\\\x\\\\y.pdf\"") "\nx",
	  { { "Attachments.0.FileName", "y.pdf" } } },
	{ TYPE("application/pdf; name*=utf-8''%E2%82%AC.pdf") "\nx",
	  { { "Attachments.0.FileName", "\xe2\x82\xac.pdf" } } },
	{ TYPE("application/pdf; name=\"=?utf-8?B?4oKs?=.pdf\"") "\nx",
	  { { "Attachments.0.FileName", "\xe2\x82\xac.pdf" } } },
	{ MULTI("mixed") "--b\n\nfwd\n--b\n" TYPE("message/rfc822")
	  "\nSubject: inner\n\nsecret word\n--b--\n",
	  { { "Attachments.0.FileName", "part-2.eml" },
	    { "Attachments.0.ContentType", "message/rfc822" },
	    { "Text", "fwd" },
	    { "SearchText", "part-2.eml\n\nfwd\ninner\nsecret word\n" } } },
	{ TYPE("text/plain") "Content-Disposition: attachment; filename=a\n\nx",
	  { { "Text", "" }, { "Attachments.0.FileName", "a" } } },
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
try_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *json = mail_read(slice_of(rows[i].mail));

		for (size_t k = 0; k < WANTS; k++) {
			const char *path = rows[i].want[k].path, *said;

			if (path == NULL)
				break;
			said = mail_say(json, path);
			cr_expect_str_eq(said, rows[i].want[k].text,
			    "row %zu: %s is \"%s\", not \"%s\"", i, path, said,
			    rows[i].want[k].text);
		}
		cr_expect(json_object_get(json, "Error") == NULL, "row %zu: %s",
		    i, mail_say(json, "Error"));
		json_decref(json);
	}
}

Test(message, heads)
{
	try_all(heads, COUNT(heads));
}

Test(message, bodies)
{
	try_all(bodies, COUNT(bodies));
}

Test(message, files)
{
	try_all(files, COUNT(files));
}

/* Test code says `=== null` and `.length`. */
Test(message, nothing_is_null_or_empty_as_mailpit_has_it)
{
	static const char *const lists[] = { "To", "Cc", "Bcc", "ReplyTo",
		"Inline", "Attachments", "Links", "Headers", "Parts" };
	static const char *const texts[] = { "MessageID", "ReturnPath",
		"Subject", "Date", "Username", "Text", "HTML", "Snippet",
		"SearchText" };
	json_t *json = mail_read(slice_of("\n"));

	for (size_t i = 0; i < COUNT(lists); i++)
		cr_expect(json_is_array(json_object_get(json, lists[i])), "%s",
		    lists[i]);
	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect(json_is_string(json_object_get(json, texts[i])), "%s",
		    texts[i]);
	cr_expect(json_is_null(json_object_get(json, "From")));
	cr_expect(json_is_null(json_object_get(json, "Envelope")));
	cr_expect_eq(mail_number(json, "Size"), 1);
	cr_expect_eq(mail_number(json, "SentOffset"), 0);
	json_decref(json);
}

/* Blanks run together, what nobody sees is not shown, characters count. */
Test(message, snippet)
{
	struct buf mail;
	json_t *json;

	buf_init(&mail, 10000);
	buf_addz(&mail,
	    TYPE("text/plain; charset=utf-8") "\n a \r\n\r\n b"
					      "\xe2\x80\x8b\xc2\xa0"
					      "c ");
	json = mail_read(buf_slice(&mail));
	cr_expect_str_eq(mail_say(json, "Snippet"), "a b c");
	json_decref(json);
	for (int i = 0; i < 1000; i++)
		buf_addz(&mail, "\xc3\xbc");
	json = mail_read(buf_slice(&mail));
	cr_expect_eq(strlen(mail_say(json, "Snippet")),
	    6 + 2 * (MESSAGE_SNIPPET - 4 - 6) + 3);
	json_decref(json);
	buf_free(&mail);
}

Test(message, links)
{
	/* clang-format off */
	json_t *json = mail_read(slice_of(MULTI("alternative")
	    "--b\n\n(see https://a.b/c?d=e&f.) http://x\nhttps://\nhttp://A.b/!"
	    "\n--b\n" TYPE("text/html")
	    "\n<a href=\"https://a.b/c?d=e&amp;f\">x</a><a href='javascript:1'>"
	    "<area href=mailto:q@r><a href=' http://y/ z'>\n--b--\n"));
	static const char *const want[] = { "https://a.b/c?d=e&f",
	    "mailto:q@r", "http://y/z", "http://x", "http://A.b/" };
	/* clang-format on */
	json_t *links = json_object_get(json, "Links");

	cr_expect_eq(json_array_size(links), COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		cr_expect_str_eq(
		    json_string_value(json_array_get(links, i)), want[i]);
	json_decref(json);
}
