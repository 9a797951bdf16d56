/*
 * clients_udp.c - berth-udp with servers that lose and delay; berth-lookup.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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

/* Answers each datagram, but not when it comes for the first time. */
static void
play_lossy(int fd, void *with)
{
	struct sockaddr_in from, last = { 0 };
	socklen_t len = sizeof(from);
	char word[2000], before[2000];
	ssize_t n, was = -1;
	int *count = with;

	while ((n = recvfrom(fd, word, sizeof(word), 0,
		    (struct sockaddr *)&from, &len)) >= 0) {
		++*count;
		if (n == was && last.sin_port == from.sin_port &&
		    memcmp(word, before, (size_t)n) == 0)
			sendto(fd, word, (size_t)n, 0, (struct sockaddr *)&from,
			    len);
		memcpy(before, word, (size_t)n);
		was = n;
		last = from;
	}
}

/* Answers each datagram twice, the second one late. */
static void
play_late(int fd, void *with)
{
	struct sockaddr_in from, last;
	socklen_t len = sizeof(from);
	char word[2000];
	ssize_t n;
	int count = 0;

	(void)with;
	while ((n = recvfrom(fd, word, sizeof(word), 0,
		    (struct sockaddr *)&from, &len)) >= 0) {
		if (++count == 1) {
			last = from; /* the first gets no answer in time */
			continue;
		}
		sendto(fd, word, (size_t)n, 0, (struct sockaddr *)&from, len);
		/* Only now, when the second line may be on its way. */
		if (count == 2)
			sendto(
			    fd, "late\n", 5, 0, (struct sockaddr *)&last, len);
	}
}

Test(clients_udp, lost_datagrams_are_sent_again)
{
	int count = 0;

	port = rig_stand_in_udp(play_lossy, &count);
	expect("printf 'a\\nb\\nc\\n' | berth-udp -t 1 127.0.0.1 $P", 0,
	    "a\nb\nc\n");
	/* One more where we took longer than a second to answer. */
	cr_assert_geq(count, 6);
	expect("echo a | berth-udp -v -t 1 127.0.0.1 $P 2>&1 | "
	       "grep -o 'sending again' | sort -u",
	    0, "sending again\n");
	expect("echo a | berth-udp -r 0 -t 0.2 127.0.0.1 $P 2>&1 | "
	       "sed 's/:[0-9]*:/:/'",
	    0,
	    "berth-udp: 127.0.0.1: no answer (1 datagrams sent, "
	    "0.2 s waited for each)\n");
}

Test(clients_udp, a_late_answer_is_not_taken_for_the_next)
{
	port = rig_stand_in_udp(play_late, NULL);
	expect("printf 'a\\nb\\nc\\n' | berth-udp -t 1 127.0.0.1 $P", 0,
	    "a\nb\nc\n");
}

Test(clients_udp, failures)
{
	char line[300];
	int fd = rig_bind_udp(&port);

	expect(
	    "echo a | berth-udp -t 0.05 -r 2 127.0.0.1 $P 2>/dev/null", 69, "");
	close(fd);
	fd = rig_refusing_udp(&port); /* nobody is there, and ICMP says so */
	snprintf(line, sizeof(line),
	    "berth-udp: 127.0.0.1:%u: refused: nobody listens there "
	    "(ICMP says so)\n",
	    port);
	expect("echo a | berth-udp 127.0.0.1 $P", 69, line);
	close(fd);
	fd = rig_bind_udp(&port);
	snprintf(line, sizeof(line),
	    "berth-udp: 127.0.0.1:%u: a line of 70000 bytes fits no "
	    "datagram\n",
	    port);
	expect("head -c 70000 /dev/zero | tr '\\0' a | berth-udp 127.0.0.1 $P",
	    65, line);
	expect("berth-udp 127.0.0.1 $P", 0, ""); /* nothing to say */
	expect("berth-udp 127.0.0.1", 64,
	    "berth-udp: say HOST PORT (see --help)\n");
	close(fd);
}

Test(clients_lookup, names_and_numbers)
{
	expect("berth-lookup service http tcp | cut -d' ' -f1,2", 0,
	    "http 80/tcp\n");
	expect(
	    "berth-lookup service smtp | cut -d' ' -f1,2", 0, "smtp 25/tcp\n");
	expect("berth-lookup service domain | cut -d' ' -f1,2", 0,
	    "domain 53/tcp\ndomain 53/udp\n");
	expect("berth-lookup service 53 udp | cut -d' ' -f1,2", 0,
	    "domain 53/udp\n");
	expect("berth-lookup protocol tcp | cut -d' ' -f1,2", 0, "tcp 6\n");
	expect("berth-lookup protocol 17 | cut -d' ' -f1,2", 0, "udp 17\n");
	expect("berth-lookup host localhost | head -1", 0,
	    "canonical name  localhost\n");
	expect("berth-lookup host localhost | grep -cx "
	       "'address         127.0.0.1'",
	    0, "1\n");
	expect("berth-lookup host 127.0.0.1", 0, "name            localhost\n");
	expect("berth-lookup --classic host localhost | head -1", 0,
	    "                getaddrinfo                             "
	    "gethostbyname\n");
	expect("berth-lookup --classic host localhost | "
	       "grep -cE '^address +127.0.0.1 +127.0.0.1$'",
	    0, "1\n");
}

Test(clients_lookup, what_is_not_known)
{
	/* 75 on a machine whose name servers do not answer. */
	expect("berth-lookup host no-such.invalid 2>/dev/null || "
	       "case $? in 68|75) echo no;; esac",
	    0, "no\n");
	expect("berth-lookup --classic host no-such.invalid 2>/dev/null || "
	       "case $? in 68|75) echo no;; esac",
	    0, "no\n");
	expect("berth-lookup service nonesuch", 68,
	    "berth-lookup: service nonesuch: not known here\n");
	expect("berth-lookup service http nonesuch", 68,
	    "berth-lookup: service http over nonesuch: not known here\n");
	expect("berth-lookup service 65536", 68,
	    "berth-lookup: service 65536: not known here\n");
	expect("berth-lookup protocol nonesuch", 68,
	    "berth-lookup: protocol nonesuch: not known here\n");
	expect("berth-lookup colour red", 64,
	    "berth-lookup: say host NAME, service NAME [PROTO] or "
	    "protocol NAME (see --help)\n");
}
