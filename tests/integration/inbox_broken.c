/*
 * inbox_broken.c - mail that is broken on purpose: every route of the API that
 * shows a message says something sensible, and the list goes on.
 */
#include <fcntl.h>

#include "inbox_start.h"
#include "system/clock.h"

#define MIB ((size_t)1 << 20)

TestSuite(inbox_broken, .init = start, .fini = stop, .timeout = 120);

/* What is to be asked of each; every answer is 200, or 404 where there is no
 * such thing in it. */
static const char *const routes[] = {
	"/api/v1/message/%s",
	"/api/v1/message/%s/headers",
	"/api/v1/message/%s/raw",
	"/api/v1/message/%s/sent",
	"/api/v1/message/%s/part/1",
	"/api/v1/message/%s/part/1.1",
	"/api/v1/message/%s/part/9999999999",
	"/view/%s.html",
	"/view/%s.txt",
	"/api/v1/messages/%s",
	"/api/v1/messages/%s/download",
	"/api/v1/messages/%s/mime/part/0/download",
	"/api/v1/messages/%s/mime/part/9999999999/download",
};

static const char *const lists[] = {
	"/api/v1/messages",
	"/api/v1/search?query=broken",
	"/api/v1/search?query=has:attachment",
	"/api/v2/messages",
	"/api/v2/search?kind=containing&query=broken",
};

/* While the index is made anew there may be no answer: 503. */
static bool
is_listed(void *arg)
{
	struct rig_reply r;
	bool is;

	(void)arg;
	is = ask("GET", "/api/v1/messages", NULL, &r) == 200 &&
	    strstr(buf_str(&r.bytes), "\"messages_count\":1,") != NULL;
	rig_reply_free(&r);
	return is;
}

/* As a program puts it there that is not ours. */
static void
put(struct buf *message)
{
	char *tmp = strdup(rig_in(mail, "tmp/broken"));
	FILE *f = fopen(tmp, "w");

	cr_assert(!message->failed);
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(message->p, 1, message->n, f), message->n);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(chmod(tmp, 0644), 0);
	cr_assert_eq(rename(tmp, rig_in(mail, "new/broken.a.b")), 0);
	buf_free(message);
	free(tmp);
	cr_assert(rig_until("it is listed", is_listed, NULL));
}

static const char *
id_of_it(void)
{
	static char id[128];
	json_t *j = get("/api/v1/messages", 200);

	snprintf(id, sizeof(id), "%s", text(nth(j, "messages", 0), "ID"));
	json_decref(j);
	return id;
}

/* All routes, in little time. */
static void
expect_sense(const char *what)
{
	const char *id = id_of_it();
	json_t *j;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		char path[256];
		struct rig_reply r;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), routes[i], id);
#pragma GCC diagnostic pop
		ask("GET", path, NULL, &r);
		cr_expect(r.status == 200 || r.status == 404, "%s: %s: %d",
		    what, path, r.status);
		rig_reply_free(&r);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_decref(get(lists[i], 200));
	j = get(at("/api/v1/message/%s", id), 200);
	cr_expect(json_is_array(json_object_get(j, "Attachments")));
	cr_expect(json_is_array(json_object_get(j, "To")));
	json_decref(j);
	/* It can be marked, and removed. */
	cr_expect_eq(ask("PUT", "/api/v1/messages", "{\"Read\":true}", NULL),
	    200, "%s", what);
	cr_expect_eq(ask("DELETE", "/api/v1/messages",
			 at("{\"IDs\":[\"%s\"]}", id), NULL),
	    200, "%s", what);
	cr_expect_eq(count("/api/v1/messages"), 0);
}

static void
begin(struct buf *b, const char *head)
{
	buf_init(b, 64 * MIB);
	buf_addz(b, "From: a@b.example\r\nSubject: broken\r\n");
	buf_addz(b, head);
}

Test(inbox_broken, nested_a_thousand_deep)
{
	struct buf b;

	begin(&b, "MIME-Version: 1.0\r\n");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b,
		    "Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n"
		    "--b%d\r\n",
		    i, i);
	buf_addz(&b, "Content-Type: text/plain\r\n\r\nat the bottom\r\n");
	for (int i = 999; i >= 0; i--)
		buf_addf(&b, "--b%d--\r\n", i);
	put(&b);
	expect_sense("nested parts");
}

Test(inbox_broken, messages_in_messages)
{
	struct buf b;

	begin(&b, "MIME-Version: 1.0\r\n");
	for (int i = 0; i < 1000; i++)
		buf_addz(&b,
		    "Content-Type: message/rfc822\r\n\r\n"
		    "Subject: inside\r\n");
	buf_addz(&b, "\r\nat the bottom\r\n");
	put(&b);
	expect_sense("nested messages");
}

Test(inbox_broken, ten_thousand_parts)
{
	struct buf b;

	begin(&b, "Content-Type: multipart/mixed; boundary=x\r\n\r\n");
	for (int i = 0; i < 10000; i++)
		buf_addf(&b,
		    "--x\r\nContent-Type: text/plain; name=\"%d.txt\"\r\n"
		    "Content-Disposition: attachment\r\n\r\npart %d\r\n",
		    i, i);
	buf_addz(&b, "--x--\r\n");
	put(&b);
	expect_sense("parts");
}

Test(inbox_broken, a_head_without_an_end)
{
	struct buf b;

	begin(&b, "X-Long: ");
	for (int i = 0; i < 200000; i++)
		buf_addz(&b, "and so on ");
	for (int i = 0; i < 50000; i++)
		buf_addf(&b, "\r\nX-%d: field", i);
	put(&b);
	expect_sense("head");
}

Test(inbox_broken, a_bomb_of_encoded_words)
{
	struct buf b;

	begin(&b, "To:");
	for (int i = 0; i < 100000; i++)
		buf_addz(&b, " =?utf-8?B?4pyT4pyT4pyT?=\r\n");
	buf_addz(&b, " =?utf-8?Q?=?=?= =?x?y?z =?utf-7?Q?+AGE-?= <a@b>\r\n");
	buf_addz(&b, "\r\ntext\r\n");
	put(&b);
	expect_sense("encoded words");
}

Test(inbox_broken, recipients_without_number)
{
	struct buf b;

	begin(&b, "To: ");
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, "%s\"N %d\" <n%d@b.example>",
		    i > 0 ? ",\r\n " : "", i, i);
	buf_addz(&b, "\r\nCc: ((((((((((\r\nBcc: <<<<>>>>,;:@\r\n\r\ntext\r\n");
	put(&b);
	expect_sense("recipients");
}

Test(inbox_broken, no_sense_at_all)
{
	struct buf b;

	buf_init(&b, MIB);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)(i * 167 + i / 251));
	put(&b);
	expect_sense("noise");
}

/* Its indexer has something to say, by way of the logger, and lives. */
Test(inbox_broken, the_index_itself)
{
	struct buf b;
	char rubbish[4096];
	int fd;

	begin(&b, "");
	buf_addz(&b, "\r\ntext\r\n");
	put(&b);
	fd = open(rig_in(mail, INDEX_FILE), O_WRONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	memset(rubbish, 0x5a, sizeof(rubbish));
	cr_assert_eq(pwrite(fd, rubbish, sizeof(rubbish), 0), 4096);
	close(fd);
	cr_assert(rig_hear(inbox, "it is made anew from the Maildir"));
	cr_expect(rig_until("it is listed again", is_listed, NULL));
	cr_expect_null(strstr(rig_err(inbox), "indexer ended"));
	cr_expect_null(strstr(rig_err(inbox), "Bad system call"));
}
