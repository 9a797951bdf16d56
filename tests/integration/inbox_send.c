/*
 * inbox_send.c - messages made by the inbox, and tags given another name.
 */
#include "hog_start.h"

#define SEND "/api/v1/send"

/* Send it; the path of the message in the API. */
static const char *
sent(const char *order)
{
	static char path[200];
	int status;
	json_t *r = ask_json("POST", SEND, order, &status);

	cr_assert_eq(status, 200, "%d", status);
	snprintf(path, sizeof(path), "/api/v1/message/%s",
	    json_string_value(at(r, "ID")));
	json_decref(r);
	return path;
}

/* All that an order may say. */
static const char whole_order[] =
    "{\"From\":{\"Name\":\"J\\u00fcrgen\",\"Email\":\"from@one."
    "example\"},"
    "\"To\":[{\"Name\":\"Doe, Jane\",\"Email\":\"jane@two.example\"},"
    "{\"Email\":\"second@two.example\"}],"
    "\"Cc\":[{\"Name\":\"Cc\",\"Email\":\"cc@two.example\"}],"
    "\"Bcc\":[\"hidden@two.example\"],"
    "\"ReplyTo\":[{\"Email\":\"reply@one.example\"}],"
    "\"Subject\":\"Gr\\u00fc\\u00dfe\",\"Text\":\"plain\\nwords\","
    "\"HTML\":\"<p>Gr\\u00fc\\u00dfe <img src=\\\"cid:pic\\\"></p>\","
    "\"Tags\":[\"one\",\"two words\"],"
    "\"Headers\":{\"X-Test\":\"value\",\"X-More\":\"\\u00e4\"},"
    "\"Attachments\":[{\"Content\":\"SGVsbG8=\","
    "\"Filename\":\"na\\u00efve.txt\"},"
    "{\"Content\":\"SGVsbG8g\\nd29ybGQ=\",\"Filename\":\"p.png\","
    "\"ContentType\":\"image/png\",\"ContentID\":\"pic\"}]}";

Test(inbox_send, whole)
{
	const char *path;
	json_t *m;

	start_inbox(NULL);
	path = sent(whole_order);
	m = get_json(path);
	expect_text(m, "From.Name", "J\xc3\xbcrgen");
	expect_text(m, "From.Address", "from@one.example");
	expect_text(m, "To.0.Name", "Doe, Jane");
	expect_text(m, "To.0.Address", "jane@two.example");
	expect_text(m, "To.1.Address", "second@two.example");
	expect_text(m, "Cc.0.Address", "cc@two.example");
	expect_text(m, "Bcc.0.Address", "hidden@two.example");
	expect_text(m, "ReplyTo.0.Address", "reply@one.example");
	expect_text(m, "Subject",
	    "Gr\xc3\xbc\xc3\x9f"
	    "e");
	expect_text(m, "Text", "plain\r\nwords");
	expect_text(m, "HTML",
	    "<p>Gr\xc3\xbc\xc3\x9f"
	    "e <img src=\"cid:pic\"></p>");
	expect_text(m, "Attachments.0.FileName", "na\xc3\xafve.txt");
	expect_text(m, "Attachments.0.ContentType", "text/plain");
	expect_number(m, "Attachments.0.Size", 5);
	expect_text(m, "Inline.0.ContentID", "pic");
	expect_text(m, "Inline.0.ContentType", "image/png");
	expect_number(m, "Inline.0.Size", 11);
	expect_text(m, "Tags.0", "one");
	expect_text(m, "Tags.1", "two words");
	expect_text(m, "Envelope.To.3", "hidden@two.example");
	json_decref(m);
}

Test(inbox_send, small)
{
	json_t *m, *all;

	start_inbox(NULL);
	m = get_json(sent("{\"From\":{\"Email\":\"a@b\"},"
			  "\"To\":[{\"Email\":\"c@d\"}],"
			  "\"Subject\":\"small\",\"Text\":\"words\"}"));
	expect_text(m, "Text", "words\r\n");
	cr_expect_eq(json_array_size(at(m, "Attachments")), 0);
	json_decref(m);
	all = get_json("/api/v1/search?query=subject:small");
	expect_number(all, "messages_count", 1);
	json_decref(all);
}

