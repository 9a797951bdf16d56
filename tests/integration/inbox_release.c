/*
 * inbox_release.c - --relay: a message that was caught goes on to a real mail
 * server, which here is another berth-smtpd, and to nobody but those who may
 * have it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "inbox_start.h"
#include "mail/relay.h"
#include "tls_start.h"
#include "system/fdpass.h"

static struct rig *far;      /* the server that is relayed to */
static const char *far_mail; /* its Maildir */

static void
start_relay(const char *to)
{
	static char server[64];

	far_mail = rig_in(rig_place(), "far");
	far = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", far_mail));
	snprintf(server, sizeof(server), "127.0.0.1:%u", rig_port(far, "smtp"));
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay", server,
		       "--relay-to", to, mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

/* One that lets in whoever has the password, and knows TLS. */
static void
start_secure(const char *name, const char *tls, const char *ca)
{
	const char *place = tls_place();

	far_mail = rig_in(place, "far");
	rig_file(place, "users", "ann:{PLAIN}se:cret\n");
	chmod(rig_file(place, "login", "ann:se:cret\n"), 0600);
	far = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-smtpd", "-l", "127.0.0.1:0", "--smtps",
		"127.0.0.1:0", "--tls-cert", "cert.pem", "--tls-key", "key.pem",
		"--auth", "users", "far"),
	    .dir = place });
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay",
		       at("localhost:%u", rig_port(far, name)), "--relay-tls",
		       tls, "--relay-ca", rig_in(place, ca), "--relay-auth",
		       rig_in(place, "login"), mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

static void
stop_relay(void)
{
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

/* The only message of the far server, or "". */
static const char *
arrived(void)
{
	static char text[65536];
	char path[4096], line[4096 + 300];
	DIR *d;
	const struct dirent *e;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/new", far_mail);
	d = opendir(path);
	text[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL) {
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(line, sizeof(line), "%s/%s", path, e->d_name);
		f = fopen(line, "re");
		cr_assert_not_null(f);
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = '\0';
		fclose(f);
	}
	if (d != NULL)
		closedir(d);
	return text;
}

static int
release(const char *id, const char *body, struct rig_reply *r)
{
	char path[256];

	snprintf(path, sizeof(path), "/api/v1/message/%s/release", id);
	return ask("POST", path, body, r);
}

static bool
says(const struct rig_reply *r, const char *words)
{
	return memmem(r->body.p, r->body.n, words, strlen(words)) != NULL;
}

Test(inbox_release, a_message_goes_out_as_it_was_sent)
{
	struct rig_reply r;
	const char *id, *text;

	start_relay("*@b.example");
	id = send_to(
	    "x@x.example", MAIL("hello", "line\r\n..dots\r\n\r\nlast line"));
	cr_assert_eq(
	    release(id, "{\"To\":[\"Bob@B.Example\",\"c@b.example\"]}", &r),
	    200, "%.*s", SLICE_FMT(r.body));
	cr_expect(slice_is(r.body, "ok"));
	text = arrived();
	cr_expect_not_null(strstr(text, "Return-Path: <ann@a.example>\r\n"));
	cr_expect_not_null(strstr(text, "Delivered-To: Bob@B.Example\r\n"));
	cr_expect_not_null(strstr(text, "Delivered-To: c@b.example\r\n"));
	cr_expect_not_null(strstr(text, "Subject: hello\r\n"));
	cr_expect_not_null(
	    strstr(text, "\r\n\r\nline\r\n.dots\r\n\r\nlast line\r\n"));
	/* Nothing of our own envelope. */
	cr_expect_null(strstr(text, "x@x.example"));
	/* And what the page and clients learn of it. */
	cr_assert_eq(ask("GET", "/api/v1/webui", NULL, &r), 200);
	cr_expect(says(&r, "\"Enabled\":true,\"SMTPServer\":\"127.0.0.1:"));
	cr_expect(says(&r, "\"AllowedRecipients\":\"*@b.example\""));
	stop_relay();
}

Test(inbox_release, mailhogs_clients_can_do_it_too)
{
	struct rig_reply r;
	char path[256];
	const char *id;

	start_relay("*");
	id = send_to("x@x.example", MAIL("hog", "text"));
	snprintf(path, sizeof(path), "/api/v1/messages/%s/release", id);
	/* Another server than the one that was named by an option: no. */
	cr_assert_eq(ask("POST", path,
			 "{\"Email\":\"b@b.example\",\"Host\":\"evil\","
			 "\"Port\":\"25\"}",
			 &r),
	    400);
	cr_expect_eq(arrived()[0], '\0');
	cr_assert_eq(
	    ask("POST", path,
		"{\"email\":\"b@b.example\",\"host\":\"127.0.0.1\"}", &r),
	    200);
	cr_expect_not_null(strstr(arrived(), "Subject: hog\r\n"));
	stop_relay();
}

Test(inbox_release, nobody_gets_it_who_may_not)
{
	static const struct {
		const char *body, *words;
	} rows[] = {
		{ "{\"To\":[]}", "no recipients" },
		{ "{}", "no recipients" },
		{ "{\"To\":\"b@b.example\"}", "no recipients" },
		{ "{\"To\":[7]}", "no address" },
		{ "{\"To\":[\"\"]}", "no address" },
		{ "{\"To\":[\"bob\"]}", "no address" },
		{ "{\"To\":[\"-v\"]}", "no address" },
		{ "{\"To\":[\"b@b.example,c@c.example\"]}", "no address" },
		{ "{\"To\":[\"<b@b.example>\"]}", "no address" },
		{ "{\"To\":[\"b@b.example\\r\\nRCPT TO:<c@c.example>\"]}",
		    "no address" },
		{ "{\"To\":[\"c@c.example\"]}", "--relay-to" },
		{ "{\"To\":[\"b@b.example\",\"b@b.example.net\"]}",
		    "--relay-to" },
	};
	struct rig_reply r;
	const char *id;

	start_relay("*@b.example");
	id = send_to("x@x.example", MAIL("no", "text"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(
		    release(id, rows[i].body, &r), 400, "%s", rows[i].body);
		cr_expect(says(&r, rows[i].words), "%s: %.*s", rows[i].body,
		    SLICE_FMT(r.body));
	}
	cr_expect_eq(release("nothing", "{\"To\":[\"b@b.example\"]}", &r), 404);
	cr_expect_eq(arrived()[0], '\0');
	stop_relay();
}

Test(inbox_release, what_the_server_says_is_told)
{
	struct rig_reply r;
	const char *id;

	start_relay("*");
	id = send_to("x@x.example", MAIL("gone", "text"));
	cr_assert_eq(rig_stop(far), 0);
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 502);
	cr_expect(says(&r, "refused"), "%.*s", SLICE_FMT(r.body));
	stop();
}

/* Both ways to TLS, and what is not wanted of a server with a password is not
 * asked for: may is not enough. */
Test(inbox_release, with_tls_and_a_login)
{
	static const char *const ways[][2] = { { "smtp", "starttls" },
		{ "smtps", "on" }, { "smtp", "may" } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct rig_reply r;
		const char *id;

		start_secure(ways[i][0], ways[i][1], "cert.pem");
		id = send_to("x@x.example", MAIL("secure", "text"));
		cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 200,
		    "%s: %.*s", ways[i][1], SLICE_FMT(r.body));
		cr_expect_not_null(strstr(arrived(), "X-Berth-User: ann\r\n"));
		cr_expect_not_null(strstr(arrived(), " with ESMTPSA "));
		cr_expect_not_null(strstr(arrived(), "Subject: secure\r\n"));
		stop_relay();
		cr_assert(rig_sh(0, "rm -rf far", 0, "", ""));
	}
}

