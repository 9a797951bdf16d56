/*
 * card.c - what a server shows to somebody who starts it on a terminal.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/rig.h"

#define MOST 65536

static struct rig *r;
static int terminal = -1;
static char shown[MOST + 1];
static size_t shown_n;

/* Start a line of sh whose standard error is a terminal. */
static void
start_on_terminal(const char *words, const char *const env[])
{
	char line[8192];

	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert(
	    terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	snprintf(line, sizeof(line), "exec %s %s %s 2>%s",
	    rig_path("berth-httpd"), rig_no_sandbox(), words,
	    ptsname(terminal));
	/* Open on our side, too, lest it hangs up in between. */
	cr_assert(open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC) >= 0);
	r = rig_start_how(&(struct rig_how){
	    .argv = RIG("/bin/sh", "-c", line), .env = env });
}

/* Wait until the terminal shows it. */
static bool
shows(const char *text)
{
	struct pollfd p = { terminal, POLLIN, 0 };

	while (strstr(shown, text) == NULL) {
		ssize_t n;

		if (poll(&p, 1, 20000) <= 0 || shown_n == MOST)
			return rig_fail("not shown: %s\n%s", text, shown);
		n = read(terminal, shown + shown_n, MOST - shown_n);
		if (n <= 0)
			return rig_fail("read: %s", strerror(errno));
		shown_n += (size_t)n;
		shown[shown_n] = '\0';
	}
	return true;
}

Test(card, tells_where_and_how_to_stop)
{
	char url[64];
	struct rig_reply reply;

	start_on_terminal(
	    "-l 0 .", RIG("TERM=xterm", "NO_COLOR", "LC_ALL=C.UTF-8"));
	snprintf(url, sizeof(url), "http://localhost:%u/", rig_port(r, "http"));
	cr_expect(shows("Ctrl-C"));
	cr_expect(shows(url));
	cr_expect_not_null(strstr(shown, "Folder"));
	/* Nobody else can come: no code for a telephone. */
	cr_expect_null(strstr(shown, "\xe2\x96\x80"));
	cr_assert(rig_get(rig_address(r, "http 127"), "/missing", &reply));
	cr_expect(shows("\033[33m404\033[0m  GET /missing"));
	cr_expect_null(strstr(shown, "HTTP/1.1"));
	cr_expect(
	    rig_out_size(r) < 100, "only the ready lines: %s", rig_out(r));
	cr_expect_eq(rig_stop(r), 0);
}

Test(card, has_a_code_where_others_can_come)
{
	const char *first, *second;

	start_on_terminal(
	    "-l '*:0' .", RIG("TERM=xterm", "NO_COLOR", "LC_ALL=C.UTF-8"));
	cr_expect(shows("Ctrl-C"));
	/* A machine without a network has no address to tell. */
	first = strstr(shown, "http://");
	cr_assert_not_null(first);
	second = strstr(first + 1, "http://");
	cr_expect(second == NULL || shows("\xe2\x96\x80"));
	cr_expect_eq(rig_stop(r), 0);
}

/* NO_COLOR, and a log that goes to where it was asked for. */
Test(card, is_plain_where_it_should_be)
{
	struct rig_reply reply;

	start_on_terminal("-l 127.0.0.1:0 .", RIG("NO_COLOR=1", "TERM=xterm"));
	cr_assert(rig_get(rig_address(r, "http"), "/missing", &reply));
	cr_expect(shows("404  GET /missing  "));
	cr_expect_null(strchr(shown, '\033'));
	cr_expect_eq(rig_stop(r), 0);
}

/* Whatever a client sends, the terminal obeys us alone. */
Test(card, shows_no_control_bytes_of_others)
{
	struct rig_reply reply;

	start_on_terminal("-l 127.0.0.1:0 .", RIG("NO_COLOR=1"));
	rig_ask(rig_address(r, "http"),
	    "GET /\033]0;title\007 HTTP/1.1\r\nHost: localhost\r\n\r\n",
	    &reply);
	cr_expect(shows("400  "));
	cr_expect_null(strchr(shown, '\033'));
	cr_expect_null(strchr(shown, '\007'));
	cr_expect_eq(rig_stop(r), 0);
}

Test(card, is_for_terminals_and_those_who_want_words)
{
	start_on_terminal("-q -l 127.0.0.1:0 .", NULL);
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_eq(poll(&(struct pollfd){ terminal, POLLIN, 0 }, 1, 0), 0);
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "."));
	cr_expect(rig_hear(r, "open http://127.0.0.1:"));
	cr_expect_null(strstr(rig_err(r), "Ctrl-C"));
	cr_expect_eq(rig_stop(r), 0);
}

/* A child that is another image sees no terminal. */
Test(card, the_log_is_as_short_with_exec)
{
	struct rig_reply reply;

	start_on_terminal("--exec -l 127.0.0.1:0 .", RIG("NO_COLOR=1"));
	cr_assert(rig_get(rig_address(r, "http"), "/missing", &reply));
	cr_expect(shows("404  GET /missing  "));
	cr_expect_null(strstr(shown, "HTTP/1.1"));
	/* A reload changes nothing of that. */
	rig_signal(r, SIGHUP);
	cr_expect(shows("reloading"));
	cr_assert(rig_get(rig_address(r, "http"), "/again", &reply));
	cr_expect(shows("404  GET /again  "));
	cr_expect_eq(rig_stop(r), 0);
}

/* A file gets today's format, whatever there is to see. */
Test(card, a_log_in_a_file_is_whole)
{
	const char *dir = rig_place(), *log = rig_in(dir, "log");
	struct rig_reply reply;
	char words[4200], line[1000] = "";
	FILE *f;

	snprintf(words, sizeof(words), "-l 127.0.0.1:0 --access-log %s .", log);
	start_on_terminal(words, NULL);
	cr_assert(rig_get(rig_address(r, "http"), "/missing", &reply));
	cr_expect_eq(rig_stop(r), 0);
	f = fopen(log, "re");
	cr_assert(f != NULL && fgets(line, sizeof(line), f) != NULL);
	fclose(f);
	cr_expect_not_null(strstr(line, "\"GET /missing HTTP/1.1\" 404 "));
}
