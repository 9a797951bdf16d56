/*
 * privdrop.c - rights that were given up do not come back: not by a program
 * that is root's, where a helper stays root without powers.
 */
#include "sandbox/privdrop.h"

#include <criterion/criterion.h>

#include <linux/securebits.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "rig/rig.h"

#define CAPS "grep -c '^Cap\\(Prm\\|Eff\\|Amb\\):.0*$' /proc/self/status"

Test(privdrop, no_program_brings_back_what_root_gave_up)
{
	static const struct privdrop ourselves;
	int bits;

	if (geteuid() != 0)
		cr_skip_test("only root has rights to give up");
	if (privdrop_has_caps())
		cr_assert(rig_sh(0, CAPS, 0, "1\n", ""), "the look sees them");
	cr_assert_eq(privdrop_become(&ourselves), 0);
	cr_expect_not(privdrop_has_caps());
	cr_expect(rig_sh(0, CAPS, 0, "3\n", ""));
	bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	cr_expect((bits & SECBIT_NOROOT_LOCKED) != 0, "for good");
	cr_expect((bits & SECBIT_NO_CAP_AMBIENT_RAISE) != 0);
}
