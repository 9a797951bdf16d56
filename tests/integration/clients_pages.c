/*
 * clients_pages.c - do the pages of the class say what the programs do?
 *
 * Runs every command of the console blocks of clients/README.md and
 * servers/README.md and compares what it prints.  "$ " begins a command; in
 * what it should print, "..." stands for anything in a line, and alone for
 * any lines.  A block "console server" is started, and stays until the next
 * one; what it should have printed by then is looked at before it is asked to
 * end.  The ports that the pages name are replaced by free ones.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "rig/rig.h"

#define TEXT_MAX 65536

/* The ports of the pages, and those in their place. */
static struct {
	const char *page;
	unsigned ours;
} ports[] = { { "12000", 0 }, { "12345", 0 }, { "29876", 0 }, { "8080", 0 },
	{ "1025", 0 } };

#define PORTS   (sizeof(ports) / sizeof(ports[0]))
#define LOWEST  10000
#define HIGHEST 31000
#define APART   37 /* those of two processes */

/* A server that runs in its window. */
static struct {
	struct rig *rig;
	char should[TEXT_MAX]; /* what it should have printed at the end */
} window;

/* Is it free for both kinds of sockets? */
static bool
is_free(unsigned port)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port) };
	bool is = true;

	for (size_t i = 0; i < 2; i++) {
		int fd = socket(AF_INET, types[i] | SOCK_CLOEXEC, 0);

		is = is && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
		close(fd);
	}
	return is;
}

/* None that the kernel gives to who asks for any: another test could have it
 * by the time that a server of the page asks for it. */
static void
choose_ports(void)
{
	unsigned port =
	    LOWEST + (unsigned)getpid() * APART % (HIGHEST - LOWEST);

	for (size_t i = 0; i < PORTS; port++) {
		cr_assert_lt(port, HIGHEST + 1000);
		if (is_free(port))
			ports[i++].ours = port;
	}
}

/* Copy a line with our ports in place of the page's. */
static void
add_line(struct buf *to, const char *line, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t digits = 0, i;

		while (at + digits < n &&
		    isdigit((unsigned char)line[at + digits]))
			digits++;
		for (i = 0; i < PORTS; i++)
			if (strlen(ports[i].page) == digits &&
			    strncmp(line + at, ports[i].page, digits) == 0)
				break;
		if (digits > 0 && i < PORTS)
			buf_addf(to, "%u", ports[i].ours);
		else
			buf_add(to, line + at, digits > 0 ? digits : 1);
		at += digits > 0 ? digits : 1;
	}
	buf_addc(to, '\n');
}

/*
 * Is the output as the page says?  The pages speak IPv4; where localhost is
 * ::1 first, its loopback address stands for the other one.
 */
static bool
as_said(const char *should, const char *is)
{
	struct buf text;
	const char *six;
	bool same;

	buf_init(&text, 2 * TEXT_MAX);
	while ((six = strstr(is, "::1 ")) != NULL) {
		buf_add(&text, is, (size_t)(six - is));
		buf_addz(&text, "127.0.0.1 ");
		is = six + 4;
	}
	buf_addz(&text, is);
	same = rig_like(should, buf_str(&text));
	buf_free(&text);
	return same;
}

static bool
window_is_as_said(void *arg)
{
	(void)arg;
	return as_said(window.should, rig_out(window.rig));
}

/* The first ready line that it should print has come. */
static bool
window_is_ready(void *arg)
{
	const char *ready = strstr(window.should, "ready ");
	char line[200];

	(void)arg;
	cr_assert_not_null(ready, "no ready line in %s", window.should);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(ready, "\n"), ready);
	return strstr(rig_out(window.rig), line) != NULL;
}

/* The server has done its part: compare, and end it with ^C. */
static void
close_window(void)
{
	if (window.rig == NULL)
		return;
	cr_expect(rig_until("the server's window", window_is_as_said, NULL),
	    "it should say:\n%sand says:\n%s", window.should,
	    rig_out(window.rig));
	if (!rig_ended(window.rig))
		rig_signal(window.rig, SIGINT);
	cr_expect_eq(rig_wait(window.rig), 0);
	window.rig = NULL;
}

