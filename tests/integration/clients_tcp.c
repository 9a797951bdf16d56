/*
 * clients_tcp.c - berth-tcp with our servers and with odd ones.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bytes/num.h"
#include "rig/rig.h"

static unsigned port; /* $P in the lines below */

/* What the line prints, its errors too, is out. */
static void
expect(const char *line, int code, const char *out)
{
	char both[1000];

	snprintf(both, sizeof(both), "exec 2>&1; %s", line);
	cr_expect(rig_sh(port, both, code, out, ""), "%s", line);
}

Test(clients_tcp, upper_case_over_both_families_and_by_name)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "0"));

	port = rig_port(r, "upper");
	expect("echo hello | berth-tcp localhost $P", 0, "HELLO\n");
	expect("echo hello | berth-tcp 127.0.0.1 $P", 0, "HELLO\n");
	expect("echo hello | berth-tcp localhost $P >&-", 0, "");
	expect("echo hello | berth-udp localhost $P >&-", 0, "");
	expect(
	    "printf 'no line end' | berth-tcp 127.0.0.1 $P", 0, "NO LINE END");
	expect("berth-tcp 127.0.0.1 $P", 0, "");
	if (strstr(rig_out(r), "upper [::1]") != NULL) {
		expect("echo six | berth-tcp ::1 $P", 0, "SIX\n");
		expect("echo six | berth-tcp '[::1]' $P", 0, "SIX\n");
		expect("echo six | berth-udp ::1 $P", 0, "SIX\n");
	}
	expect("echo hello | berth-udp localhost $P", 0, "HELLO\n");
	expect(
	    "printf 'a\\nb\\n\\nd' | berth-udp 127.0.0.1 $P", 0, "A\nB\n\nD\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_tcp, much_goes_both_ways_without_getting_stuck)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "0"));

	port = rig_port(r, "upper");
	expect("head -c 30000000 /dev/zero | tr '\\0' a |"
	       "berth-tcp 127.0.0.1 $P | tr -d A | wc -c",
	    0, "0\n");
	expect("head -c 30000000 /dev/zero | berth-tcp 127.0.0.1 $P | wc -c", 0,
	    "30000000\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_tcp, both_ends_are_told_as_the_kernel_knows_them)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
	char line[200], got[200];
	struct rig *c;
	unsigned from, to;

	port = rig_port(r, "greet");
	snprintf(line, sizeof(line), "%u", port);
	c = rig_run(RIG("/bin/sh", "-c", "exec \"$0\" -v 127.0.0.1 $1 2>&1",
	    rig_path("berth-tcp"), line));
	cr_assert_eq(sscanf(rig_out(c),
			 "Connected from 127.0.0.1 %u\n"
			 "Connected to 127.0.0.1 %u\n",
			 &from, &to),
	    2);
	cr_assert_eq(to, port);
	snprintf(line, sizeof(line),
	    "Connected from 127.0.0.1 %u\nConnected to 127.0.0.1 %u\n"
	    "Thank you for connecting",
	    from, to);
	cr_assert_eq(strncmp(rig_out(c), line, strlen(line)), 0);
	/* And the server saw the same port. */
	snprintf(got, sizeof(got), "Got connection from 127.0.0.1 %u\n", from);
	cr_assert(rig_hear(r, got));
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_tcp, one_shot)
{
	struct rig *r = rig_start(
	    RIG("berth-greetd", "--once", "--text", "TEST", "-l", "0"));

	port = rig_port(r, "greet");
	/* What we have to say does not keep us from hearing. */
	expect("echo unasked | berth-tcp 127.0.0.1 $P", 0, "TEST");
	cr_assert_eq(rig_wait(r), 0);
}

/* Says a word at the end of the input only: the half-close must arrive. */
static void
play_after_the_end(int fd, void *with)
{
	char waste[4096];

	(void)with;
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
	rig_try(fd, "after", 5);
}

static void
play_reset(int fd, void *with)
{
	char byte;

	(void)with;
	recv(fd, &byte, 1, 0);
	rig_reset(dup(fd)); /* takes effect when fd is closed too */
}

static void
play_silence(int fd, void *with)
{
	char waste[4096];

	(void)with;
	rig_try(fd, "some", 4);
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
	rig_pause_ms(60000);
}

Test(clients_tcp, half_close_lets_the_answer_come)
{
	port = rig_stand_in(play_after_the_end, NULL);
	expect("echo x | berth-tcp 127.0.0.1 $P", 0, "after");
}

Test(clients_tcp, each_failure_says_where_and_why)
{
	char line[300];

	port = rig_stand_in(play_silence, NULL);
	snprintf(line, sizeof(line),
	    "someberth-tcp: 127.0.0.1:%u: no end after 1.5 s\n", port);
	expect("echo x | berth-tcp -t 1.5 127.0.0.1 $P", 74, line);

	rig_refusing(&port); /* nobody is there now */
	snprintf(line, sizeof(line),
	    "berth-tcp: connect to 127.0.0.1:%u: Connection refused\n", port);
	expect("berth-tcp 127.0.0.1 $P", 69, line);
	expect("berth-tcp 127.0.0.1 70000", 68,
	    "berth-tcp: look up 127.0.0.1 70000: "
	    "unknown service or bad port\n");
	expect("berth-tcp 127.0.0.1 -- -1", 68,
	    "berth-tcp: look up 127.0.0.1 -1: unknown service or bad port\n");
	expect("berth-tcp unix:/no/where", 69,
	    "berth-tcp: connect to unix:/no/where: "
	    "No such file or directory\n");
	expect("berth-tcp", 64,
	    "berth-tcp: say HOST PORT or unix:PATH (see --help)\n");
	expect("berth-tcp no-such.invalid 1 2>&1 | grep -c 'look up no-such'",
	    0, "1\n");
	expect("berth-udp no-such.invalid 1 2>&1 | grep -c 'look up no-such'",
	    0, "1\n");
}

Test(clients_tcp, reset_is_a_fault)
{
	port = rig_stand_in(play_reset, NULL);
	expect("(echo x; exec sleep 1) | berth-tcp 127.0.0.1 $P 2>&1 | "
	       "sed 's/:[0-9]*:/:/'",
	    0, "berth-tcp: 127.0.0.1: receive: Connection reset by peer\n");
}

Test(clients_tcp, over_a_unix_socket)
{
	const char *path = rig_in(rig_place(), "s");
	struct rig *r;
	char line[400], address[300];

	snprintf(address, sizeof(address), "unix:%s", path);
	r = rig_start(RIG("berth-upperd", "-l", address));
	snprintf(line, sizeof(line), "echo u | berth-tcp %s", address);
	expect(line, 0, "U\n");
	cr_assert_eq(rig_stop(r), 0);
}
