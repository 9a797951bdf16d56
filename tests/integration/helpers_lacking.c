/*
 * helpers_lacking.c - helpers on a kernel that lacks a wall of the sandbox, or
 * refuses it: as children do, they do without it.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "integration/tls_start.h"
#include "rig/main.h"
#include "rig/refuse.h"

static const char *const lacks[] = {
	"landlock_create_ruleset=ENOSYS",
	"landlock_create_ruleset=EOPNOTSUPP",
	"landlock_restrict_self=EPERM",
	"seccomp=ENOSYS",
	"seccomp(0:1)=EACCES",
	"seccomp=ENOSYS landlock_create_ruleset=ENOSYS",
};

#define LACKS (sizeof(lacks) / sizeof(lacks[0]))

/* None of them had to be started again. */
static void
stop_well(struct rig *r, const char *lack)
{
	cr_expect_eq(rig_stop(r), 0, "%s", lack);
	cr_expect_eq(
	    rig_count(r, "started again"), 0, "%s: %s", lack, rig_err(r));
}

Test(helpers_lacking, the_key_keeper)
{
	const char *place = tls_place();

	for (size_t i = 0; i < LACKS; i++) {
		struct rig *r = refuse_start(lacks[i],
		    RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen",
			"127.0.0.1:0", "--tls-cert", rig_in(place, "cert.pem"),
			"--tls-key", rig_in(place, "key.pem"),
			rig_in(place, "site")));

		tls_expect(rig_port(r, "https"), TLS_GET("") " | tail -1", 0,
		    "<h1>secure</h1>\n");
		stop_well(r, lacks[i]);
	}
}

/* With one that looks a name up. */
Test(helpers_lacking, the_dialler)
{
	const char *place = rig_place();

	rig_file(place, "x", "far away\n");
	for (size_t i = 0; i < LACKS; i++) {
		struct rig *far = rig_start(
		    RIG("berth-httpd", "-q", "-l", "127.0.0.1:0", place));
		char proxy[64];
		struct rig_reply reply;
		struct rig *r;

		snprintf(proxy, sizeof(proxy), "/=http://localhost:%u",
		    rig_port(far, "http"));
		r = refuse_start(lacks[i],
		    RIG("berth-httpd", "-l", "127.0.0.1:0", "--proxy", proxy,
			"--proxy", "/b=http://b.invalid:80", place));
		cr_assert(rig_get(rig_address(r, "http"), "/x", &reply));
		cr_expect_eq(reply.status, 200, "%s: %d %s", lacks[i],
		    reply.status, rig_err(r));
		stop_well(r, lacks[i]);
		cr_expect_eq(rig_stop(far), 0);
	}
}

RIG_MAIN int
main(int argc, char **argv)
{
	return refuse_or_test(argc, argv);
}
