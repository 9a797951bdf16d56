/*
 * admit.c - tests of admission: limits, penalties, lots, a bounded memory.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>

#include "master/admit.h"

static struct addr
v4(uint32_t host)
{
	struct addr a = { .len = sizeof(a.in) };

	a.in.sin_family = AF_INET;
	a.in.sin_addr.s_addr = htonl(host);
	return a;
}

static struct addr
v6(const char *text)
{
	struct addr a = { .len = sizeof(a.in6) };

	a.in6.sin6_family = AF_INET6;
	cr_assert_eq(inet_pton(AF_INET6, text, &a.in6.sin6_addr), 1);
	return a;
}

static struct admit *
make(size_t most, uint64_t per_source, bool loopback_too)
{
	struct admit_rules rules = { .most = most,
		.per_source = per_source,
		.loopback_too = loopback_too };
	struct admit *a = admit_new(&rules);

	cr_assert_not_null(a);
	return a;
}

static void
pass_over(void *context, const struct admit_memory *m)
{
	(void)context;
	(void)m;
}

/* How many sources are remembered for their conduct. */
static size_t
known(const struct admit *a)
{
	return admit_each(a, pass_over, NULL);
}

Test(admit, counts_each_source)
{
	struct admit *a = make(100, 2, false);
	struct addr one = v4(0x0a000001), other = v4(0x0a000002);

	cr_expect_eq(admit_ask(a, &one, 0, 0), ADMITTED);
	cr_expect_eq(admit_ask(a, &one, 1, 0), ADMITTED);
	cr_expect_eq(admit_ask(a, &one, 2, 0), TOO_MANY_HERE);
	cr_expect_eq(admit_ask(a, &other, 2, 0), ADMITTED);
	admit_left(a, &one, SEEN_FINE, 0);
	cr_expect_eq(admit_ask(a, &one, 2, 0), ADMITTED);
	admit_left(a, &one, SEEN_FINE, 0);
	admit_left(a, &one, SEEN_FINE, 0);
	admit_left(a, &other, SEEN_FINE, 0);
	cr_expect_eq(known(a), 0, "nothing is kept of the well-behaved");
	admit_free(a);
}

Test(admit, an_ipv6_source_is_a_64)
{
	struct admit *a = make(100, 1, false);
	struct addr one = v6("2001:db8:0:1::1"),
		    same = v6("2001:db8:0:1:ff::2");
	struct addr other = v6("2001:db8:0:2::1"),
		    mapped = v6("::ffff:10.0.0.1");
	struct addr plain = v4(0x0a000001);

	cr_expect_eq(admit_ask(a, &one, 0, 0), ADMITTED);
	cr_expect_eq(admit_ask(a, &same, 1, 0), TOO_MANY_HERE);
	cr_expect_eq(admit_ask(a, &other, 1, 0), ADMITTED);
	cr_expect_eq(admit_ask(a, &mapped, 2, 0), ADMITTED);
	cr_expect_eq(admit_ask(a, &plain, 3, 0), TOO_MANY_HERE);
	admit_free(a);
}

Test(admit, loopback_is_exempt_unless_asked)
{
	struct admit *a = make(100, 1, false), *strict = make(100, 1, true);
	struct addr lo = v4(0x7f000001), lo6 = v6("::1");

	for (int i = 0; i < 50; i++) {
		cr_expect_eq(admit_ask(a, &lo, 99, 0), ADMITTED);
		cr_expect_eq(admit_ask(a, &lo6, 99, 0), ADMITTED);
	}
	cr_expect_eq(admit_ask(strict, &lo, 0, 0), ADMITTED);
	cr_expect_eq(admit_ask(strict, &lo, 1, 0), TOO_MANY_HERE);
	admit_free(a);
	admit_free(strict);
}

Test(admit, crashes_are_remembered_and_forgiven)
{
	struct admit *a = make(100, 64, false);
	struct addr bad = v4(0x0a000001), good = v4(0x0a000002);
	int64_t now = 1000;

	for (int i = 0; i < ADMIT_LIMIT / ADMIT_CRASH_POINTS; i++) {
		cr_expect_eq(admit_ask(a, &bad, 0, now), ADMITTED);
		admit_left(a, &bad, SEEN_CRASH, now);
	}
	cr_expect_eq(admit_ask(a, &bad, 0, now), PENALISED);
	cr_expect_eq(admit_ask(a, &good, 0, now), ADMITTED);
	now += ADMIT_HALF_LIFE_MS;
	cr_expect_eq(admit_ask(a, &bad, 0, now), ADMITTED);
	admit_left(a, &bad, SEEN_FINE, now);
	now += 40 * ADMIT_HALF_LIFE_MS;
	cr_expect_eq(admit_ask(a, &bad, 0, now), ADMITTED);
	admit_left(a, &bad, SEEN_FINE, now);
	admit_left(a, &good, SEEN_FINE, now);
	cr_expect_eq(known(a), 0);
	admit_free(a);
}