Test(inbox_release, nothing_goes_to_a_server_that_is_not_trusted)
{
	struct rig_reply r;
	const char *id;

	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out other.pem "
	    "-subj /CN=localhost 2>/dev/null",
	    0, "", ""));
	start_secure("smtp", "starttls", "other.pem");
	id = send_to("x@x.example", MAIL("secure", "text"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 502);
	cr_expect(says(&r, "certificate"), "%.*s", SLICE_FMT(r.body));
	cr_expect_eq(arrived()[0], '\0');
	stop_relay();
}

Test(inbox_release, without_the_option_nothing_leaves)
{
	struct rig_reply r;
	const char *id;

	start();
	id = send_to("x@x.example", MAIL("stay", "text"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 400);
	cr_expect(says(&r, "--relay HOST:PORT"));
	cr_assert_eq(ask("GET", "/api/v1/webui", NULL, &r), 200);
	cr_expect(says(&r, "\"Enabled\":false"));
	stop();
}

Test(inbox_release, options_that_are_wrong_say_so)
{
	static const char *const bad[][2] = { { "--relay", "mail" },
		{ "--relay", "mail:0" }, { "--relay-to", "*" },
		{ "--relay-tls", "on" }, { "--relay-ca", "x" },
		{ "--relay-auth", "x" }, { "--relay-matching", "*" } };
	static const char *const files[][2] = { { "--relay-ca", "/nowhere" },
		{ "--relay-auth", "/nowhere" },
		{ "--relay-auth", "/dev/null" } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *s =
		    rig_run(RIG("berth-inboxd", bad[i][0], bad[i][1], "x"));

		cr_expect_eq(rig_wait(s), 64, "%s", bad[i][1]);
		cr_expect(rig_hear(s, bad[i][0]));
	}
	make_place();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct rig *s = rig_run(RIG("berth-inboxd", "-l", "127.0.0.1:0",
		    "--relay", "x:25", files[i][0], files[i][1], mail));

		cr_expect_eq(rig_wait(s), 78, "%s", files[i][1]);
		cr_expect(rig_hear(s, files[i][0]));
	}
}

