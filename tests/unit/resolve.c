/*
 * resolve.c - names to addresses, without a name server.
 */
#include "system/resolve.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/sock.h"

static struct addr found[ADDR_MAX_FOUND];
static const char *why;

Test(resolve, what_needs_no_name_server)
{
	static const struct {
		const char *host, *service;
		int type;
		const char *text; /* of the first address */
	} table[] = {
		{ "127.0.0.1", "80", SOCK_STREAM, "127.0.0.1:80" },
		{ "127.0.0.1", "080", SOCK_STREAM, "127.0.0.1:80" },
		{ "127.0.0.1", "65535", SOCK_DGRAM, "127.0.0.1:65535" },
		{ "127.0.0.1", "http", SOCK_STREAM, "127.0.0.1:80" },
		{ "127.0.0.1", "domain", SOCK_DGRAM, "127.0.0.1:53" },
		{ "::1", "smtp", SOCK_STREAM, "[::1]:25" },
		{ "[::1]", "1", SOCK_STREAM, "[::1]:1" },
		{ "unix:/a/b", "", SOCK_STREAM, "unix:/a/b" },
		{ "unix:b", "not looked at", SOCK_STREAM, "unix:b" },
	};
	char text[ADDR_MAX_TEXT];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int n = resolve(table[i].host, table[i].service, table[i].type,
		    found, &why);

		cr_assert_eq(n, 1, "%zu: %s", i, n < 0 ? why : "many");
		cr_expect_str_eq(addr_text(&found[0], text), table[i].text);
	}
}

Test(resolve, localhost_has_the_same_address_but_once)
{
	char text[ADDR_MAX_TEXT];
	int n = resolve("localhost", "7", SOCK_STREAM, found, &why), v4 = 0;

	for (int i = 0; i < n; i++)
		v4 += strcmp(addr_text(&found[i], text), "127.0.0.1:7") == 0;
	cr_expect_eq(v4, 1);
}

Test(resolve, what_makes_no_sense)
{
	static char longest[3000];
	static const struct {
		const char *host, *service;
		int error;
	} table[] = {
		{ "127.0.0.1", "0", EINVAL },
		{ "127.0.0.1", "65536", EINVAL },
		{ "127.0.0.1", "4294967376", EINVAL }, /* 80, cut to 16 bits */
		{ "127.0.0.1", "99999999999999999999999", EINVAL },
		{ "127.0.0.1", "-1", EINVAL },
		{ "127.0.0.1", "+80", EINVAL },
		{ "127.0.0.1", " 80", EINVAL },
		{ "127.0.0.1", "80x", EINVAL },
		{ "127.0.0.1", "", EINVAL },
		{ "127.0.0.1", "no-such-service", EINVAL },
		{ "[127.0.0.1", "1", ENOENT },
		{ "[localhost]", "1", ENOENT },
		{ "[]", "1", ENOENT },
		{ longest, "1", ENOENT },
		{ "unix:", "", EINVAL },
	};

	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		why = NULL;
		cr_expect_eq(resolve(table[i].host, table[i].service,
				 SOCK_STREAM, found, &why),
		    -1, "%zu", i);
		cr_expect_eq(
		    errno, table[i].error, "%zu: %s", i, strerror(errno));
		cr_expect(why != NULL && *why != '\0', "%zu", i);
	}
	memcpy(longest, "unix:", 5);
	cr_expect_eq(resolve(longest, "", SOCK_STREAM, found, &why), -1);
	cr_expect_eq(errno, EINVAL);
}

Test(resolve, connect_reaches_who_listens)
{
	struct addr a, to;
	int listener, fd;
	char port[16];

	cr_assert_gt(addr_listen("127.0.0.1:0", found, &why), 0);
	listener = sock_listen(&found[0], SOCK_STREAM);
	cr_assert_geq(listener, 0);
	cr_assert_eq(addr_of_local(listener, &a), 0);
	snprintf(port, sizeof(port), "%u", addr_port(&a));
	fd = resolve_connect(
	    "localhost", port, SOCK_STREAM, CLOCK_NEVER, &to, &why);
	cr_assert_geq(fd, 0, "%s", why);
	cr_expect_eq(addr_port(&to), addr_port(&a));
	close(fd);

	/* Nobody: the address tried is told. */
	close(listener);
	fd = resolve_connect(
	    "127.0.0.1", port, SOCK_STREAM, CLOCK_NEVER, &to, &why);
	cr_expect_eq(fd, -1);
	cr_expect_eq(errno, ECONNREFUSED);
	cr_expect_str_eq(why, "Connection refused");
	cr_expect_eq(addr_port(&to), addr_port(&a));

	/* No address at all, and no path: told apart by to. */
	fd = resolve_connect("127.0.0.1", "no-such-service", SOCK_STREAM,
	    CLOCK_NEVER, &to, &why);
	cr_expect(fd == -1 && errno == ENOENT && to.len == 0);
	fd = resolve_connect(
	    "unix:/no/where", "", SOCK_STREAM, CLOCK_NEVER, &to, &why);
	cr_expect(fd == -1 && errno == ENOENT && to.len > 0);
}

Test(resolve, connect_ends_at_the_deadline)
{
	struct addr to;
	int64_t began = clock_ms();
	int fd = resolve_connect(
	    "127.0.0.1", "9", SOCK_STREAM, began - 1, &to, &why);

	/* Past already: at once, refused or timed out. */
	cr_expect_eq(fd, -1);
	cr_expect_lt(clock_ms() - began, 10000);
}
