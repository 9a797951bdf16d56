/*
 * proxied_services.c - the PROXY protocol before mail, before TLS, and of one
 * connection that inetd has started.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proxied_start.h"
#include "tls_start.h"

Test(proxied_services, mail)
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
    "print(s.recv(12).decode().split()[-1])\n"
    "while s.recv(4096): pass\n' $P ";

#define AT_REST         6 /* processes, the key keeper and the indexer too */
#define REQUEST(target) "GET " target " HTTP/1.1\\r\\nHost: localhost\\r\\n"
#define LAST            REQUEST("/") "Connection: close\\r\\n\\r\\n"

static bool
say_inside(struct rig *r, const char *name, const char *words, int code,
    const char *out, const char *err)
{
	char line[2048];

	snprintf(line, sizeof(line), "%s '%s'", secure, words);
	return rig_sh(rig_port(r, name), line, code, out, err);
}

Test(proxied_services, before_tls)
{
	struct rig *r = tls_start(RIG("berth", "--http", "off", "--tls-listen",
	    "127.0.0.1:0", "--smtp", "off", "--smtps", "127.0.0.1:0", "--inbox",
	    "off", "--inbox-tls", "127.0.0.1:0", "--proxy-from", "127.0.0.1",
	    "--per-client", "1", "--tls-cert", "cert.pem", "--tls-key",
	    "key.pem", "site"));
	struct rig *held;
	char line[2048];

	/* It may come again when its process is no more. */
	cr_expect(rig_children_become(rig_pid(r), AT_REST, AT_REST));
	cr_expect(say_inside(r, "https", LAST, 0, "200\n", ""));
	cr_expect(rig_hear(r, "192.0.2.1 - - ["));
	cr_expect(rig_children_become(rig_pid(r), AT_REST, AT_REST));
	cr_expect(say_inside(r, "smtps", "QUIT\\r\\n", 0, NULL, ""));
	cr_expect(rig_children_become(rig_pid(r), AT_REST, AT_REST));
	cr_expect(say_inside(r, "inbox-tls", LAST, 0, "200\n", ""));
	cr_expect(rig_children_become(rig_pid(r), AT_REST, AT_REST));
	/* Who has had an answer and stays is counted: there is no place. */
	snprintf(
	    line, sizeof(line), "%s '%s'", secure, REQUEST("/?stays") "\\r\\n");
	held = rig_sh_spawn(rig_port(r, "https"), line);
	cr_assert(rig_hear(r, "\"GET /?stays HTTP/1.1\" 200 "));
	cr_expect(say_inside(r, "https", LAST, 1, "", "ALERT_INTERNAL_ERROR"));
	cr_expect(rig_hear(r, "refused 192.0.2.1"));
	rig_kill_all(held);
	cr_assert_eq(rig_stop(r), 0);
}

Test(proxied_services, https_redirect_knows_that_it_was_https)
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

Test(proxied_services, started_by_inetd)
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
