/*
 * clients_h2.c - berth-http --http2: against berth-httpd, and against servers
 * that break off, or do not know of it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "clients_http.h"

#define BIG 3000000

static void
start(void)
{
	const char *site = rig_place();
	struct rig *r;

	rig_file(site, "small.txt", "0123456789\n");
	rig_file(site, "dir/index.html", "in the directory\n");
	rig_file_pattern(site, "big.bin", BIG);
	rig_file_pattern(rig_sh_place(), "big.bin", BIG);
	r = rig_start(RIG("berth-httpd", "-q", "--access-log", "off", "--echo",
	    "/echo", "-l", "127.0.0.1:0", site));
	port = rig_port(r, "http");
}

Test(clients_h2, does_what_it_does_without)
{
	start();
	expect("berth-http --http2 $U/small.txt", 0, "0123456789\n", "");
	expect("berth-http --http2 -r 2-4 $U/small.txt", 0, "234", "");
	expect("berth-http --http2 -L $U/dir", 0, "in the directory\n", "");
	expect("berth-http --http2 -f $U/none", 22, "", "HTTP/2 404");
	expect("berth-http --http2 -I $U/big.bin | head -1", 0,
	    "HTTP/2 200\r\n", "");
	expect("berth-http --http2 $U/big.bin | cmp - big.bin", 0, "", "");
	expect("head -c 1000000 big.bin >part; berth-http --http2 -C -o part "
	       "$U/big.bin && cmp part big.bin",
	    0, "", "");
	expect("berth-http --http2 -d a=1 -d b=2 $U/echo", 0, "a=1&b=2", "");
	expect("head -c 1000000 big.bin >most; berth-http --http2 -d @most "
	       "$U/echo | cmp - most",
	    0, "", "");
	expect("berth-http --http2 -d '' -H 'Connection: x' -H 'X-A: b' "
	       "$U/echo/headers | grep -ci '\"x-a\",\"b\"\\|connection'",
	    0, "1\n", "");
	expect("berth-http --http2 -d x -H 'Expect: 100-continue' $U/echo", 0,
	    "x", "");
}

Test(clients_h2, one_connection_for_many)
{
	start();
	expect("berth-http --http2 -v $U/small.txt $U/none $U/big.bin "
	       "$U/small.txt 2>&1 >/dev/null | grep -c 'kept\\|^< HTTP/2 '",
	    0, "7\n", "");
	/* Also behind a redirect whose body nobody reads. */
	expect("berth-http --http2 -v -L $U/dir 2>&1 >/dev/null | "
	       "grep -c '> GET /dir.* HTTP/2\\|kept'",
	    0, "3\n", "");
}

/* A refusal before all was sent is an answer. */
Test(clients_h2, a_body_that_nobody_wants)
{
	start();
	expect("berth-http --http2 -d @big.bin $U/small.txt | grep -c 405", 0,
	    "2\n", "");
}

Test(clients_h2, a_server_that_does_not_speak_it)
{
	serve(ANSWERS(OK(5, "hello")), false);
	expect("berth-http --http2 $U/", 16, "", "not HTTP/2");
	expect("berth-http --http2 http://127.0.0.1:1/", 7, "", "refused");
}

/* The client of a server that says its settings, these frames, and no more. */
static struct rig *
hear_frames(const char *frames, size_t n)
{
	static const char settings[] = "\0\0\0\4\0\0\0\0\0";
	int fd = rig_listen(&port), client;
	struct rig *r;
	char url[64];
	struct buf b;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port);
	r = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-http", "--http2", "-m", "10", url) });
	client = accept(fd, NULL, NULL);
	buf_init(&b, 10000);
	cr_assert(rig_read_through(client, &b, "SM\r\n\r\n"));
	rig_send_bytes(client, settings, 9);
	rig_send_bytes(client, frames, n);
	rig_half_close(client);
	rig_wait(r);
	close(client);
	close(fd);
	buf_free(&b);
	return r;
}

Test(clients_h2, it_breaks_off)
{
	static const struct {
		const char *frames;
		size_t n;
		int code;
		const char *err;
	} rows[] = {
		/* RST_STREAM: REFUSED_STREAM */
		{ "\0\0\4\3\0\0\0\0\1\0\0\0\7", 13, 92, "REFUSED_STREAM" },
		/* a head, DATA, and then INTERNAL_ERROR */
		{ "\0\0\1\1\4\0\0\0\1\210"
		  "\0\0\2\0\0\0\0\0\1hi"
		  "\0\0\4\3\0\0\0\0\1\0\0\0\2",
		    34, 92, "INTERNAL_ERROR" },
		/* the end in the middle of the body */
		{ "\0\0\1\1\4\0\0\0\1\210\0\0\2\0\0\0\0\0\1hi", 21, 18,
		    "middle of the body" },
		/* HPACK that is none */
		{ "\0\0\1\1\4\0\0\0\1\377", 10, 16, "" },
		/* all is well */
		{ "\0\0\1\1\4\0\0\0\1\210\0\0\2\0\1\0\0\0\1hi", 21, 0, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = hear_frames(rows[i].frames, rows[i].n);

		cr_expect_eq(rig_wait(r), rows[i].code, "row %zu", i);
		cr_expect_not_null(strstr(rig_err(r), rows[i].err),
		    "row %zu: %s", i, rig_err(r));
	}
}
