/*
 * inbox_rules.c - faults on purpose, set in the inbox and obeyed by the mail
 * server at once.
 */
#include "hog_start.h"

static struct rig *smtp;

static void
start_smtp(void)
{
	smtp = rig_start(RIG("berth-smtpd", "--listen", "127.0.0.1:0",
	    "--mailbox-by", "address", mail));
}

/* The codes of MAIL and RCPT in a conversation of its own. */
static void
codes(const char *rcpt, int *to_mail, int *to_rcpt)
{
	int fd = rig_open(smtp, "smtp");
	char line[200];
	struct buf b;

	buf_init(&b, RIG_BUF_MAX);
	cr_assert(rig_read_through(fd, &b, "\n"));
	cr_assert(rig_send(fd, "HELO x\r\n"));
	cr_assert(rig_read_through(fd, &b, "\n"));
	buf_clear(&b);
	cr_assert(rig_send(fd, "MAIL FROM:<a@b>\r\n"));
	cr_assert(rig_read_through(fd, &b, "\n"));
	*to_mail = atoi(b.p);
	buf_clear(&b);
	snprintf(line, sizeof(line), "RCPT TO:<%s>\r\n", rcpt);
	cr_assert(rig_send(fd, line));
	cr_assert(rig_read_through(fd, &b, "\n"));
	*to_rcpt = atoi(b.p);
	buf_free(&b);
	close(fd);
}

static int
rcpt_code(const char *rcpt)
{
	int to_mail, to_rcpt;

	codes(rcpt, &to_mail, &to_rcpt);
	return to_rcpt;
}

static int
status_of(const char *method, const char *path, const char *body)
{
	int status;

	json_decref(ask_json(method, path, body, &status));
	return status;
}

static void
expect_rules(const char *path, const char *text)
{
	struct rig_reply r;

	cr_assert(rig_get(rig_address(inbox_rig, "inbox"), path, &r));
	cr_expect_eq(r.status, 200);
	cr_expect(
	    slice_is(r.body, text), "%s: \"%.*s\"", path, SLICE_FMT(r.body));
	rig_reply_free(&r);
}

Test(inbox_rules, obeyed)
{
	start_inbox(NULL);
	start_smtp();
	expect_rules("/api/v1/rules", "");
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_expect_eq(status_of("PUT", "/api/v1/rules",
			 "# slow down\nrcpt to=x@* first=2 reply 450 4.2.1 "
			 "later\r\n\nrcpt to=z@* reply 550 5.1.1 no\n"),
	    200);
	expect_rules("/api/v1/rules",
	    "# slow down\nrcpt to=x@* first=2 reply 450 4.2.1 later\n"
	    "rcpt to=z@* reply 550 5.1.1 no\n");
	cr_expect_eq(rcpt_code("x@y"), 450);
	cr_expect_eq(rcpt_code("x@y"), 450, "the count is everybody's");
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_expect_eq(rcpt_code("z@y"), 550);
	/* The same rules again are new ones: they count anew. */
	cr_expect_eq(status_of("PUT", "/api/v1/rules",
			 "rcpt to=x@* first=1 reply 450 4.2.1 later\n"),
	    200);
	cr_expect_eq(rcpt_code("x@y"), 450);
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_expect_eq(status_of("DELETE", "/api/v1/rules", ""), 200);
	cr_expect_eq(rcpt_code("z@y"), 250);
}

