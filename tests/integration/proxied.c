/*
 * proxied.c - behind a proxy that speaks the PROXY protocol: logs, trace
 * fields and limits see the real client, and only a trusted proxy is believed.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "master/admit.h"
#include "rig/faulty.h"
#include "rig/main.h"
#include "tls_start.h"

#define GET "GET /f HTTP/1.1\r\nHost: site.test\r\n\r\n"
#define ONE "PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\r\n"
#define TWO "PROXY TCP4 192.0.2.2 198.51.100.2 49374 443\r\n"
#define SIX "PROXY TCP6 2001:db8::1 2001:db8::2 49374 443\r\n"
#define V2  "\r\n\r\n\0\r\nQUIT\n"
#define V4  "\xc0\0\2\x01\xc6\x33\x64\x02\xc0\xde\x01\xbb"
/* By TLS, of which this was said. */
#define FACTS                             \
	V2 "\x21\x11\0\x31" V4 "\2\0\x09" \
	   "site.test"                    \
	   "\5\0\4id-1"                   \
	   "\x20\0\x0f\1\0\0\0\1\x21\0\7TLSv1.3"
#define LOCAL V2 "\x20\0\0\0"

#define BYTES(s) (s), sizeof(s) - 1

static struct rig *
site(const char *const *more)
{
	const char *argv[24] = { "berth-httpd", "-l", "127.0.0.1:0",
		"--proxy-from", "127.0.0.1", "--log-format", "json" };
	const char *dir = rig_place();
	int n = 7;

	rig_file(dir, "f", "content");
	for (; *more != NULL; more++)
		argv[n++] = *more;
	argv[n] = dir;
	return rig_start(argv);
}

static int
begin(struct rig *r, const char *name, const void *header, size_t n)
{
	int fd = rig_open(r, name);

	cr_assert(rig_send_bytes(fd, header, n));
	return fd;
}

