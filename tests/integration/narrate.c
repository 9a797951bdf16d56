/*
 * narrate.c - socket calls told as they happen, in the words of the class.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rig/rig.h"

/* All of these stand on standard error, in this order. */
static bool
tells(struct rig *r, const char *const words[])
{
	const char *at = rig_err(r);

	for (size_t i = 0; words[i] != NULL; i++) {
		const char *found = strstr(at, words[i]);

		if (found == NULL)
			return rig_fail("not told, or not then: %s", words[i]);
		at = found + strlen(words[i]);
	}
	return true;
}

Test(narrate, a_server_tells_its_calls_and_who_came)
{
	struct rig *server =
	    rig_start(RIG("berth-upperd", "--narrate", "-l", "127.0.0.1:0"));
	unsigned port = rig_port(server, "upper 127");

	cr_expect(rig_sh(
	    port, "echo hello | berth-tcp 127.0.0.1 $P", 0, "HELLO\n", ""));
	cr_expect(rig_hear(server, " close("));
	cr_expect(rig_hear(server, "accept("));
	/* Two processes, each in its own order. */
	cr_expect(tells(server,
	    RIG("socket(AF_INET, SOCK_STREAM, 0) = ", "SO_REUSEADDR, 1) = 0",
		"bind(", ", 127.0.0.1:0) = 0", "listen(", ") = 0", "accept(",
		", 127.0.0.1:")));
	cr_expect(tells(server,
	    RIG("Got connection from 127.0.0.1 ", "recv(", "= 6 \"hello\\n\"",
		"send(", "\"HELLO\\n\") = 6",
		") = 0, the other end sends no more")));
	cr_expect(
	    rig_sh(port, "echo hi | berth-udp 127.0.0.1 $P", 0, "HI\n", ""));
	cr_expect(rig_hear_times(server, " close(", 2));
	cr_expect(tells(server,
	    RIG("recvfrom(", "= 3 \"hi\\n\"", "Got datagram from 127.0.0.1 ",
		"sendto(", "\"HI\\n\"")));
	cr_expect_eq(rig_stop(server), 0);
}

Test(narrate, a_greeter_tells_too)
{
	struct rig *server = rig_start(
	    RIG("berth-greetd", "--narrate", "--once", "-l", "127.0.0.1:0"));

	cr_expect(rig_sh(rig_port(server, "greet"),
	    "berth-tcp 127.0.0.1 $P </dev/null", 0, "TEST", ""));
	cr_expect_eq(rig_wait(server), 0);
	cr_expect(tells(server, RIG("listen(", "accept(")));
	cr_expect(tells(
	    server, RIG("Got connection from", "send(", "\"TEST\") = 4")));
}

Test(narrate, clients_tell_theirs)
{
	struct rig *server =
	    rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	unsigned port = rig_port(server, "upper 127");
	struct rig *r =
	    rig_sh_run(port, "echo hello | berth-tcp --narrate 127.0.0.1 $P");

	cr_expect_eq(rig_wait(r), 0);
	cr_expect(tells(r,
	    RIG("getaddrinfo(\"127.0.0.1\") = 127.0.0.1:",
		"socket(AF_INET, SOCK_STREAM, 0) = ", "connect(", ") = 0",
		"send(", "\"hello\\n\") = 6", "recv(", "= 6 \"HELLO\\n\"",
		") = 0, the server sends no more")));
	r = rig_sh_run(port, "echo hi | berth-udp --narrate 127.0.0.1 $P");
	cr_expect_eq(rig_wait(r), 0);
	cr_expect(tells(r, RIG("SOCK_DGRAM", "send(", "recv(", "\"HI\\n\"")));
	/* What fails is told with its errno. */
	r = rig_sh_run(1, "berth-tcp --narrate 127.0.0.1 $P </dev/null");
	cr_expect_neq(rig_wait(r), 0);
	cr_expect(tells(r,
	    RIG("connect(",
		"127.0.0.1:1) = -1, ECONNREFUSED (Connection "
		"refused)")));
	r = rig_sh_run(1, "berth-http --narrate -s http://127.0.0.1:$P/");
	cr_expect_eq(rig_wait(r), 7);
	cr_expect(tells(r, RIG("connect(", "ECONNREFUSED")));
	cr_expect_eq(rig_stop(server), 0);
}

