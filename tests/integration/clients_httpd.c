/*
 * clients_httpd.c - berth-http and berth-httpd with each other.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rig/rig.h"

#define BIG 3000000

static unsigned port;

static void
expect(const char *line, int code, const char *out, const char *err)
{
	cr_expect(rig_sh(port, line, code, out, err), "%s", line);
}

/* A site with a small file, a big one and a directory. */
static struct rig *
serve(const char *address)
{
	const char *site = rig_place();
	struct rig *r;

	rig_file(site, "small.txt", "0123456789\n");
	rig_file(site, "a b/\xc3\xbc.txt", "umlaut\n");
	rig_file(site, "dir/index.html", "in the directory\n");
	rig_file_pattern(site, "big.bin", BIG);
	rig_file_pattern(rig_sh_place(), "big.bin", BIG);
	r = rig_start(RIG("berth-httpd", "-q", "--access-log", "off", "--echo",
	    "/echo", "-l", address, site));
	if (strncmp(address, "unix:", 5) != 0)
		port = rig_port(r, "http");
	return r;
}

Test(clients_httpd, files_ranges_and_errors)
{
	struct rig *r = serve("127.0.0.1:0");

	expect("berth-http $U/small.txt", 0, "0123456789\n", "");
	expect("berth-http \"$U/a b/\xc3\xbc.txt\"", 0, "umlaut\n", "");
	expect("berth-http -r 2-4 $U/small.txt", 0, "234", "");
	expect("berth-http -r -3 $U/small.txt", 0, "89\n", "");
	expect("berth-http -L $U/dir", 0, "in the directory\n", "");
	expect("berth-http -f $U/none", 22, "", "404 Not Found");
	expect("berth-http -I $U/big.bin | grep -c 'Length: 3000000'", 0, "1\n",
	    "");
	expect("berth-http $U/big.bin | cmp - big.bin", 0, "", "");
	expect("head -c 1000000 big.bin >part; "
	       "berth-http -C -o part $U/big.bin && cmp part big.bin",
	    0, "", "");
	expect(
	    "berth-http -C -o part $U/big.bin && cmp part big.bin", 0, "", "");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_httpd, methods_with_a_body)
{
	struct rig *r = serve("127.0.0.1:0");

	expect("berth-http -d a=1 $U/echo", 0, "a=1", "");
	expect(
	    "berth-http -X PUT -d @big.bin $U/echo | cmp - big.bin", 0, "", "");
	expect("berth-http -i -d x $U/small.txt | head -1", 0,
	    "HTTP/1.1 405 Method Not Allowed\r\n", "");
	/* Refused before it has come: the answer is still read. */
	expect("cat big.bin big.bin big.bin | "
	       "berth-http -i -d @- $U/small.txt | head -1",
	    0, "HTTP/1.1 405 Method Not Allowed\r\n", "");
	expect("berth-http -X OPTIONS -I $U/small.txt | "
	       "grep -c '^Allow: GET, HEAD, OPTIONS'",
	    0, "1\n", "");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_httpd, many_urls_one_connection)
{
	struct rig *r = serve("127.0.0.1:0");

	expect("berth-http -v $U/small.txt $U/none $U/big.bin $U/small.txt "
	       "2>&1 >/dev/null | grep -c '^Connected to'",
	    0, "1\n", "");
	expect("berth-http -L $U/dir $U/small.txt", 0,
	    "in the directory\n0123456789\n", "");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_httpd, over_a_unix_socket_and_ipv6)
{
	struct rig *r;
	char address[200], line[300];

	snprintf(address, sizeof(address), "unix:%s",
	    rig_in(rig_sh_place(), "http"));
	r = serve(address);
	expect("berth-http --unix-socket http localhost/small.txt", 0,
	    "0123456789\n", "");
	snprintf(line, sizeof(line),
	    "printf 'GET /small.txt HTTP/1.0\\r\\n\\r\\n' | "
	    "berth-tcp %s | tail -1",
	    address);
	expect(line, 0, "0123456789\n", "");
	cr_assert_eq(rig_stop(r), 0);

	r = serve("0");
	if (strstr(rig_out(r), "http [::1]") != NULL)
		expect("berth-http http://[::1]:$P/small.txt", 0,
		    "0123456789\n", "");
	cr_assert_eq(rig_stop(r), 0);
}
