/* log2.c: our own binary logarithm beside libm's longer one. */
#include <criterion/criterion.h>
#include <math.h>

static void
expect_as_libm(double x)
{
	double wanted = (double)log2l((long double)x);

	cr_expect(fabs(log2(x) - wanted) <= 1e-15 * (1 + fabs(wanted)),
	    "log2(%.17g) is %.17g and not %.17g", x, log2(x), wanted);
}

Test(log2, powers_of_two_are_exact)
{
	for (int e = -1074; e < 1024; e++)
		cr_expect(log2(ldexp(1, e)) == e, "2^%d: %.17g", e,
		    log2(ldexp(1, e)));
}

Test(log2, as_libm_has_it)
{
	double x = 1e-300;
	int n = 0;

	while (x < 1e300) {
		expect_as_libm(x);
		x *= 1.37;
		n++;
	}
	cr_expect(n > 4000);
	for (int i = 2048; i < 8192; i++) /* near 1 it is near 0 */
		expect_as_libm(i / 4096.0);
}

/* Volatile, or the compiler knows the answers. */
Test(log2, what_is_no_positive_number)
{
	static volatile double none[] = { 0.0, -0.0 };
	static volatile double bad[] = { -1.0, -(double)INFINITY, (double)NAN };
	volatile double most = (double)INFINITY;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		cr_expect(isinf(log2(none[i])) && log2(none[i]) < 0, "%zu", i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect(isnan(log2(bad[i])), "%zu", i);
	cr_expect(isinf(log2(most)) && log2(most) > 0);
}