/* Each is refused with a reason, and nothing of it is in the Maildir. */
Test(inbox_send, faults)
{
	static const char *const all[] = {
		"",
		"{}",
		"{\"From\":{\"Email\":\"a@b\"}}",
		"{\"From\":{\"Email\":\"a b\"},\"To\":[{\"Email\":\"c@d\"}]}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d>\"}]}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":"
		"\"c@d\\r\\nX: y\"}]}",
		"{\"From\":{\"Email\":\"a@b\"},\"Bcc\":[1]}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
		"\"Headers\":{\"A: b\\r\\nC\":\"d\"}}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
		"\"Headers\":{\"Content-Type\":\"x/y\"}}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
		"\"Attachments\":[{\"Content\":\"!\"}]}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
		"\"Attachments\":[{\"Content\":\"\",\"ContentID\":\"a b\"}]}",
		"{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
		"\"Tags\":[\"a\\nb\"]}",
	};
	json_t *list;

	start_inbox(NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int status;
		json_t *r = ask_json("POST", SEND, all[i], &status);

		cr_expect_eq(status, 400, "%zu: %d", i, status);
		cr_expect(json_is_string(at(r, "Error")), "%zu", i);
		json_decref(r);
	}
	list = get_json("/api/v1/messages");
	expect_number(list, "total", 0);
	json_decref(list);
}

/* A field cannot be smuggled in by any value. */
Test(inbox_send, no_smuggling)
{
	struct rig_reply r;
	char path[250];

	start_inbox(NULL);
	snprintf(path, sizeof(path), "%s/raw",
	    sent("{\"From\":{\"Name\":\"a\\r\\nX-Evil: 1\",\"Email\":\"a@b\"},"
		 "\"To\":[{\"Name\":\"b\\\"\\\\\\nX-Evil: "
		 "2\",\"Email\":\"c@d\"}],"
		 "\"Subject\":\"s\\r\\nX-Evil: 3\\n\\nbody\","
		 "\"Headers\":{\"X-A\":\"v\\r\\nX-Evil: 4\"},"
		 "\"Attachments\":[{\"Content\":\"\",\"Filename\":"
		 "\"f\\\"\\r\\nX-Evil: 5\",\"ContentType\":"
		 "\"a/b\\r\\nX-Evil: 6\"}]}"));
	cr_assert(rig_get(rig_address(inbox_rig, "inbox"), path, &r));
	cr_expect_eq(r.status, 200);
	cr_expect_null(memmem(r.body.p, r.body.n, "\nX-Evil", 7));
	rig_reply_free(&r);
}

Test(inbox_send, tags)
{
	json_t *r;
	int status;

	start_inbox(NULL);
	sent("{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
	     "\"Tags\":[\"red\",\"blue\"]}");
	sent("{\"From\":{\"Email\":\"a@b\"},\"To\":[{\"Email\":\"c@d\"}],"
	     "\"Tags\":[\"red\"]}");
	json_decref(ask_json(
	    "PUT", "/api/v1/tags/red", "{\"Name\":\"dark green\"}", &status));
	cr_expect_eq(status, 200);
	r = get_json("/api/v1/tags");
	cr_expect_eq(json_array_size(r), 2);
	expect_text(r, "0", "blue");
	expect_text(r, "1", "dark green");
	json_decref(r);
	json_decref(
	    ask_json("DELETE", "/api/v1/tags/dark%20green", "", &status));
	cr_expect_eq(status, 200);
	r = get_json("/api/v1/tags");
	cr_expect_eq(json_array_size(r), 1);
	expect_text(r, "0", "blue");
	json_decref(r);
	json_decref(ask_json("PUT", "/api/v1/tags/blue", "{}", &status));
	cr_expect_eq(status, 400);
}