/* Each mailbox has its own, and they leave each other alone. */
Test(inbox_rules, mailboxes)
{
	start_inbox(NULL);
	start_smtp();
	cr_expect_eq(status_of("PUT", "/api/v1/rules",
			 "rcpt reply 451 4.3.0 everybody\n"),
	    200);
	cr_expect_eq(status_of("PUT", "/api/v1/rules?mailbox=one@x",
			 "rcpt reply 551 5.0.0 one\n"),
	    200);
	cr_expect_eq(status_of("PUT", "/api/v1/rules?mailbox=two@x",
			 "rcpt from=a@* reply 552 5.0.0 two\n"),
	    200);
	cr_expect_eq(rcpt_code("one@x"), 551);
	cr_expect_eq(rcpt_code("Two@X"), 552);
	cr_expect_eq(rcpt_code("three@x"), 451);
	expect_rules(
	    "/api/v1/rules?mailbox=one@x", "rcpt reply 551 5.0.0 one\n");
	expect_rules("/api/v1/rules",
	    "rcpt mailbox=two@x from=a@* reply 552 5.0.0 two\n"
	    "rcpt mailbox=one@x reply 551 5.0.0 one\n"
	    "rcpt reply 451 4.3.0 everybody\n");
	cr_expect_eq(
	    status_of("DELETE", "/api/v1/rules?mailbox=one@x", ""), 200);
	cr_expect_eq(rcpt_code("one@x"), 451);
	cr_expect_eq(rcpt_code("two@x"), 552);
}

