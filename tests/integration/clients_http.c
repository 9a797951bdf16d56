/*
 * clients_http.c - berth-http: requests, connections, files, the command line.
 */
#include "clients_http.h"

#include <netinet/in.h>
#include <sys/un.h>

Test(clients_http, the_request_is_as_asked)
{
	struct rig_script *s = serve(ANSWERS(OK(0, "")), false);

	expect("berth-http \"$U/a b?c=d#e\"", 0, "", "");
	cr_expect_not_null(strstr(s->heard, "GET /a%20b?c=d HTTP/1.1\r\n"));
	cr_expect_not_null(strstr(s->heard, "Accept: */*\r\n"));
	s->n = 0;
	expect("berth-http -X PUT -H 'X-One: 1' -H 'Accept:' -H 'host: me' "
	       "-d a=1 -d b=2 -r 0-4 $U",
	    0, "", "");
	cr_expect_not_null(strstr(s->heard, "PUT / HTTP/1.1\r\n"));
	cr_expect_not_null(strstr(s->heard, "\r\nX-One: 1\r\n"));
	cr_expect_not_null(strstr(s->heard, "\r\nhost: me\r\n"));
	cr_expect_not_null(strstr(s->heard, "\r\nRange: bytes=0-4\r\n"));
	cr_expect_not_null(strstr(s->heard, "Content-Length: 7\r\n"));
	cr_expect_not_null(strstr(s->heard, "\r\n\r\na=1&b=2"));
	cr_expect_null(strstr(s->heard, "Accept:"));
	cr_expect_null(strstr(s->heard, "Host:"));
	s->n = 0;
	expect("printf in | berth-http -d @- $U; printf file >f; berth-http -d "
	       "@f $U",
	    0, "", "");
	cr_expect_not_null(strstr(s->heard, "POST / HTTP/1.1\r\n"));
	cr_expect_not_null(strstr(s->heard, "\r\n\r\nin"));
	cr_expect_not_null(strstr(s->heard, "\r\n\r\nfile"));
	s->n = 0;
	expect("berth-http http://me:a%3ab@127.0.0.1:$P/", 0, "", "");
	cr_expect_not_null(
	    strstr(s->heard, "Authorization: Basic bWU6YTpi\r\n"));
}

Test(clients_http, heads_are_shown_when_asked)
{
	serve(ANSWERS(OK_HEAD "A: b\r\nContent-Length: 2\r\n\r\nok"), true);
	expect("berth-http -i $U", 0,
	    OK_HEAD "A: b\r\nContent-Length: 2\r\n\r\nok", "");
	serve(ANSWERS(OK_HEAD "Content-Length: 2\r\n\r\n"), true);
	expect("berth-http -I $U", 0, OK_HEAD "Content-Length: 2\r\n\r\n", "");
	serve(ANSWERS(OK(2, "ok")), true);
	expect("berth-http -v $U", 0, "ok", "> GET / HTTP/1.1\n");
	expect("berth-http -v $U", 0, "ok", "< HTTP/1.1 200 OK\n");
	expect("berth-http -v $U 2>&1 | sed -nE 's/ [0-9]+$/ N/; /^Conn/p'", 0,
	    "Connected from 127.0.0.1 N\nConnected to 127.0.0.1 N\n", "");
}

