/*
 * addr.c - what people write as an address, what is shown of one.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "system/addr.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

Test(addr, what_can_be_listened_on)
{
	static const struct {
		const char *text;
		int count;
		const char *shown[2];
	} table[] = {
		{ "8080", 2, { "127.0.0.1:8080", "[::1]:8080" } },
		{ "0", 2, { "127.0.0.1:0", "[::1]:0" } },
		{ "65535", 2, { "127.0.0.1:65535", "[::1]:65535" } },
		{ "*:25", 2, { "0.0.0.0:25", "[::]:25" } },
		{ "127.0.0.2:80", 1, { "127.0.0.2:80" } },
		{ "0.0.0.0:80", 1, { "0.0.0.0:80" } },
		{ "[::1]:80", 1, { "[::1]:80" } },
		{ "[::]:0", 1, { "[::]:0" } },
		{ "[2001:db8::0:1]:65535", 1, { "[2001:db8::1]:65535" } },
		{ "[::ffff:127.0.0.1]:80", 1, { "127.0.0.1:80" } },
		{ "unix:/tmp/x", 1, { "unix:/tmp/x" } },
		{ "unix:x", 1, { "unix:x" } },
		{ "unix:a:80", 1, { "unix:a:80" } },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct addr found[ADDR_MAX_FOUND];
		const char *why = NULL;
		char text[ADDR_MAX_TEXT];
		int n = addr_listen(table[i].text, found, &why);

		cr_assert_eq(
		    n, table[i].count, "%s: %s", table[i].text, why ? why : "");
		for (int k = 0; k < n; k++)
			cr_assert_str_eq(
			    addr_text(&found[k], text), table[i].shown[k]);
	}
}

Test(addr, localhost_is_looked_up)
{
	struct addr found[ADDR_MAX_FOUND];
	const char *why = "";
	int n = addr_listen("localhost:8080", found, &why);

	cr_assert_geq(n, 1, "%s", why);
	for (int i = 0; i < n; i++) {
		cr_assert(addr_is_loopback(&found[i]));
		cr_assert_eq(addr_port(&found[i]), 8080);
	}
}

Test(addr, what_cannot)
{
	static const char *const table[] = { "", ":", ":80", "80:", "*",
		"*:", "x", "-1", "+1", "65536", "99999999999999999999", "8080 ",
		" 8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
		"127.0.0.1:65536", "::1", "::1:80", "[::1]",
		"[::1]:", "[::1:80", "::1]:80", "[]:80", "[:80", "[::1]x:80",
		"unix:", "1.2.3.4.5:80", "999.0.0.1:80", "[1:2]:80", "a b:80" };
	char path[200] = "unix:", name[300];
	struct addr found[ADDR_MAX_FOUND];
	const char *why = NULL;

	for (size_t i = 0; i < COUNT(table); i++) {
		why = NULL;
		cr_assert_eq(
		    addr_listen(table[i], found, &why), -1, "%s", table[i]);
		cr_assert(why != NULL && strlen(why) > 5, "%s", table[i]);
	}
	memset(name, 'n', sizeof(name) - 5);
	memcpy(name + sizeof(name) - 5, ":80", 4);
	cr_expect_eq(addr_listen(name, found, &why), -1);
	cr_expect_str_eq(why, "the host name is too long");
	for (size_t n = 106; n <= 109; n++) {
		memset(path + 5, 'p', n);
		path[5 + n] = '\0';
		cr_assert_eq(addr_listen(path, found, &why), n <= 107 ? 1 : -1,
		    "a path of %zu bytes", n);
	}
}

static struct addr
in6(const char *host, unsigned port)
{
	struct addr a = { .len = sizeof(a.in6) };

	a.in6.sin6_family = AF_INET6;
	a.in6.sin6_port = htons((in_port_t)port);
	cr_assert_eq(inet_pton(AF_INET6, host, &a.in6.sin6_addr), 1);
	return a;
}

static struct addr
in4(const char *host, unsigned port)
{
	struct addr a = { .len = sizeof(a.in) };

	a.in.sin_family = AF_INET;
	a.in.sin_port = htons((in_port_t)port);
	cr_assert_eq(inet_pton(AF_INET, host, &a.in.sin_addr), 1);
	return a;
}

Test(addr, text_host_port_and_loopback)
{
	struct addr none = { .len = 0 }, strange = { .len = 16 };
	struct addr unnamed = { .len = sizeof(sa_family_t) };
	struct addr abstract = { .len = sizeof(sa_family_t) + 3 };
	const struct {
		struct addr a;
		const char *text, *host;
		unsigned port;
		bool loopback;
	} table[] = {
		{ in4("127.0.0.1", 80), "127.0.0.1:80", "127.0.0.1", 80, true },
		{ in4("127.255.0.9", 1), "127.255.0.9:1", "127.255.0.9", 1,
		    true },
		{ in4("128.0.0.1", 80), "128.0.0.1:80", "128.0.0.1", 80,
		    false },
		{ in4("126.0.0.1", 80), "126.0.0.1:80", "126.0.0.1", 80,
		    false },
		{ in6("::1", 65535), "[::1]:65535", "::1", 65535, true },
		{ in6("::2", 80), "[::2]:80", "::2", 80, false },
		{ in6("::ffff:127.0.0.1", 80), "127.0.0.1:80", "127.0.0.1", 80,
		    true },
		{ in6("::ffff:10.0.0.1", 80), "10.0.0.1:80", "10.0.0.1", 80,
		    false },
		{ none, "unknown", "unknown", 0, true },
		{ unnamed, "unix:", "unix", 0, true },
		{ abstract, "unix:", "unix", 0, true },
	};
	char text[ADDR_MAX_TEXT];

	strange.sa.sa_family = AF_APPLETALK;
	cr_assert_str_eq(addr_host(&strange, text), "unknown");
	cr_assert_not(addr_is_loopback(&strange));
	for (size_t i = 0; i < COUNT(table); i++) {
		struct addr a = table[i].a;

		if (a.sa.sa_family == AF_UNSPEC)
			a.sa.sa_family = AF_UNIX;
		cr_assert_str_eq(addr_text(&a, text), table[i].text);
		cr_assert_str_eq(addr_host(&a, text), table[i].host);
		cr_assert_eq(addr_port(&a), table[i].port);
		cr_assert_eq(
		    addr_is_loopback(&a), table[i].loopback, "row %zu", i);
	}
}

Test(addr, the_longest_texts_fit)
{
	struct addr a = in6("2001:db8:1111:2222:3333:4444:5555:6666", 65535);
	char text[ADDR_MAX_TEXT];

	cr_assert_str_eq(addr_text(&a, text),
	    "[2001:db8:1111:2222:3333:4444:5555:6666]:65535");
	a = (struct addr){ .len = sizeof(a.un) };
	a.un.sun_family = AF_UNIX;
	memset(a.un.sun_path, 'p', sizeof(a.un.sun_path)); /* and no NUL */
	cr_assert_eq(strlen(addr_text(&a, text)), 5 + sizeof(a.un.sun_path));
}