Test(narrate, look_ups_tell_theirs)
{
	struct rig *r =
	    rig_run(RIG("berth-lookup", "--narrate", "service", "smtp", "tcp"));

	cr_expect_eq(rig_wait(r), 0);
	cr_expect(
	    tells(r, RIG("getservbyname(\"smtp\", \"tcp\") = \"smtp\", 25")));
	cr_expect(strcmp(rig_out(r), "smtp 25/tcp mail\n") == 0);
	r = rig_run(RIG("berth-lookup", "--narrate", "protocol", "17"));
	cr_expect_eq(rig_wait(r), 0);
	cr_expect(tells(r, RIG("getprotobynumber(17) = \"udp\", 17")));
	r = rig_run(RIG("berth-lookup", "--narrate", "service", "no-such"));
	cr_expect_neq(rig_wait(r), 0);
	cr_expect(tells(r, RIG("getservbyname(\"no-such\", \"tcp\") = NULL")));
	r = rig_run(
	    RIG("berth-lookup", "--narrate", "-c", "host", "localhost"));
	cr_expect_eq(rig_wait(r), 0);
	cr_expect(tells(r,
	    RIG("getaddrinfo(\"localhost\"",
		"gethostbyname(\"localhost\") = "
		"localhost")));
}

/* What comes from the other end cannot speak to the terminal. */
Test(narrate, shows_bytes_as_c_writes_them)
{
	struct rig *server =
	    rig_start(RIG("berth-upperd", "--narrate", "-l", "127.0.0.1:0"));

	cr_expect(rig_sh(rig_port(server, "upper 127"),
	    "printf '\\033]0;x\\007\\t\"' | berth-tcp 127.0.0.1 $P", 0, NULL,
	    ""));
	cr_expect(rig_hear(server, "\"\\033]0;x\\007\\t\\\"\""));
	cr_expect_null(strchr(rig_err(server), '\033'));
	cr_expect_eq(rig_stop(server), 0);
}

/* As the class's book has it, line for line. */
Test(narrate, the_dialogue_of_the_book)
{
	struct rig *server = rig_start(RIG("berth-smtpd", "--hostname",
	    "hamburger.edu", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));
	struct rig *r = rig_sh_run(rig_port(server, "smtp"),
	    "printf 'Do you like ketchup?\\nHow about pickles?\\n' | "
	    "berth-smtp --helo-only -v --raw --helo crepes.fr 127.0.0.1:$P "
	    "alice@crepes.fr bob@hamburger.edu | "
	    "sed 's/[0-9]*\\.M[^ ]* /ID /'");

	cr_expect_eq(rig_wait(r), 0);
	cr_expect_str_eq(rig_out(r),
	    "S: 220 hamburger.edu ESMTP Berth\n"
	    "C: HELO crepes.fr\n"
	    "S: 250 hamburger.edu Hello crepes.fr, pleased to meet you\n"
	    "C: MAIL FROM: <alice@crepes.fr>\n"
	    "S: 250 2.1.0 <alice@crepes.fr>... Sender ok\n"
	    "C: RCPT TO: <bob@hamburger.edu>\n"
	    "S: 250 2.1.5 <bob@hamburger.edu>... Recipient ok\n"
	    "C: DATA\n"
	    "S: 354 Enter mail, end with \".\" on a line by itself\n"
	    "C: Do you like ketchup?\n"
	    "C: How about pickles?\n"
	    "C: .\n"
	    "S: 250 2.0.0 ID Message accepted for delivery\n"
	    "C: QUIT\n"
	    "S: 221 2.0.0 hamburger.edu closing connection\n");
	cr_expect(rig_sh(rig_port(server, "smtp"),
	    "echo | berth-smtp --helo-only --auth a:b 127.0.0.1:$P a@b c@d", 64,
	    "", "--helo-only: not with --auth"));
	cr_expect_eq(rig_stop(server), 0);
}
