/*
 * network.c - tests of system/network.h.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "system/network.h"

static struct addr
address(const char *text)
{
	struct addr a = { 0 };

	if (strcmp(text, "unix") == 0) {
		a.len = offsetof(struct sockaddr_un, sun_path);
		a.un.sun_family = AF_UNIX;
	} else if (inet_pton(AF_INET, text, &a.in.sin_addr) == 1) {
		a.len = sizeof(a.in);
		a.in.sin_family = AF_INET;
	} else if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) == 1) {
		a.len = sizeof(a.in6);
		a.in6.sin6_family = AF_INET6;
	}
	return a;
}

Test(network, who_is_in_it)
{
	static const struct {
		const char *set, *address;
		bool in;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.8", false },
		{ "192.0.2.7", "::ffff:192.0.2.7", true },
		{ "192.0.2.7/32", "192.0.2.7", true },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.129", true },
		{ "10.0.0.0/9", "10.127.255.255", true },
		{ "10.0.0.0/9", "10.128.0.0", false },
		{ "0.0.0.0/0", "255.255.255.255", true },
		{ "0.0.0.0/0", "::1", false },
		{ "0.0.0.0/0", "unix", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "192.0.2.7", false },
		{ "::/0", "::ffff:192.0.2.7", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:db8::1", "2001:db8::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "unix", "unix", true },
		{ "unix", "127.0.0.1", false },
		{ "127.0.0.1", "nowhere", false },
		{ "unix", "nowhere", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr a = address(rows[i].address);
		struct networks all = { 0 };
		const char *why = "";

		cr_assert_eq(networks_add(&all, rows[i].set, &why), 0, "%s: %s",
		    rows[i].set, why);
		cr_expect_eq(networks_have(&all, &a), rows[i].in, "%s in %s",
		    rows[i].address, rows[i].set);
	}
}

Test(network, what_is_none)
{
	static const char *const rows[] = { "", "/", "localhost",
		"127.0.0.1:80", "127.0.0.1/", "127.0.0.1/33", "127.0.0.1/-1",
		"127.0.0.1/8", "127.0.0.0/8/8", "[::1]", "::1/129", "::1/64",
		"unix:/x", "unix/8", "*", "127.1" };
	struct networks all = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;

		cr_expect_eq(
		    networks_add(&all, rows[i], &why), -1, "%s", rows[i]);
		cr_expect_not_null(why);
	}
	cr_expect_eq(all.n, 0);
}

Test(network, several_and_too_many)
{
	struct networks all = { 0 };
	struct addr a = address("10.0.0.63"), b = address("10.0.0.64");
	const char *why;
	char text[32];

	for (int i = 0; i < NETWORKS_MAX; i++) {
		snprintf(text, sizeof(text), "10.0.0.%d", i);
		cr_assert_eq(networks_add(&all, text, &why), 0);
	}
	cr_expect_eq(networks_add(&all, "10.0.0.64", &why), -1);
	cr_expect(networks_have(&all, &a));
	cr_expect(!networks_have(&all, &b));
}