/* Ask on a connection that has begun so; it stays open. */
static int
ask(struct rig *r, const char *header, int *fd)
{
	struct rig_reply reply = { 0 };
	int status;

	*fd = begin(r, "http", header, strlen(header));
	cr_assert(rig_send(*fd, GET));
	cr_assert(rig_reply(*fd, &reply, false));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

static int
ask_once(struct rig *r, const char *header)
{
	int fd, status = ask(r, header, &fd);

	close(fd);
	return status;
}

Test(proxied, the_log_has_the_client)
{
	struct rig *r = site(RIG(NULL));

	cr_expect_eq(ask_once(r, ONE), 200);
	cr_expect(rig_hear(r, "\n{\"time\":"));
	cr_expect(rig_hear(r, "\"client\":\"192.0.2.1\",\"port\":49374,"));
	cr_expect(rig_hear(r, "\"proxy\":\"127.0.0.1\"}"));
	cr_expect_eq(ask_once(r, SIX), 200);
	cr_expect(rig_hear(r, "\"client\":\"2001:db8::1\""));
	/* It does not know: the proxy is all that is known. */
	cr_expect_eq(ask_once(r, "PROXY UNKNOWN\r\n"), 421);
	cr_expect(rig_hear(r, "\"client\":\"127.0.0.1\""));
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, version_2_and_what_it_says_of_tls)
{
	struct rig *r = site(RIG(NULL));
	struct rig_reply reply = { 0 };
	int fd = begin(r, "http", BYTES(FACTS));

	cr_assert(rig_send(fd, GET));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 200);
	close(fd);
	cr_expect(rig_hear(r,
	    "\"proxy\":\"127.0.0.1\",\"connection\":\"id-1\","
	    "\"tls\":\"TLSv1.3\",\"sni\":\"site.test\"}"));
	/* The proxy itself looks whether we are well. */
	fd = begin(r, "http", BYTES(LOCAL));
	cr_expect(rig_get_on(fd, "/f", &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(rig_hear(r, "\"client\":\"127.0.0.1\""));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, in_pieces)
{
	struct rig *r = site(RIG(NULL));
	struct rig_reply reply = { 0 };
	int fd = rig_open(r, "http");

	cr_assert(rig_send_slowly(fd, ONE "GET /f HTTP/1.1\r\n", 5));
	cr_assert(rig_send(fd, "Host: a\r\n\r\n"));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 200);
	cr_expect(rig_hear(r, "\"client\":\"192.0.2.1\""));
	cr_assert_eq(rig_stop(r), 0);
}

/* Who is no proxy says nothing but bytes. */
Test(proxied, others_are_not_believed)
{
	struct rig *r = site(RIG(NULL));
	struct rig_reply reply = { 0 };
	int fd = rig_connect_from("127.0.0.2", rig_address(r, "http"));

	cr_assert_geq(fd, 0);
	cr_assert(rig_send(fd, ONE GET));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 400);
	cr_expect(rig_hear(r, "\"client\":\"127.0.0.2\""));
	close(fd);
	cr_expect_null(strstr(rig_err(r), "192.0.2.1"));
	/* And needs no header. */
	fd = rig_connect_from("127.0.0.2", rig_address(r, "http"));
	cr_expect(rig_get_on(fd, "/f", &reply));
	cr_expect_eq(reply.status, 200);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, what_is_no_header_is_not_served)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *why;
	} rows[] = {
		{ BYTES(GET), "does not begin with a PROXY header" },
		{ BYTES("\x16\x03\x01\2"), "does not begin with a PROXY" },
		{ BYTES("PROXY TCP4 1.2.3 4.5.6.7 8 9\r\n"), "breaks the" },
		{ BYTES(V2 "\x21\x11\xff\xff"), "longer than it may be" },
		{ BYTES(V2 "\x21\x11\0\x13" V4 "\3\0\4\1\2\3\4"),
		    "another checksum" },
	};
	struct rig *r = site(RIG(NULL));

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = begin(r, "http", rows[i].bytes, rows[i].n);
		char byte;

		cr_expect_leq(rig_receive(fd, &byte, 1), 0);
		cr_expect(rig_hear(r, rows[i].why), "%zu", i);
		close(fd);
	}
	cr_expect_eq(rig_count(r, "a connection from 127.0.0.1:"), 5);
	/* A look whether the port is open is no news. */
	close(rig_open(r, "http"));
	cr_expect_eq(ask_once(r, ONE), 200);
	cr_expect_eq(rig_count(r, "a connection from 127.0.0.1:"), 5);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, a_header_that_does_not_end)
{
	struct rig *r = site(RIG(NULL));
	int slow = begin(r, "http", "PROXY TCP4 192", 14), cut;
	char byte;

	cut = begin(r, "http", "PROXY TCP4 192", 14);
	rig_half_close(cut);
	cr_expect(rig_hear(r, "it ended within its PROXY header"));
	cr_expect_eq(rig_receive(slow, &byte, 1), 0);
	cr_expect(rig_hear(r, "was not complete in time"));
	cr_assert_eq(rig_stop(r), 0);
}

/* Two at a time from one client, whatever process serves them. */
static void
limit(const char *const *isolation)
{
	struct rig *r = site(isolation);
	int a, b, c, other;

	cr_expect_eq(ask(r, ONE, &a), 200);
	cr_expect_eq(ask(r, ONE, &b), 200);
	cr_expect_eq(ask(r, ONE, &c), 503);
	cr_expect(rig_hear(r, "refused 192.0.2.1: too many connections"));
	close(c);
	cr_expect_eq(ask(r, TWO, &other), 200);
	/* A reload forgets nobody. */
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_expect_eq(ask(r, ONE, &c), 503);
	close(c);
	close(a);
	while (ask(r, ONE, &c) != 200) /* until the child has ended */
		close(c);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, limits_are_the_clients)
{
	limit(RIG("--per-client", "2"));
}

Test(proxied, limits_are_the_clients_with_reuse)
{
	limit(RIG("--per-client", "2", "--reuse", "0"));
}

