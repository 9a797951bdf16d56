/*
 * tls_smtp.c - mail over TLS: STARTTLS with all that may be wrong about it,
 * and --smtps.
 */
#include <unistd.h>

#include "tls_start.h"

#define SERVER(...)                                                         \
	RIG("berth-smtpd", "-l", "127.0.0.1:0", "--smtps", "127.0.0.1:0",   \
	    "--tls-cert", "cert.pem", "--tls-key", "key.pem", "--hostname", \
	    "mx.test", __VA_ARGS__)

/* Say these lines inside, and keep the codes of what it answers. */
#define INSIDE(lines)                                                    \
	"for line in " lines "; do printf '%s\\r\\n' \"$line\"; done | " \
	"timeout 20 openssl s_client -connect 127.0.0.1:$P "             \
	"-starttls smtp -quiet 2>/dev/null | "                           \
	"cut -c1-3 | uniq | tr '\\n' ' '"

static int
greeted(struct rig *r)
{
	int fd = rig_open(r, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	return fd;
}

Test(tls_smtp, starttls_when_and_how_often)
{
	struct rig *r = tls_start(SERVER("mail"));
	struct buf b;
	int fd = greeted(r);

	buf_init(&b, 4096);
	cr_assert(rig_send(fd, "EHLO a\r\n"));
	cr_assert_eq(rig_smtp_reply(fd, &b), 250);
	cr_expect_not_null(strstr(buf_str(&b), "250-STARTTLS\r\n"));
	cr_expect(rig_smtp(fd, "STARTTLS now", "501"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b.c>", "250"));
	cr_expect(rig_smtp(fd, "STARTTLS", "503"));
	cr_expect(rig_smtp(fd, "RSET", "250"));
	/* It cannot be had, for what follows is no handshake. */
	cr_expect(rig_smtp(fd, "STARTTLS", "220"));
	cr_expect(rig_send(fd, "EHLO a\r\n"));
	buf_clear(&b);
	rig_read_all(fd, &b);
	cr_expect_null(memmem(b.p, b.n, "250", 3));
	cr_expect(rig_hear(r, "STARTTLS: no handshake"));
	close(fd);
	/* Inside: the greeting is forgotten, and it is not offered again. */
	tls_expect(rig_port(r, "smtp"),
	    INSIDE("'MAIL FROM:<a@b.c>' STARTTLS 'EHLO a' STARTTLS "
		   "'MAIL FROM:<a@b.c>' STARTTLS QUIT"),
	    0, "503 250 503 250 503 221 ");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_smtp, what_comes_behind_starttls_in_clear_is_refused)
{
	struct rig *r = tls_start(SERVER("mail"));
	int fd = greeted(r);

	cr_assert(rig_send(fd, "STARTTLS\r\nEHLO evil\r\n"));
	cr_expect(rig_smtp_expect(fd, "554"));
	cr_expect(rig_expect_end(fd));
	cr_expect(rig_hear(r, "more was sent behind STARTTLS"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_smtp, mail_and_logins_inside)
{
	struct rig *r = tls_start(SERVER("mail"));

	tls_expect(rig_port(r, "smtps"),
	    "echo Hi | berth-smtp --tls --cacert cert.pem --auth u:p "
	    "localhost:$P a@b.c d@e.f && grep -h 'with' mail/new/* | "
	    "grep -o 'with [A-Z]*'",
	    0, "with ESMTPSA\n");
	tls_expect(rig_port(r, "smtp"),
	    "rm mail/new/*; echo Hi | berth-smtp --starttls --cacert cert.pem "
	    "localhost:$P a@b.c d@e.f && grep -h 'with' mail/new/* | "
	    "grep -o 'with [A-Z]*'",
	    0, "with ESMTPS\n");
	tls_expect(rig_port(r, "smtp"),
	    INSIDE("'EHLO a' 'AUTH PLAIN AHUAcA==' 'AUTH PLAIN AHUAcA==' QUIT"),
	    0, "250 235 503 221 ");
	cr_assert_eq(rig_stop(r), 0);
}

static void
refused(struct rig *r, const char *why)
{
	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), why), "%s", rig_err(r));
}

/* Where it cannot be had, it is not asked for in vain. */
Test(tls_smtp, it_is_there_or_the_server_does_not_begin)
{
	const char *place = tls_place();
	int ends[2];

	refused(
	    rig_run_how(&(struct rig_how){ .dir = place,
		.argv = RIG("berth-smtpd", "--require-tls", "-l0", "mail") }),
	    "--require-tls: there is no TLS here");
	refused(rig_run_how(&(struct rig_how){ .dir = place,
		    .argv = RIG("berth", "--require-tls", "--http", "0",
			"--smtp", "0", "site") }),
	    "--require-tls: there is no TLS here");
	/* inetd gives a connection, and nobody keeps the key. */
	rig_pair(ends);
	refused(rig_serve(
		    RIG("berth-smtpd", "--tls-cert", rig_in(place, "cert.pem"),
			"--tls-key", rig_in(place, "key.pem"), "mail"),
		    ends[1]),
	    "--tls-cert: not with a connection on descriptor 0");
	cr_expect(rig_expect_end(ends[0]));
	close(ends[0]);
}

Test(tls_smtp, no_mail_without_it_when_that_is_asked_for)
{
	struct rig *r = tls_start(SERVER("--require-tls", "mail"));
	int fd = greeted(r);

	cr_expect(rig_smtp(fd, "EHLO a", "250"));
	cr_expect(rig_smtp(fd, "MAIL FROM:<a@b.c>", "530"));
	cr_expect(rig_smtp(fd, "AUTH PLAIN AHUAcA==", "538"));
	cr_expect(rig_smtp(fd, "NOOP", "250"));
	cr_expect(rig_smtp(fd, "QUIT", "221"));
	close(fd);
	tls_expect(rig_port(r, "smtp"),
	    INSIDE("'EHLO a' 'MAIL FROM:<a@b.c>' QUIT"), 0, "250 221 ");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_smtp, tls_to_the_plain_port_and_a_web_page_to_the_other)
{
	struct rig *r = tls_start(SERVER("mail"));
	int fd = greeted(r);

	cr_assert(rig_send_bytes(fd, "\x16\x03\x01\x02\x00\x01", 6));
	cr_expect(rig_smtp_expect(fd, "501"));
	cr_expect(rig_expect_end(fd));
	close(fd);
	/* A browser that was led here, RFC 7301: it asks for HTTP by name. */
	tls_expect(rig_port(r, "smtps"),
	    "openssl s_client -connect 127.0.0.1:$P -alpn http/1.1 "
	    "</dev/null 2>&1 | grep -c 'alert no application protocol'",
	    0, "1\n");
	cr_assert_eq(rig_stop(r), 0);
}