/* ---- the relay itself: a child that was taken over ---- */

static struct rig *relay;
static int control;

static int
line(void)
{
	uint32_t scope[2] = { 0, 0 };
	int ends[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	cr_assert_eq(fdpass_send(control, scope, sizeof(scope), ends[0]), 0);
	close(ends[0]);
	return ends[1];
}

static void
start_as(const char *program, const char *server)
{
	int ends[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	control = ends[0];
	relay = rig_spawn(&(struct rig_how){
	    .argv = RIG(program, "--to", "*@b.example", "--", server),
	    .fds = &ends[1],
	    .fd_count = 1 });
	close(ends[1]);
}

static void
start_alone(const char *server)
{
	start_as("berth-relay", server);
}

Test(inbox_release, a_child_that_was_taken_over_gets_no_further)
{
	static struct relay_ask a;
	static struct relay_answer answer;
	static const struct {
		const char *from, *to;
		uint32_t count;
	} rows[] = {
		{ "a@a.example", "c@c.example", 1 }, { "a@a.example", "-n", 1 },
		{ "a@a.example\r\nDATA", "b@b.example", 1 },
		{ "-o", "b@b.example", 1 }, { "a@a.example", "b@b.example", 0 },
		{ "a@a.example", "b@b.example", RELAY_TO_MOST + 1 },
		{ "a@a.example", "b@b.example", 2 }, /* the second is "" */
	};
	char waste[16];
	int fd, file;

	start_alone("127.0.0.1:1");
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = line();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&a, 0, sizeof(a));
		a.ticket = (uint32_t)i + 1;
		a.count = rows[i].count;
		strcpy(a.from, rows[i].from);
		strcpy(a.to, rows[i].to);
		cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
		cr_assert_eq(
		    rig_receive(fd, &answer, sizeof(answer)), sizeof(answer));
		cr_expect_eq(answer.ticket, i + 1);
		cr_expect_eq(answer.end, RELAY_REFUSED, "%zu", i);
	}
	/* Texts without an end. */
	memset(&a, 'x', sizeof(a));
	a.count = 1;
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
	cr_assert_eq(rig_receive(fd, &answer, sizeof(answer)), sizeof(answer));
	cr_expect_eq(answer.end, RELAY_REFUSED);
	/* No file, or another size: hung up on. */
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), -1), 0);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	fd = line();
	cr_assert_eq(fdpass_send(fd, "x", 1, file), 0);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	close(file);
	close(control);
	cr_expect_eq(rig_wait(relay), 0);
}

/* A copy of the relay runs what lies beside it. */
static void
start_with_sender(const char *script)
{
	const char *dir = rig_place(), *program;
	struct buf b;

	buf_init(&b, 1 << 28);
	cr_assert_eq(rig_slurp(rig_path("berth-relay"), &b), 0);
	program = rig_file_bytes(dir, "berth-relay", b.p, b.n);
	buf_free(&b);
	cr_assert_eq(chmod(program, 0755), 0);
	cr_assert_eq(chmod(rig_file(dir, "berth-smtp", script), 0755), 0);
	start_as(program, "127.0.0.1:1");
}

static bool
has_child(void *pid)
{
	return rig_children(rig_pid(relay), pid, 1) == 1;
}

/*
 * A sender that the message has taken over says no more and does not end:
 * others are served, and its client gets an answer.
 */
Test(inbox_release, what_it_runs_holds_up_nobody)
{
	static struct relay_ask a = { .count = 1, .to = "b@b.example" };
	static struct relay_answer answer;
	int fd, file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	start_with_sender("#!/bin/sh\n"
			  "echo hello >&2\nexec >&- 2>&-\nexec sleep 1000\n");
	for (a.ticket = 1; a.ticket < 3; a.ticket++) {
		fd = line();
		cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
		cr_assert_eq(
		    rig_receive(fd, &answer, sizeof(answer)), sizeof(answer));
		cr_expect_eq(answer.ticket, a.ticket);
		cr_expect_eq(answer.end, RELAY_LATER);
		cr_expect_str_eq(answer.words, "hello");
		close(fd);
	}
	/* Whose client goes away is ended with it. */
	fd = line();
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
	close(fd);
	close(file);
	close(control);
	cr_expect_eq(rig_wait(relay), 0);
}

Test(inbox_release, what_it_runs_ends_with_it)
{
	static struct relay_ask a = { .count = 1, .to = "b@b.example" };
	int fd, file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t sender;

	start_with_sender("#!/bin/sh\nexec sleep 1000\n");
	fd = line();
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
	cr_assert(rig_until("the sender", has_child, &sender));
	cr_assert_eq(kill(rig_pid(relay), SIGKILL), 0);
	cr_expect(rig_all_gone(&sender, 1, rig_patience_ms()));
	rig_wait(relay);
	close(fd);
	close(file);
	close(control);
}
