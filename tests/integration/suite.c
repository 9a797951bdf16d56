/*
 * suite.c - tests of berth, the whole suite under one master.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/rig.h"
#include "rig/smtp.h"

static const char *
make_site(void)
{
	const char *dir = rig_place();

	rig_file(dir, "index.html", "<p>the site");
	return dir;
}

Test(suite, serves_a_site_and_catches_mail)
{
	const char *dir = make_site(), *mail = rig_in(rig_place(), "mail");
	struct rig *r = rig_start(RIG("berth", "--http", "127.0.0.1:0",
	    "--smtp", "127.0.0.1:0", "--mail", mail, dir));
	struct rig_reply reply;
	int fd;

	cr_assert(rig_get(rig_address(r, "http"), "/", &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(slice_is(reply.body, "<p>the site"));
	fd = rig_open(r, "smtp");
	cr_expect(rig_smtp_expect(fd, "220"));
	cr_assert(rig_send(fd, "HELO x\r\n"));
	cr_expect(rig_smtp_expect(fd, "250"));
	cr_assert(rig_send(fd, "QUIT\r\n"));
	cr_expect(rig_smtp_expect(fd, "221"));
	close(fd);
	cr_expect(rig_hear(r, "open http://127.0.0.1:"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(suite, a_part_can_be_switched_off)
{
	struct rig *r = rig_start(RIG(
	    "berth", "--http", "127.0.0.1:0", "--smtp", "off", make_site()));
	struct rig_reply reply;

	cr_assert(rig_get(rig_address(r, "http"), "/", &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect_null(strstr(rig_out(r), "ready smtp"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(suite, all_parts_off_is_a_mistake)
{
	struct rig *r = rig_run(RIG("berth", "--http", "off", "--smtp", "off"));

	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), "nothing to listen on"));
	r = rig_run(RIG("berth", "--http", "off", "--http", "8080"));
	cr_expect_eq(rig_wait(r), 64);
	cr_expect_not_null(strstr(rig_err(r), "--http off"));
}

Test(suite, a_site_that_is_not_there_is_said)
{
	struct rig *r = rig_run(RIG("berth", "--http", "127.0.0.1:0", "--smtp",
	    "off", "/nowhere/at/all"));

	cr_expect_eq(rig_wait(r), 78);
	cr_expect_not_null(strstr(rig_err(r), "/nowhere/at/all"));
}
