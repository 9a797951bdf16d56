/*
 * inbox_guard.c - who may ask what: other sites' pages, other hosts' names,
 * people without a password.
 */
#include "inbox_start.h"

TestSuite(inbox_guard, .fini = stop);

static int
ask_with(const char *method, const char *path, const char *fields)
{
	char request[2048];
	struct rig_reply r;

	snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\n%s%sConnection: close\r\n\r\n", method, path,
	    strstr(fields, "Host:") != NULL ? "" : "Host: localhost:8025\r\n",
	    fields);
	cr_assert(rig_ask(rig_address(inbox, "inbox"), request, &r));
	return r.status;
}

#define LIST  "/api/v1/messages"
#define SITE  "Sec-Fetch-Site: "
#define DEST  "Sec-Fetch-Dest: "
#define BASIC "Authorization: Basic "

Test(inbox_guard, other_sites_may_not_use_it, .init = start)
{
	static const struct {
		const char *method, *path, *fields;
		int status;
	} table[] = {
		{ "GET", LIST, "", 200 },
		{ "GET", LIST, SITE "same-origin\r\n" DEST "empty\r\n", 200 },
		{ "GET", LIST, SITE "none\r\n" DEST "document\r\n", 200 },
		{ "GET", LIST, SITE "cross-site\r\n", 403 },
		{ "GET", LIST, SITE "same-site\r\n", 403 },
		{ "GET", LIST, SITE "same-origin\r\n" DEST "image\r\n", 403 },
		{ "GET", LIST, "Origin: http://localhost:8025\r\n", 200 },
		{ "GET", LIST, "Origin: http://localhost:80\r\n", 403 },
		{ "GET", LIST, "Origin: null\r\n", 403 },
		{ "GET", LIST, "Origin: http://evil.example\r\n", 403 },
		{ "DELETE", LIST, "Origin: http://evil.example\r\n", 403 },
		{ "DELETE", LIST, "Origin: null\r\n", 403 },
		{ "DELETE", LIST, "Origin: http://localhost:8025\r\n", 200 },
		{ "DELETE", LIST, SITE "cross-site\r\n", 403 },
		/* The picture of a message's HTML has no origin. */
		{ "GET", "/api/v1/message/x/part/1",
		    SITE "cross-site\r\n" DEST "image\r\n", 404 },
		{ "GET", "/api/v1/message/x",
		    SITE "cross-site\r\n" DEST "image\r\n", 403 },
		{ "GET", "/", SITE "cross-site\r\n" DEST "document\r\n", 200 },
		/* A name that somebody has lead here. */
		{ "GET", LIST, "Host: evil.example\r\n", 421 },
		{ "GET", LIST, "Host: 127.0.0.1:8025\r\n", 200 },
	};

	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int status =
		    ask_with(table[i].method, table[i].path, table[i].fields);

		cr_expect_eq(status, table[i].status, "%s %s %s: %d",
		    table[i].method, table[i].path, table[i].fields, status);
	}
}

Test(inbox_guard, asks_for_a_password)
{
	const char *users =
	    strdup(rig_file(rig_place(), "users", "joe:{PLAIN}secret\n"));

	make_place();
	start_mail(
	    RIG("berth-inboxd", "-l", "127.0.0.1:0", "--auth", users, mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	cr_expect_eq(ask_with("GET", "/", ""), 401);
	cr_expect_eq(ask_with("GET", LIST, ""), 401);
	cr_expect_eq(ask_with("DELETE", LIST, ""), 401);
	cr_expect_eq(ask_with("GET", "/", BASIC "am9lOndyb25n\r\n"), 401);
	cr_expect_eq(ask_with("GET", "/", BASIC "am9lOnNlY3JldA==\r\n"), 200);
	/* And the log says who it was. */
	cr_expect(rig_hear(inbox, "wrong user or password"));
	cr_expect(rig_hear(inbox, " - joe ["));
}

/* A mailbox is a scope of every call. */
Test(inbox_guard, a_mailbox_is_a_scope)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--mailbox-by", "user",
		mail));
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	send_to("ann@b.example", MAIL("for ann", "x"));
	send_to("bob@b.example", MAIL("for bob", "x"));
	rig_file(mail, "new/foreign.1", MAIL("for all", "x"));
	cr_expect_eq(chmod(rig_in(mail, "new/foreign.1"), 0644), 0);
	cr_expect_eq(count(LIST), 3);
	cr_expect_eq(count(LIST "?mailbox=ann"), 1);
	cr_expect_eq(count(LIST "?mailbox="), 1);
	cr_expect_eq(count(LIST "?mailbox=Inbox"), 1);
	cr_expect_eq(count(LIST "?mailbox=nobody"), 0);
	cr_expect_eq(
	    ask("PUT", LIST "?mailbox=bob", "{\"Read\":true}", NULL), 200);
	cr_expect_eq(count("/api/v1/search?query=is:read"), 1);
	cr_expect_eq(ask("DELETE", LIST "?mailbox=nobody", NULL, NULL), 200);
	cr_expect_eq(count(LIST), 3);
	cr_expect_eq(ask("DELETE", LIST "?mailbox=ann", NULL, NULL), 200);
	cr_expect_eq(count(LIST), 2);
	cr_expect_eq(ask("DELETE", LIST "?mailbox=", NULL, NULL), 200);
	cr_expect_eq(count(LIST), 1);
	cr_expect_eq(count(LIST "?mailbox=bob"), 1);
}