Test(clients_http, several_urls_share_a_connection)
{
	struct rig_script *s =
	    serve(ANSWERS(OK(1, "a"), CHUNKED "1\r\nb\r\n0\r\n\r\n",
		      "HTTP/1.1 204 No\r\n\r\n", OK(1, "d")),
		false);

	expect("berth-http $U/1 $U/2 $U/3 $U/4", 0, "abd", "");
	cr_expect_eq(s->clients, 1);
	cr_expect_eq(s->requests, 4);

	s = serve(ANSWERS(OK_HEAD "Connection: close\r\n"
				  "Content-Length: 1\r\n\r\na"),
	    true);
	expect("berth-http $U/1 $U/2", 0, "aa", "");
	cr_expect_eq(s->clients, 2);
	/* What follows a body is never taken for the next answer. */
	s = serve(ANSWERS(OK(1, "a" OK(1, "X"))), true);
	expect("berth-http $U/1 $U/2", 0, "aa", "");
	cr_expect_eq(s->clients, 2);
	/* Each goes where its -o says. */
	serve(ANSWERS(OK(1, "a"), OK(1, "b"), OK(1, "c")), false);
	expect("berth-http -o one -o - $U/1 $U/2 $U/3; cat one", 0, "bca", "");
	/* The first fault is the one told. */
	serve(ANSWERS(OK(1, "a")), true);
	expect("berth-http -s 'http://[' $U/2", 3, "a", "");
}

/* Hear a request whose body, if any, is "x". */
static bool
hear(int fd)
{
	char text[4096] = "";
	size_t n = 0;
	ssize_t got;

	do {
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
	} while (strstr(text, *text == 'P' ? "\r\n\r\nx" : "\r\n\r\n") == NULL);
	return true;
}

/* Answers once for each client, and closes on its second request. */
static void
play_stale(int fd, void *with)
{
	int *requests = with;

	if (!hear(fd))
		return;
	++*requests;
	rig_try(fd, OK(1, "a"), strlen(OK(1, "a")));
	if (hear(fd))
		++*requests;
}

Test(clients_http, a_stale_connection_is_made_anew_but_nothing_is_posted_twice)
{
	int requests = 0;

	port = rig_stand_in(play_stale, &requests);
	expect("berth-http $U/1 $U/2", 0, "aa", "");
	cr_expect_eq(requests, 3);
	requests = 0;
	expect(
	    "berth-http -d x $U/1 $U/2", 52, "a", "closed without an answer");
	cr_expect_eq(requests, 2);
}

Test(clients_http, failures_of_the_status)
{
	serve(ANSWERS("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
		      "none"),
	    true);
	expect("echo old >f; berth-http -f -o f $U; echo $?; cat f", 0,
	    "22\nold\n", "404 Not Found");
	expect("berth-http -s -f $U", 22, "", "");
}

/*
 * The byte before what is missing is asked for too, so that a complete file
 * is not beyond the end and one that has changed shows.
 */
Test(clients_http, resume)
{
	struct rig_script *s = serve(ANSWERS("HTTP/1.1 206 Partial Content\r\n"
					     "Content-Range: bytes 3-7/8\r\n"
					     "Content-Length: 5\r\n\r\n34567"),
	    true);

	expect(
	    "printf 0123 >f; berth-http -C -o f $U; cat f", 0, "01234567", "");
	cr_expect_not_null(strstr(s->heard, "Range: bytes=3-\r\n"));
	expect("printf 0123 >f; berth-http -C -O $U/a/f; cat f", 0, "01234567",
	    "");
	expect("printf 01 >f; berth-http -C -o f $U; echo $?; cat f", 0,
	    "33\n01", "another part");
	expect("printf 012x >f; berth-http -C -o f $U; echo $?; cat f", 0,
	    "33\n012x", "not the beginning");
	serve(ANSWERS("HTTP/1.1 206 Partial Content\r\n"
		      "Content-Range: bytes 3-3/4\r\n"
		      "Content-Length: 1\r\n\r\n3"),
	    true);
	expect("printf 0123 >f; berth-http -C -o f $U; echo $?; cat f", 0,
	    "0\n0123", "");
	serve(ANSWERS(OK(3, "new")), true);
	expect("printf 0123 >f; berth-http -C -o f $U; cat f", 0, "new",
	    "the whole again");
	expect("rm f; berth-http -C -o f $U; cat f", 0, "new", "");
	serve(ANSWERS("HTTP/1.1 416 No\r\nContent-Length: 3\r\n\r\nbad"), true);
	expect("printf 012 >f; berth-http -C -o f $U; echo $?; cat f", 0,
	    "33\n012", "416");
}