Test(proxied, limits_are_the_clients_with_exec)
{
	limit(RIG("--per-client", "2", "--exec"));
}

Test(proxied, bad_conduct_is_the_clients)
{
	struct rig *r = site(RIG("--per-client", "1000"));
	int times = 0;

	for (; times < 300; times++) {
		struct rig_reply reply = { 0 };
		int fd = begin(r, "http", BYTES(ONE)), status;

		cr_assert(rig_send(fd, "GET /f HTP/0\r\n\r\n"));
		cr_assert(rig_reply(fd, &reply, false));
		status = reply.status;
		rig_reply_free(&reply);
		close(fd);
		if (status == 503)
			break;
		cr_assert_eq(status, 400);
	}
	cr_expect_geq(times, ADMIT_LIMIT / ADMIT_RUDE_POINTS);
	cr_expect_lt(times, 300);
	cr_expect(rig_hear(r, "refused 192.0.2.1: connections from there"));
	cr_expect_eq(ask_once(r, ONE), 503);
	cr_expect_eq(ask_once(r, TWO), 200);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, mail)
{
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--proxy-from", "127.0.0.0/8", "--per-client", "1", "--log-format",
	    "json", rig_in(dir, "mail")));
	int fd = rig_open(r, "smtp"), more;

	/* It speaks first, but not before it knows to whom. */
	cr_assert(rig_expect_silence(fd, 200));
	cr_assert(rig_send_bytes(fd, BYTES(FACTS)));
	cr_assert(rig_smtp_expect(fd, "220"));
	more = begin(r, "smtp", BYTES(ONE));
	cr_expect(rig_smtp_expect(more, "421"));
	close(more);
	cr_expect(rig_smtp(fd, "EHLO a.test", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b.c>", "250"));
	cr_expect(rig_smtp(fd, "RCPT TO:<d@e.f>", "250"));
	cr_expect(rig_smtp(fd, "DATA", "354"));
	cr_expect(rig_smtp(fd, "Subject: x\r\n\r\ny\r\n.", "250"));
	cr_expect(rig_smtp(fd, "QUIT", "221"));
	close(fd);
	cr_expect(rig_hear(r,
	    "\"proxy\":\"127.0.0.1\",\"connection\":\"id-1\","
	    "\"tls\":\"TLSv1.3\"}"));
	cr_expect(rig_hear(r, "\"client\":\"192.0.2.1\""));
	{
		char line[512];

		snprintf(line, sizeof(line),
		    "cat '%s'/mail/new/* | tr -d '\\r\\n\\t' | "
		    "grep -c 'from a.test (.*192.0.2.1.*with ESMTPS'",
		    dir);
		cr_expect(rig_sh(0, line, 0, "1\n", NULL));
	}
	cr_assert_eq(rig_stop(r), 0);
}

/* The header comes before the handshake, in clear. */
static const char secure[] =
    "python3 -c '\n"
    "import socket, ssl, sys\n"
    "s = socket.create_connection((\"127.0.0.1\", int(sys.argv[1])))\n"
    "s.sendall(b\"PROXY TCP4 192.0.2.1 192.0.2.9 7 443\\r\\n\")\n"
    "t = ssl.create_default_context(cafile=\"cert.pem\")\n"
    "try:\n"
    "    s = t.wrap_socket(s, server_hostname=\"localhost\")\n"
    "except ssl.SSLError as e:\n"
    "    sys.exit(e.reason)\n"
    "s.sendall(sys.argv[2].encode().decode(\"unicode_escape\").encode())\n"
    "print(s.recv(12).decode().split()[-1])\n' $P ";

static bool
say_inside(struct rig *r, const char *name, const char *words, int code,
    const char *out, const char *err)
{
	char line[2048];

	snprintf(line, sizeof(line), "%s '%s'", secure, words);
	return rig_sh(rig_port(r, name), line, code, out, err);
}

Test(proxied, before_tls)
{
	struct rig *r = tls_start(RIG("berth", "--http", "off", "--tls-listen",
	    "127.0.0.1:0", "--smtp", "off", "--smtps", "127.0.0.1:0", "--inbox",
	    "off", "--inbox-tls", "127.0.0.1:0", "--proxy-from", "127.0.0.1",
	    "--per-client", "1", "--tls-cert", "cert.pem", "--tls-key",
	    "key.pem", "site"));
	static const char get[] = "GET / HTTP/1.1\\r\\nHost: localhost\\r\\n"
				  "Connection: close\\r\\n\\r\\n";
	int held;

	cr_expect(say_inside(r, "https", get, 0, "200\n", ""));
	cr_expect(rig_hear(r, "192.0.2.1 - - ["));
	cr_expect(say_inside(r, "smtps", "QUIT\\r\\n", 0, NULL, ""));
	cr_expect(say_inside(r, "inbox-tls", get, 0, "200\n", ""));
	held = begin(
	    r, "https", BYTES("PROXY TCP4 192.0.2.1 192.0.2.9 8 443\r\n"));
	/* It is counted when it has said so: then there is no place. */
	for (int i = 0; i < 500 && rig_count(r, "refused 192.0.2.1") == 0;
	     i++) {
		int fd = begin(r, "https",
		    BYTES("PROXY TCP4 192.0.2.1 192.0.2.9 9 443\r\n"));
		char alert[64];

		rig_half_close(fd);
		while (rig_receive(fd, alert, sizeof(alert)) > 0)
			;
		close(fd);
	}
	cr_expect(rig_hear(r, "refused 192.0.2.1"));
	cr_expect(say_inside(r, "https", get, 1, "", "ALERT_INTERNAL_ERROR"));
	close(held);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, https_redirect_knows_that_it_was_https)
{
	struct rig *r =
	    tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen",
		"127.0.0.1:0", "--https-redirect", "--tls-cert", "cert.pem",
		"--tls-key", "key.pem", "--proxy-from", "127.0.0.1", "site"));
	struct rig_reply reply = { 0 };
	int fd = begin(r, "http", BYTES(FACTS));

	cr_expect(rig_get_on(fd, "/", &reply));
	cr_expect_eq(reply.status, 200);
	close(fd);
	fd = begin(r, "http", BYTES(ONE));
	cr_expect(rig_get_on(fd, "/", &reply));
	cr_expect_eq(reply.status, 308);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, started_by_inetd)
{
	struct rig_reply reply = { 0 };
	const char *dir = rig_place();
	struct rig *r;
	int ends[2];

	rig_file(dir, "f", "content");
	rig_pair(ends);
	r = rig_serve(RIG("berth-httpd", "--proxy-from", "unix", dir), ends[1]);
	cr_assert(rig_send(ends[0], ONE));
	cr_assert(rig_get_on(ends[0], "/f", &reply));
	cr_expect_eq(reply.status, 200);
	close(ends[0]);
	cr_expect_eq(rig_wait(r), 0);
	cr_expect_not_null(strstr(rig_err(r), "192.0.2.1 - - ["));
}

/* A child that was taken over cannot say it when it is not asked. */
Test(proxied, a_word_that_is_not_awaited)
{
	struct rig *r = faulty_start(RIG("--reuse", "0"));
	int fd = rig_open(r, FAULTY);

	cr_assert(rig_send(fd, "say c\n"));
	cr_expect(rig_hear(r, "which no child does: it is killed"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied, options_that_are_none)
{
	static const char *const rows[] = { "localhost", "10.0.0.1/8",
		"::1/200", "127.0.0.1:80" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r =
		    rig_run(RIG("berth-greetd", "--proxy-from", rows[i]));

		cr_expect_eq(rig_wait(r), 64);
		cr_expect_not_null(strstr(rig_err(r), "--proxy-from"));
		cr_expect_not_null(strstr(rig_err(r), rows[i]));
	}
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}