Test(admit, a_penalty_has_an_end_however_many_the_crimes)
{
	struct admit *a = make(100, 64, false);
	struct addr bad = v4(0x0a000001);

	for (int i = 0; i < 10000; i++)
		admit_left(a, &bad, SEEN_CRASH, 0);
	cr_expect_eq(admit_ask(a, &bad, 0, ADMIT_HALF_LIFE_MS), PENALISED);
	cr_expect_eq(admit_ask(a, &bad, 0, 2 * ADMIT_HALF_LIFE_MS), ADMITTED);
	admit_free(a);
}

Test(admit, strangers_cannot_fill_the_memory)
{
	struct admit *a = make(8, 1, false);
	struct addr first = v4(0x0a000001);

	cr_expect_eq(admit_ask(a, &first, 0, 0), ADMITTED);
	for (uint32_t i = 0; i < 3 * ADMIT_REMEMBERED; i++) {
		struct addr one = v4(0x0b000000 + i);

		cr_expect_eq(admit_ask(a, &one, 1, 0), ADMITTED);
		admit_left(a, &one, SEEN_RUDE, 0);
	}
	cr_expect_leq(known(a), (size_t)ADMIT_REMEMBERED + 8);
	/* Who is inside is never forgotten. */
	cr_expect_eq(admit_ask(a, &first, 1, 0), TOO_MANY_HERE);
	admit_free(a);
}

Test(admit, lots_are_drawn_only_near_the_end)
{
	struct admit *a = make(800, 0, false);
	struct addr one = v4(0x0a000001);
	int unlucky = 0;

	for (size_t live = 0; live <= 700; live++) {
		cr_expect_eq(admit_ask(a, &one, live, 0), ADMITTED);
		admit_left(a, &one, SEEN_FINE, 0);
	}
	for (int i = 0; i < 10000; i++) {
		enum verdict v = admit_ask(a, &one, 799, 0);

		unlucky += v == UNLUCKY;
		if (v == ADMITTED)
			admit_left(a, &one, SEEN_FINE, 0);
	}
	/* 99 of 200 lots lose; the generator is seeded, so this is exact. */
	cr_expect_gt(unlucky, 4500);
	cr_expect_lt(unlucky, 5400);
	admit_free(a);
}

static void
recall(void *context, const struct admit_memory *m)
{
	admit_recall(context, m);
}

Test(admit, conduct_is_passed_on)
{
	struct admit *old = make(100, 2, false), *new = make(100, 2, false);
	struct addr bad = v4(0x0a000001), fair = v4(0x0a000002);
	struct addr inside = v6("2001:db8::1");
	int64_t now = 5000;

	for (int i = 0; i < ADMIT_LIMIT / ADMIT_CRASH_POINTS; i++)
		admit_left(old, &bad, SEEN_CRASH, now);
	for (uint32_t i = 0; i < 500; i++) {
		struct addr one = v4(0x0b000000 + i);

		admit_left(old, &one, SEEN_RUDE, now);
	}
	cr_assert_eq(admit_ask(old, &inside, 0, now), ADMITTED);
	cr_assert_eq(admit_each(old, recall, new), 501);
	cr_assert_eq(known(new), 501);
	for (int i = 0; i < 2; i++)
		admit_served(new, &inside);

	now += ADMIT_HALF_LIFE_MS / 2;
	cr_expect_eq(admit_ask(new, &bad, 2, now), PENALISED);
	cr_expect_eq(admit_ask(new, &fair, 2, now), ADMITTED);
	cr_expect_eq(admit_ask(new, &inside, 2, now), TOO_MANY_HERE);
	admit_left(new, &inside, SEEN_FINE, now);
	cr_expect_eq(admit_ask(new, &inside, 2, now), ADMITTED);
	/* It fades from when it was, not from when it was passed on. */
	now += ADMIT_HALF_LIFE_MS / 2;
	cr_expect_eq(admit_ask(new, &bad, 2, now), ADMITTED);
	admit_free(old);
	admit_free(new);
}

Test(admit, who_keeps_knocking_is_not_forgotten)
{
	struct admit *a = make(8, 1, false);
	struct addr bad = v4(0x0a000001);

	for (int i = 0; i < ADMIT_LIMIT / ADMIT_CRASH_POINTS; i++)
		admit_left(a, &bad, SEEN_CRASH, 0);
	for (uint32_t i = 0; i < 3 * ADMIT_REMEMBERED; i++) {
		struct addr one = v4(0x0b000000 + i);

		admit_left(a, &one, SEEN_RUDE, 0);
		if (i % (ADMIT_REMEMBERED / 2) == 0)
			cr_assert_eq(admit_ask(a, &bad, 0, 0), PENALISED);
	}
	cr_expect_eq(admit_ask(a, &bad, 0, 0), PENALISED);
	admit_free(a);
}