Test(addr, the_port_can_be_set)
{
	struct addr a = in4("127.0.0.1", 1), b = in6("::1", 1), c = { 0 };

	addr_set_port(&a, 65535);
	addr_set_port(&b, 0);
	addr_set_port(&c, 80);
	cr_assert_eq(addr_port(&a), 65535);
	cr_assert_eq(addr_port(&b), 0);
	cr_assert_eq(addr_port(&c), 0);
}

Test(addr, of_both_ends_of_a_socket)
{
	struct addr at = in4("127.0.0.1", 0), local, peer;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(bind(listener, &at.sa, at.len), 0);
	cr_assert_eq(listen(listener, 1), 0);
	cr_assert_eq(addr_of_local(listener, &local), 0);
	cr_assert_neq(addr_port(&local), 0);
	cr_assert_eq(connect(client, &local.sa, local.len), 0);
	cr_assert_eq(addr_of_peer(client, &peer), 0);
	cr_assert_eq(addr_port(&peer), addr_port(&local));
	cr_assert(addr_is_loopback(&peer));

	errno = 0;
	peer.len = 5;
	cr_assert_eq(addr_of_peer(listener, &peer), -1);
	cr_assert(errno == ENOTCONN && peer.len == 0);
	close(client);
	close(listener);
	cr_assert_eq(addr_of_local(listener, &local), -1);
	cr_assert(errno == EBADF && local.len == 0);
}
