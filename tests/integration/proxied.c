/*
 * proxied.c - behind a proxy that speaks the PROXY protocol: logs and trace
 * fields have the real client, and only a trusted proxy is believed.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "proxied_start.h"
#include "rig/faulty.h"
#include "rig/main.h"

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