static void
run(bool server, const char *command, const char *should)
{
	char line[TEXT_MAX];
	struct rig *r;

	snprintf(line, sizeof(line), "exec 2>&1; %s%s", server ? "exec " : "",
	    command);
	if (server) {
		close_window();
		snprintf(window.should, sizeof(window.should), "%s", should);
		window.rig = rig_sh_spawn(0, line);
		cr_assert(rig_until(command, window_is_ready, NULL), "%s",
		    rig_out(window.rig));
		return;
	}
	r = rig_sh_run(0, line);
	cr_expect(as_said(should, rig_out(r)),
	    "$ %sshould print:\n%sand prints:\n%s", command, should,
	    rig_out(r));
}

/* Run the commands of one block; returns how many. */
static int
run_block(bool server, struct slice block)
{
	struct buf command, should;
	int count = 0;

	buf_init(&command, TEXT_MAX);
	buf_init(&should, TEXT_MAX);
	while (block.n > 0) {
		struct slice line = slice_cut(&block, '\n');

		cr_assert(slice_starts(line, "$ "), "no command: %.*s",
		    SLICE_FMT(line));
		buf_clear(&command);
		buf_clear(&should);
		add_line(&command, line.p + 2, line.n - 2);
		while (block.n > 0 && !slice_starts(block, "$ ")) {
			line = slice_cut(&block, '\n');
			add_line(&should, line.p, line.n);
		}
		run(server, buf_str(&command), buf_str(&should));
		count++;
	}
	buf_free(&command);
	buf_free(&should);
	return count;
}

static void
check_page(const char *path, int least)
{
	struct buf text;
	struct slice rest;
	int count = 0;

	buf_init(&text, RIG_BUF_MAX);
	cr_assert_eq(rig_slurp(path, &text), 0, "%s", path);
	choose_ports();
	rest = buf_slice(&text);
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		bool server = slice_is(line, "```console server");
		const char *end;

		if (!server && !slice_is(line, "```console"))
			continue;
		end = memmem(rest.p, rest.n, "\n```", 4);
		cr_assert_not_null(end, "a block without an end");
		count += run_block(server, slice_between(rest.p, end + 1));
		rest = slice_between(end + 4, rest.p + rest.n);
	}
	close_window();
	cr_expect_geq(count, least, "only %d commands in %s", count, path);
	buf_free(&text);
}

/* Each "FILE.c: NAME()" of a page is there, and not only as a call. */
static void
check_places(const char *path)
{
	struct buf text, file;
	const char *at, *colon, *end;
	int count = 0;

	buf_init(&text, RIG_BUF_MAX);
	buf_init(&file, RIG_BUF_MAX);
	cr_assert_eq(rig_slurp(path, &text), 0, "%s", path);
	at = buf_str(&text);
	while ((colon = strstr(at, ".c: ")) != NULL) {
		char source[256], name[128];
		const char *begin = colon;

		at = colon + 4;
		while (begin > text.p && begin[-1] != '`')
			begin--;
		end = strstr(at, "()`");
		if (end == NULL || end - at > 60)
			continue;
		snprintf(source, sizeof(source), "%.*s",
		    (int)(colon + 2 - begin), begin);
		snprintf(name, sizeof(name), "\n%.*s(", (int)(end - at), at);
		buf_clear(&file);
		cr_expect_eq(
		    rig_slurp(source, &file), 0, "%s: no %s", path, source);
		buf_addc(&file, '\0');
		cr_expect_not_null(strstr(file.p, name), "%s: no%s) in %s",
		    path, name, source);
		count++;
	}
	cr_expect_geq(count, 10);
	buf_free(&text);
	buf_free(&file);
}

Test(clients_pages, every_command_of_the_clients_page)
{
	check_page("clients/README.md", 20);
}

Test(clients_pages, every_command_of_the_servers_page)
{
	check_page("servers/README.md", 8);
}

Test(clients_pages, every_place_named_is_there)
{
	check_places("clients/README.md");
	check_places("servers/README.md");
}