/* A rule that is none is refused, and changes nothing. */
Test(inbox_rules, faults)
{
	static const struct {
		const char *path, *body;
	} all[] = {
		{ "/api/v1/rules", "rcpt reply 450 fine\nrcpt nonsense\n" },
		{ "/api/v1/rules", "rcpt mailbox=x\n" },
		{ "/api/v1/rules", "mail mailbox=x reply 450 too early\n" },
		{ "/api/v1/rules", "mail percent=101 reply 450 x\n" },
		{ "/api/v1/rules", "rcpt reply 450 \001\n\002" },
		{ "/api/v1/rules?mailbox=x@y", "mail reply 450 too early\n" },
		{ "/api/v1/rules?mailbox=x@y",
		    "rcpt mailbox=z@y reply 450 other\n" },
		{ "/api/v1/rules?mailbox=a%20b", "rcpt reply 450 x y\n" },
		{ "/api/v1/rules?mailbox=a%0Ab", "rcpt reply 450 x y\n" },
	};
	char *long_text = malloc(300000);
	size_t n = 0;

	start_inbox(NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		cr_expect_eq(
		    status_of("PUT", all[i].path, all[i].body), 400, "%zu", i);
	for (int i = 0; i < 201; i++)
		n += (size_t)sprintf(long_text + n, "rcpt reply 450 x y\n");
	cr_expect_eq(status_of("PUT", "/api/v1/rules", long_text), 400);
	for (int i = 0; i < 10000; i++)
		n += (size_t)sprintf(long_text + n, "# a comment\n");
	cr_expect_eq(status_of("PUT", "/api/v1/rules", long_text), 413);
	expect_rules("/api/v1/rules", "");
	free(long_text);
}

/* What is put there by hand may be anything: the server goes on. */
Test(inbox_rules, by_hand)
{
	start_inbox(NULL);
	start_smtp();
	rig_file(
	    mail, ".berth/rules", "nonsense\nrcpt to=x@* reply 550 5.1.1 no\n");
	cr_expect_eq(rcpt_code("x@y"), 550);
	cr_expect(rig_hear(smtp, ".berth/rules:1: "));
	cr_assert_eq(unlink(rig_in(mail, ".berth/rules")), 0);
	cr_assert_eq(mkfifo(rig_in(mail, ".berth/rules"), 0666), 0);
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_assert_eq(unlink(rig_in(mail, ".berth/rules")), 0);
	cr_assert_eq(
	    symlink("../../elsewhere", rig_in(mail, ".berth/rules")), 0);
	rig_file(rig_in(mail, ".."), "elsewhere", "rcpt reply 550 5.1.1 no\n");
	cr_expect_eq(rcpt_code("x@y"), 250);
}

/* One mailbox's own leaves the others' alone, and so do rules. */
static void
chaos_of_one(void)
{
	json_t *r;

	cr_expect_eq(status_of("PUT", "/api/v1/chaos?mailbox=a@b",
			 "{\"Sender\":{\"Probability\":100}}"),
	    200);
	cr_expect_eq(rcpt_code("a@b"), 451);
	cr_expect_eq(status_of("PUT", "/api/v1/chaos", "{}"), 200);
	cr_expect_eq(rcpt_code("a@b"), 451);
	cr_expect_eq(rcpt_code("x@y"), 250);
	r = get_json("/api/v1/chaos?mailbox=a@b");
	expect_number(r, "Sender.Probability", 100);
	json_decref(r);
}

Test(inbox_rules, chaos)
{
	int to_mail, to_rcpt, status;
	json_t *r;

	start_inbox(NULL);
	start_smtp();
	r = get_json("/api/v1/chaos");
	expect_number(r, "Sender.ErrorCode", 451);
	expect_number(r, "Sender.Probability", 0);
	expect_number(r, "Authentication.ErrorCode", 535);
	json_decref(r);
	r = ask_json("PUT", "/api/v1/chaos",
	    "{\"Sender\":{\"ErrorCode\":452,\"Probability\":100},"
	    "\"Recipient\":{\"ErrorCode\":550,\"Probability\":50}}",
	    &status);
	cr_expect_eq(status, 200);
	expect_number(r, "Sender.ErrorCode", 452);
	expect_number(r, "Recipient.Probability", 50);
	json_decref(r);
	codes("x@y", &to_mail, &to_rcpt);
	cr_expect_eq(to_mail, 452);
	cr_expect_eq(to_rcpt, 503);
	r = ask_json("PUT", "/api/v1/chaos",
	    "{\"Recipient\":{\"ErrorCode\":550,\"Probability\":50}}", &status);
	expect_number(r, "Sender.Probability", 0);
	json_decref(r);
	/* Half of them, and always the same half. */
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_expect_eq(rcpt_code("x@y"), 550);
	cr_expect_eq(rcpt_code("x@y"), 250);
	cr_expect_eq(rcpt_code("x@y"), 550);
	chaos_of_one();
	cr_expect_eq(status_of("PUT", "/api/v1/chaos",
			 "{\"Sender\":{\"Probability\":101}}"),
	    400);
	cr_expect_eq(status_of("PUT", "/api/v1/chaos",
			 "{\"Sender\":{\"ErrorCode\":200}}"),
	    400);
	cr_expect_eq(status_of("PUT", "/api/v1/chaos?mailbox=a@b",
			 "{\"Authentication\":{\"Probability\":1}}"),
	    400);
}

/* MailHog's Jim: he is not there, he comes, he changes, he goes. */
Test(inbox_rules, jim)
{
	json_t *r;

	start_inbox(NULL);
	start_smtp();
	cr_expect_eq(status_of("GET", "/api/v2/jim", ""), 404);
	cr_expect_eq(status_of("PUT", "/api/v2/jim", "{}"), 404);
	cr_expect_eq(status_of("DELETE", "/api/v2/jim", ""), 404);
	cr_expect_eq(status_of("POST", "/api/v2/jim", ""), 201);
	cr_expect_eq(status_of("POST", "/api/v2/jim", ""), 400);
	r = get_json("/api/v2/jim");
	cr_expect_float_eq(
	    json_real_value(at(r, "RejectSenderChance")), 0.05, 1e-9);
	cr_expect_float_eq(json_real_value(at(r, "AcceptChance")), 0.99, 1e-9);
	json_decref(r);
	cr_expect_eq(status_of("PUT", "/api/v2/jim",
			 "{\"RejectSenderChance\":0,\"AcceptChance\":1,"
			 "\"DisconnectChance\":0,"
			 "\"RejectRecipientChance\":1}"),
	    200);
	cr_expect_eq(rcpt_code("x@y"), 451);
	cr_expect_eq(
	    status_of("PUT", "/api/v2/jim", "{\"AcceptChance\":2}"), 400);
	cr_expect_eq(status_of("DELETE", "/api/v2/jim", ""), 200);
	cr_expect_eq(status_of("GET", "/api/v2/jim", ""), 404);
	cr_expect_eq(rcpt_code("x@y"), 250);
}
