/*
 * proxy_streams.c - --proxy: bodies of any length, both ways at once, events,
 * WebSocket; and what becomes of them when the server is to end.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "proxy_start.h"

#define MUCH ((size_t)24 << 20)

/* Answers at once, and then gives back what comes. */
static void
play_echo(int fd, void *with)
{
	const char *answer = with;
	char some[65536];
	struct buf head;
	ssize_t n;

	buf_init(&head, RIG_BUF_MAX);
	if (rig_read_through(fd, &head, "\r\n\r\n"))
		rig_try(fd, answer, strlen(answer));
	buf_free(&head);
	while ((n = recv(fd, some, sizeof(some), 0)) > 0)
		if (!rig_try(fd, some, (size_t)n))
			return;
}

static char *
pattern(size_t n)
{
	char *p = malloc(n);

	cr_assert_not_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 31 + (i >> 13) + (i >> 21));
	return p;
}

Test(proxy_streams, a_body_goes_up_while_it_comes_down)
{
	static char answer[128];
	char *much = pattern(MUCH), request[128];
	struct buf head, all;
	int fd;

	snprintf(answer, sizeof(answer),
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", MUCH);
	proxy_start(rig_stand_in(play_echo, answer));
	fd = rig_open(server, "http");
	snprintf(request, sizeof(request),
	    "POST /api HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
	    "%zu\r\n\r\n",
	    MUCH);
	cr_assert(rig_send(fd, request));
	buf_init(&head, RIG_BUF_MAX);
	buf_init(&all, RIG_BUF_MAX);
	/* The answer comes before the body has been sent. */
	cr_assert(rig_read_through(fd, &head, "\r\n\r\n"));
	cr_expect(has(buf_slice(&head), "Connection: close"));
	cr_assert(rig_exchange(fd, much, MUCH, &all, MUCH));
	cr_expect_eq(memcmp(all.p, much, MUCH), 0);
	cr_expect(rig_expect_end(fd));
	cr_assert_eq(rig_stop(server), 0);
}

static char agreed[] = AGREED "first";

/* Agree on it; what the upstream said behind its head is next. */
static int
open_socket(void)
{
	struct buf head;
	int fd = rig_open(server, "http");

	buf_init(&head, RIG_BUF_MAX);
	/* The client need not wait for the answer, either. */
	cr_assert(rig_send(fd, UPGRADE "early"));
	cr_assert(rig_read_through(fd, &head, "\r\n\r\n"));
	cr_expect(has(buf_slice(&head), "HTTP/1.1 101 "));
	cr_expect(has(buf_slice(&head), "\r\nUpgrade: websocket\r\n"));
	cr_expect(has(buf_slice(&head), "\r\nConnection: Upgrade\r\n"));
	cr_expect(has(buf_slice(&head),
	    "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	cr_assert(rig_expect(fd, "firstearly"));
	buf_free(&head);
	return fd;
}

Test(proxy_streams, websocket_both_ways_and_both_ends)
{
	char *much = pattern(MUCH);
	struct buf all;
	int fd;

	proxy_start(rig_stand_in(play_echo, agreed));
	fd = open_socket();
	cr_assert(rig_send(fd, "ping"));
	cr_assert(rig_expect(fd, "ping"));
	buf_init(&all, RIG_BUF_MAX);
	cr_assert(rig_exchange(fd, much, MUCH, &all, MUCH));
	cr_expect_eq(memcmp(all.p, much, MUCH), 0);
	/* We send no more: so does the upstream, then, and it ends. */
	cr_assert(rig_send(fd, "last"));
	rig_half_close(fd);
	cr_assert(rig_expect(fd, "last"));
	cr_assert(rig_expect_end(fd));
	cr_expect(rig_hear(server, "\"GET /api/socket HTTP/1.1\" 101"));
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_streams, a_refused_upgrade_is_an_answer_like_others)
{
	struct rig_reply r;
	struct rig_script *s = scripted((const char *const[]){
	    "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno", NULL });
	int fd = rig_open(server, "http");

	cr_assert(rig_send(fd, UPGRADE));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect_eq(r.status, 401);
	cr_expect(slice_is(r.body, "no"));
	cr_assert(rig_get_on(fd, "/page", &r));
	cr_expect_eq(r.status, 200);
	cr_expect(strstr(
	    s->heard, "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
	cr_expect(strstr(s->heard, "\r\nSec-WebSocket-Key: dGhl"));
	cr_assert_eq(rig_stop(server), 0);
}

/* ---- events ---- */

static int upstream_end[2]; /* a word when its client has gone */
static int upstream_go[2];  /* a word lets it go on */

static void
play_events(int fd, void *with)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n"
				   "Content-Type: text/event-stream\r\n"
				   "Cache-Control: no-cache\r\n\r\n";
	char waste[4096];
	struct buf asked;

	(void)with;
	buf_init(&asked, RIG_BUF_MAX);
	rig_read_through(fd, &asked, "\r\n\r\n");
	rig_try(fd, head, sizeof(head) - 1);
	for (int i = 0; i < 3; i++) {
		char event[32];
		int n = snprintf(event, sizeof(event), "data: %d\n\n", i);

		rig_try(fd, event, (size_t)n);
		/* The next one when the client has had this one. */
		if (read(upstream_go[0], waste, 1) != 1)
			break;
	}
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
	buf_free(&asked);
	(void)!write(upstream_end[1], "x", 1);
}

static int
open_events(void)
{
	struct buf head;
	int fd;

	cr_assert_eq(pipe(upstream_end), 0);
	cr_assert_eq(pipe(upstream_go), 0);
	/* It may be silent for longer than that. */
	proxy_start_with(rig_stand_in(play_events, NULL),
	    RIG("--proxy-timeout", "1", "--timeout", "1"));
	fd = rig_open(server, "http");
	buf_init(&head, RIG_BUF_MAX);
	cr_assert(rig_send(fd, GET_API));
	cr_assert(rig_read_through(fd, &head, "\r\n\r\n"));
	cr_expect(has(buf_slice(&head), "Content-Type: text/event-stream"));
	buf_free(&head);
	cr_assert(rig_expect(fd, "9\r\ndata: 0\n\n\r\n"));
	return fd;
}

Test(proxy_streams, events_come_as_they_happen_and_end_with_the_client)
{
	int fd = open_events();
	char word;

	cr_expect(rig_expect_silence(fd, 2500));
	for (int i = 1; i < 3; i++) {
		char event[32];

		cr_assert_eq(write(upstream_go[1], "x", 1), 1);
		snprintf(event, sizeof(event), "9\r\ndata: %d\n\n\r\n", i);
		cr_assert(rig_expect(fd, event));
	}
	cr_assert_eq(write(upstream_go[1], "x", 1), 1);
	close(fd);
	/* Blocks until the upstream has seen its end; the rig's guard ends
	 * what never comes. */
	cr_assert_eq(read(upstream_end[0], &word, 1), 1);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_streams, who_ends_a_server_ends_events_and_sockets)
{
	int fd = open_events();

	rig_signal(server, SIGTERM);
	cr_expect(rig_expect(fd, "0\r\n\r\n"));
	cr_expect_eq(rig_wait(server), 0);
	close(fd);
	proxy_start(rig_stand_in(play_echo, agreed));
	fd = open_socket();
	rig_signal(server, SIGTERM);
	cr_expect(rig_expect_end(fd));
	cr_expect_eq(rig_wait(server), 0);
}

/* ---- what is under way ---- */

static void
play_halves(int fd, void *with)
{
	static const char halves[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf";
	char waste[4096];
	struct buf asked;

	(void)with;
	buf_init(&asked, RIG_BUF_MAX);
	rig_read_through(fd, &asked, "\r\n\r\n");
	rig_try(fd, halves, sizeof(halves) - 1);
	if (read(upstream_go[0], waste, 1) == 1)
		rig_try(fd, "half", 4);
	buf_free(&asked);
}

static int
open_half(const char *const *options)
{
	struct buf head;
	int fd;

	cr_assert_eq(pipe(upstream_go), 0);
	proxy_start_with(rig_stand_in(play_halves, NULL), options);
	fd = rig_open(server, "http");
	buf_init(&head, RIG_BUF_MAX);
	cr_assert(rig_send(fd, GET_API));
	cr_assert(rig_read_through(fd, &head, "\r\n\r\nhalf"));
	buf_free(&head);
	return fd;
}

Test(proxy_streams, an_answer_under_way_is_finished)
{
	int fd = open_half(NULL);

	rig_signal(server, SIGTERM);
	cr_assert(rig_hear(server, "draining"));
	cr_expect(rig_expect_silence(fd, 300));
	cr_assert_eq(write(upstream_go[1], "x", 1), 1);
	cr_expect(rig_expect(fd, "half"));
	cr_expect(rig_expect_end(fd));
	cr_expect_eq(rig_wait(server), 0);
}

Test(proxy_streams, a_client_that_sends_no_more_still_hears_all)
{
	int fd = open_half(NULL);

	rig_half_close(fd);
	cr_expect(rig_expect_silence(fd, 300));
	cr_assert_eq(write(upstream_go[1], "x", 1), 1);
	cr_expect(rig_expect(fd, "half"));
	cr_expect(rig_expect_end(fd));
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_streams, a_reload_changes_nothing_for_who_is_connected)
{
	int fd = open_half(NULL);
	struct rig_reply r;

	rig_signal(server, SIGHUP);
	cr_assert(rig_hear_times(server, "sandbox: ", 2));
	cr_assert_eq(write(upstream_go[1], "xxx", 3), 3);
	cr_expect(rig_expect(fd, "half"));
	/* And the new image has a dialler of its own. */
	cr_assert(rig_ask(address, GET_API, &r));
	cr_expect(slice_is(r.body, "halfhalf"));
	cr_assert_eq(rig_stop(server), 0);
}

static void
isolated(const char *const *options)
{
	int fd = open_half(options);
	struct rig_reply r;

	cr_assert_eq(write(upstream_go[1], "xxx", 3), 3);
	cr_expect(rig_expect(fd, "half"));
	cr_assert(rig_get_on(fd, "/api/again", &r));
	cr_expect(slice_is(r.body, "halfhalf"));
	cr_assert(rig_ask(address, GET_API, &r));
	cr_expect(slice_is(r.body, "halfhalf"));
	close(fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_streams, however_processes_are_made)
{
	isolated(RIG("--exec"));
	isolated(RIG("--reuse", "3"));
	isolated(RIG("--no-sandbox"));
}
