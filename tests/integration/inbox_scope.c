/*
 * inbox_scope.c - one mailbox of many, as tests that run side by side each have
 * their own: nobody sees or waits for another's mail, and none has to be there
 * before.
 */
#include "inbox_later.h"
#include "rig/look.h"

/* As berth-smtpd makes them of a recipient. */
static void
start_scoped(void)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--mailbox-by", "user",
		mail));
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
}

TestSuite(inbox_scope, .init = start_scoped, .fini = stop);

/* Its first message makes the mailbox: until then there is none to look at. */
Test(inbox_scope, the_first_message_of_a_mailbox_is_waited_for)
{
	json_t *j;
	pid_t child;
	int fd = begin("/api/v1/wait?mailbox=ann&timeout=60");

	child = rig_server_of(fd, rig_pid(inbox));
	cr_assert_neq(child, 0);
	/* Others' mail has been seen by the time that ours comes. */
	send_to("bob@b.example", MAIL("to bob", "x"));
	j = get("/api/v1/wait?mailbox=bob&timeout=60", 200);
	json_decref(j);
	send_to("ann@b.example", MAIL("to ann", "x"));
	j = finish(fd, 200);
	cr_expect_eq(number(j, "count"), 1);
	cr_expect_str_eq(text(nth(j, "messages", 0), "Subject"), "to ann");
	json_decref(j);
}

/* And what came to others is not what came instead. */
Test(inbox_scope, what_came_instead_is_of_the_mailbox)
{
	json_t *j;

	send_to("bob@b.example", MAIL("to bob", "x"));
	j = get("/api/v1/wait?mailbox=carol&timeout=0", 408);
	cr_expect_eq(number(j, "count"), 0);
	json_decref(j);
}

/* No event of another mailbox; the first one of ours, too. */
Test(inbox_scope, events_are_of_the_mailbox)
{
	struct buf b;
	int fd = begin("/api/v1/events/stream?mailbox=ann");

	buf_init(&b, 1 << 20);
	cr_assert(hear(fd, &b, "data: {\"Total\":0,\"Unread\":0}"));
	cr_assert(hear(fd, &b, "retry: "));
	send_to("bob@b.example", MAIL("to bob", "x"));
	json_decref(get("/api/v1/wait?mailbox=bob&timeout=60", 200));
	send_to("ann@b.example", MAIL("to ann", "x"));
	cr_assert(rig_read_through(fd, &b, "data: "));
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	cr_expect_not_null(
	    strstr(buf_str(&b), "event: new"), "%s", buf_str(&b));
	cr_expect_not_null(strstr(buf_str(&b), "to ann"), "%s", buf_str(&b));
	cr_expect_null(strstr(buf_str(&b), "to bob"), "%s", buf_str(&b));
	buf_clear(&b);
	cr_expect(hear(fd, &b, "data: {\"Total\":1,\"Unread\":1}"));
	cr_expect_eq(
	    ask("DELETE", "/api/v1/messages?mailbox=bob", NULL, NULL), 200);
	cr_expect_eq(
	    ask("DELETE", "/api/v1/messages?mailbox=ann", NULL, NULL), 200);
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	cr_expect_not_null(
	    strstr(buf_str(&b), "event: delete"), "%s", buf_str(&b));
	close(fd);
	buf_free(&b);
}

/* How many messages there are by /api/v1/info, and of how many bytes. */
struct counted {
	const char *path;
	int messages;
	bool bytes; /* any */
};

static bool
is_counted(void *arg)
{
	const struct counted *c = arg;
	json_t *j = get(c->path, 200);
	int bytes =
	    number(json_object_get(j, "RuntimeStats"), "SMTPAcceptedSize");
	bool is = number(j, "Messages") == c->messages &&
	    number(j, "Unread") == c->messages && (bytes > 0) == c->bytes;

	json_decref(j);
	return is;
}

Test(inbox_scope, counts_are_of_the_mailbox)
{
	struct counted bob = { "/api/v1/info?mailbox=bob", 2, true },
		       all = { "/api/v1/info", 3, true };

	send_to("bob@b.example", MAIL("one", "x"));
	send_to("bob@b.example", MAIL("two", "x"));
	send_to("ann@b.example", MAIL("three", "x"));
	cr_expect(rig_until("all is counted", is_counted, &all));
	cr_expect(rig_until("what is Bob's is", is_counted, &bob));
	cr_expect_eq(
	    ask("DELETE", "/api/v1/messages?mailbox=bob", NULL, NULL), 200);
	bob = (struct counted){ bob.path, 0, false };
	all.messages = 1;
	cr_expect(rig_until("Bob's is gone", is_counted, &bob));
	cr_expect(rig_until("Ann's is not", is_counted, &all));
}

/* A session that never named a recipient, and one whose recipients do not get
 * what was sent. */
static void
refused_session(const char *rcpt)
{
	int fd = rig_open(smtp, "smtp");
	char line[256];

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO refused.example", "250"));
	if (rcpt != NULL) {
		cr_assert(rig_smtp(fd, "MAIL FROM:<a@a.example>", "250"));
		snprintf(line, sizeof(line), "RCPT TO:<%s>", rcpt);
		cr_assert(rig_smtp(fd, line, "250"));
		cr_assert(rig_smtp(fd, line, "250"));
	}
	cr_assert(rig_smtp(fd, "FROB", "500"));
	cr_assert(rig_smtp(fd, "QUIT", "221"));
	cr_assert(rig_expect_end(fd));
	close(fd);
}

struct talks {
	const char *path, *outcome;
	size_t n;
};

/* A session is written down when its last reply is out. */
static bool
are_kept(void *arg)
{
	const struct talks *t = arg;
	json_t *j = get(t->path, 200);
	size_t n = json_array_size(json_object_get(j, "sessions"));
	bool are = n == t->n;

	for (size_t i = 0; i < n && are; i++)
		are = strcmp(text(nth(j, "sessions", i), "Outcome"),
			  t->outcome) == 0;
	json_decref(j);
	return are;
}

Test(inbox_scope, sessions_are_of_the_mailbox)
{
	static struct talks all[] = {
		{ "/api/v1/sessions?mailbox=ann", "accepted", 2 },
		{ "/api/v1/sessions?mailbox=.ann", "accepted", 2 },
		{ "/api/v1/sessions?mailbox=bob", "refused (500)", 1 },
		{ "/api/v1/sessions?mailbox=BOB", "refused (500)", 1 },
		{ "/api/v1/sessions?mailbox=INBOX", "refused (500)", 1 },
		{ "/api/v1/sessions?mailbox=nobody", "", 0 },
	};

	refused_session(NULL);
	refused_session("Bob+tag@b.example");
	send_to("ann@b.example", MAIL("to ann", "x"));
	send_to("ann@b.example", MAIL("again", "x"));
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		cr_expect(rig_until(all[i].path, are_kept, &all[i]));
}
