/*
 * rest.c - the table of connections that rest.
 */
#include <criterion/criterion.h>

#include "master/rest.h"

static uint32_t
add(struct rest *r, int fd, size_t service, int64_t until_ms)
{
	return rest_add(r,
	    &(struct rested){
		.fd = fd, .service = service, .until_ms = until_ms });
}

Test(rest, the_oldest_of_all_services_is_first)
{
	static const int64_t until[] = { 50, 20, 70, 60, 10, 30, 20 };
	struct rest *r = rest_new(100);
	int64_t last = 0;
	uint32_t i;

	cr_assert_eq(rest_oldest(r), REST_NONE);
	for (int n = 0; n < 7; n++)
		cr_assert_neq(add(r, n, (size_t)n % 3, until[n]), REST_NONE);
	cr_assert_eq(rest_count(r), 7);
	while ((i = rest_oldest(r)) != REST_NONE) {
		cr_assert_geq(rest_at(r, i)->until_ms, last);
		last = rest_at(r, i)->until_ms;
		rest_remove(r, i);
		cr_assert_eq(rest_at(r, i)->fd, -1);
	}
	cr_assert_eq(last, 70);
	cr_assert_eq(rest_count(r), 0);
	rest_free(r);
}

Test(rest, who_woke_first_is_given_first)
{
	struct rest *r = rest_new(100);
	uint32_t a = add(r, 1, 0, 10), b = add(r, 2, 0, 20),
		 c = add(r, 3, 1, 5);

	cr_assert_eq(rest_first_awake(r), REST_NONE);
	rest_wake(r, b, 1);
	rest_wake(r, c, 2);
	rest_wake(r, a, 3);
	cr_assert_eq(rest_oldest(r), REST_NONE);
	cr_assert_eq(rest_count(r), 3);
	cr_assert_eq(rest_first_awake(r), b);
	cr_assert_eq(rest_next_awake(r, b), c);
	rest_remove(r, c);
	cr_assert_eq(rest_next_awake(r, b), a);
	cr_assert_eq(rest_next_awake(r, a), REST_NONE);
	cr_assert(rest_at(r, a)->awake);
	cr_assert_eq(rest_at(r, a)->woke_ms, 3);
	rest_free(r);
}

static void
count(void *n, const struct rested *one)
{
	cr_assert_geq(one->fd, 0);
	++*(size_t *)n;
}

Test(rest, it_holds_as_many_as_it_may)
{
	enum { MOST = 1000 };
	struct rest *r = rest_new(MOST);
	size_t n = 0;

	for (int i = 0; i < MOST; i++)
		cr_assert_neq(add(r, i, 1, i), REST_NONE);
	cr_assert_eq(add(r, MOST, 1, MOST), REST_NONE);
	rest_each(r, count, &n);
	cr_assert_eq(n, MOST);
	cr_assert_eq(rest_at(r, rest_oldest(r))->fd, 0);
	rest_remove(r, rest_oldest(r));
	cr_assert_neq(add(r, MOST, 1, MOST), REST_NONE);
	cr_assert_eq(rest_count(r), MOST);
	cr_assert_eq(rest_most(r), MOST);
	rest_free(r);
}

Test(rest, an_index_of_nobody_is_nobody)
{
	struct rest *r = rest_new(0);

	cr_assert_eq(add(r, 1, 0, 1), REST_NONE);
	cr_assert_eq(rest_at(r, REST_NONE)->fd, -1);
	cr_assert_eq(rest_at(r, 12345)->fd, -1);
	rest_free(r);
	rest_free(NULL);
}