Test(clients_http, names_of_files)
{
	serve(ANSWERS(OK(1, "a")), true);
	expect("berth-http -O $U/x/y.txt?q; cat y.txt", 0, "a", "");
	expect("berth-http -O $U/x/", 23, "", "no name");
	expect("berth-http -O $U", 23, "", "no name");
	expect("berth-http -O $U/x/..", 23, "", "no name");
	expect("berth-http -O '$U/..%2fz' 2>/dev/null; berth-http -O "
	       "\"$U/..%2fz\" && ls ..%2fz",
	    0, "..%2fz\n", "");
	expect("berth-http -o /no/where $U", 23, "", "/no/where: No such file");
	expect("berth-http $U >/dev/full", 23, "", "No space left");
}

Test(clients_http, bad_commands)
{
	expect("berth-http", 64, "", "no URL");
	expect("berth-http -C $U", 64, "", "--continue");
	expect("berth-http -H nonsense $U", 64, "", "--header nonsense");
	expect("berth-http -H \"$(printf 'A: b\\r\\nC: d')\" $U", 64, "",
	    "line break");
	expect("berth-http -X 'A B' $U", 64, "", "--request A B");
	expect("berth-http -X CONNECT $U", 64, "", "CONNECT");
	expect("berth-http -r 'x' $U", 64, "", "--range x");
	expect(
	    "berth-http -d @/no/where $U", 64, "", "/no/where: No such file");
	expect("berth-http -m x $U", 64, "", "--max-time x");
	expect("berth-http ftp://localhost/", 1, "", "ftp://localhost/");
	expect("berth-http http:///x", 3, "", "bad URL");
	expect("berth-http http://a:b:c/", 3, "", "bad URL");
	expect("berth-http http://localhost:0/", 3, "", "bad URL");
	expect("berth-http http://localhost:70000/", 3, "", "bad URL");
	expect("berth-http http://no-such.invalid/", 6, "",
	    "look up no-such.invalid");
	rig_refusing(&port);
	expect("berth-http $U/", 7, "", "connect to 127.0.0.1:");
	expect(
	    "berth-http https://127.0.0.1:$P/", 7, "", "connect to 127.0.0.1:");
	expect("berth-http --unix-socket /no/where http://x/", 7, "",
	    "connect to unix:/no/where: No such file");
}

Test(clients_http, the_bar_is_for_terminals)
{
	struct rig_script *s = serve(ANSWERS(OK(5, "hello")), true);

	expect("berth-http -o f $U", 0, "", "");
	expect("script -qec \"berth-http -o f $U\" /dev/null </dev/null | "
	       "tr -dc ' -~' | grep -o 'f  5 B in'",
	    0, "f  5 B in\n", "");
	expect("script -qec \"berth-http -s -o f $U\" /dev/null </dev/null", 0,
	    "", "");
	cr_expect_eq(s->requests, 3);
}

Test(clients_http, over_a_unix_socket_and_ipv6)
{
	static const char *const answers[] = { OK(2, "ok"), NULL };
	static struct rig_script s = { .answers = answers };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(six);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%.100s",
	    rig_in(rig_sh_place(), "s"));
	cr_assert_eq(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	cr_assert_eq(listen(fd, 5), 0);
	rig_stand_in_on(fd, rig_play_http, &s);
	expect("berth-http --unix-socket s http://some.host/path", 0, "ok", "");
	cr_expect_not_null(strstr(s.heard, "\r\nHost: some.host\r\n"));

	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&six, len) != 0)
		return; /* a machine without IPv6 */
	cr_assert_eq(listen(fd, 5), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&six, &len), 0);
	port = ntohs(six.sin6_port);
	s.n = 0;
	rig_stand_in_on(fd, rig_play_http, &s);
	expect("berth-http http://[::1]:$P/", 0, "ok", "");
	cr_expect_not_null(strstr(s.heard, "\r\nHost: [::1]:"));
}
