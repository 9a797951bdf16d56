/*
 * images.c - the plain image of a server and the whole one (system/whole.h): no
 * user shall have to know that there are two.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/smtp.h"
#include "tls_start.h"

#define CONFIG "listen = 127.0.0.1:0\nhostname = mx.test\n"
#define SECURE "tls-cert = cert.pem\ntls-key = key.pem\n"

/* Are there two images?  Not with a sanitizer. */
static bool
is_plain(void)
{
	return access(rig_in(rig_path(""), "whole/berth-httpd"), X_OK) == 0;
}

/* The file that a process runs, and what it is called. */
static bool
runs_whole(pid_t pid)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	n = readlink(link, path, sizeof(path) - 1);
	cr_assert_gt(n, 0);
	path[n] = '\0';
	return strstr(path, "/whole/") != NULL;
}

static void
expect_named(pid_t pid, const char *name)
{
	char path[64];
	struct buf b;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	buf_init(&b, 64);
	cr_assert_eq(rig_slurp(path, &b), 0);
	cr_expect(slice_starts(buf_slice(&b), name), "%s", buf_str(&b));
	buf_free(&b);
}

struct offer {
	struct rig *rig;
	bool secure;
};

/* Who comes now is offered STARTTLS, or is not. */
static bool
is_offered(void *arg)
{
	const struct offer *o = arg;
	int fd = rig_open(o->rig, "smtp");
	bool secure;
	struct buf b;

	buf_init(&b, 4096);
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_send(fd, "EHLO a\r\n"));
	cr_assert_eq(rig_smtp_reply(fd, &b), 250);
	secure = strstr(buf_str(&b), "STARTTLS") != NULL;
	buf_free(&b);
	close(fd);
	return secure == o->secure;
}

static void
reload_with(const char *place, struct rig *r, const char *config, bool secure)
{
	struct offer o = { .rig = r, .secure = secure };

	rig_file(place, "smtpd.conf", config);
	rig_signal(r, SIGHUP);
	cr_expect(
	    rig_until("it is as configured", is_offered, &o), "%s", rig_err(r));
	cr_expect_eq(runs_whole(rig_pid(r)), secure && is_plain());
	expect_named(rig_pid(r), "berth-smtpd");
}

/* TLS comes and goes by a reload, and a client who is there stays. */
Test(images, a_reload_changes_between_them)
{
	const char *place = tls_place();
	struct rig *r;
	int fd;

	rig_file(place, "smtpd.conf", CONFIG);
	r = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-smtpd", "--config", "smtpd.conf", "mail"),
	    .dir = place });
	fd = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_expect(!runs_whole(rig_pid(r)));
	reload_with(place, r, CONFIG SECURE, true);
	tls_expect(rig_port(r, "smtp"),
	    "printf 'QUIT\\r\\n' | timeout 20 openssl s_client -connect "
	    "127.0.0.1:$P -starttls smtp -CAfile cert.pem "
	    "-verify_return_error -quiet 2>/dev/null | grep -c '^221'",
	    0, "1\n");
	reload_with(place, r, CONFIG, false);
	cr_expect(rig_smtp(fd, "NOOP", "250"));
	close(fd);
	cr_expect_eq(rig_count(r, "no reload"), 0, "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

/* Each child is an exec of its own, of the image that the master is. */
Test(images, children_of_exec_are_secure_too)
{
	struct rig *r = tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--tls-listen", "127.0.0.1:0", "--tls-cert", "cert.pem",
	    "--tls-key", "key.pem", "--isolation", "exec", "site"));

	cr_expect_eq(runs_whole(rig_pid(r)), is_plain());
	expect_named(rig_pid(r), "berth-httpd");
	for (int i = 0; i < 3; i++)
		tls_expect(rig_port(r, "https"),
		    "berth-http --cacert cert.pem https://localhost:$P/", 0,
		    "<h1>secure</h1>\n");
	tls_goes_on(r);
}

/* systemd's sockets, and the words that come with them, are for both. */
Test(images, sockets_of_systemd_are_handed_on)
{
	unsigned port[2];
	int ends[2] = { rig_listen(&port[0]), rig_listen(&port[1]) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-httpd", "--tls-listen", "127.0.0.1:0",
		"--tls-cert", "cert.pem", "--tls-key", "key.pem", "site"),
	    .env = RIG("LISTEN_FDNAMES=http:https"),
	    .fds = ends,
	    .fd_count = 2,
	    .dir = tls_place() });

	cr_expect_eq(rig_port(r, "https"), port[1]);
	tls_expect(port[0], "berth-http $U/", 0, "<h1>secure</h1>\n");
	tls_goes_on(r);
}

/* The name service is the whole image's. */
Test(images, a_name_of_a_host)
{
	struct rig *r =
	    rig_start(RIG("berth-httpd", "-l", "localhost:0", rig_place()));

	cr_expect_eq(runs_whole(rig_pid(r)), is_plain());
	cr_assert_eq(rig_stop(r), 0);
	r = rig_run(RIG("berth-httpd", "-l", "no-such-host.invalid:0"));
	cr_expect_eq(rig_wait(r), 69);
	cr_expect(rig_hear(r, "no-such-host.invalid:0: "), "%s", rig_err(r));
}

/* As "make install" puts them: bin, and what belongs to it in lib/berth. */
Test(images, where_they_are_installed)
{
	const char *place = tls_place();
	struct rig *r;

	if (!is_plain())
		cr_skip_test("there is one image");
	setenv("BIN", rig_path(""), 1);
	cr_assert(rig_sh(0,
	    "mkdir -p usr/bin usr/lib/berth/whole && "
	    "cp \"$BIN\"/berth-httpd \"$BIN\"/berth-keeper usr/bin && "
	    "cp \"$BIN\"/berth-tls.so usr/lib/berth && "
	    "cp \"$BIN\"/whole/berth-httpd usr/lib/berth/whole",
	    0, "", ""));
	r = rig_start_how(&(struct rig_how){
	    .argv = RIG(rig_in(place, "usr/bin/berth-httpd"), "-l",
		"127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--tls-cert",
		"cert.pem", "--tls-key", "key.pem", "site"),
	    .dir = place });
	cr_expect(runs_whole(rig_pid(r)));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "sandbox:", 2));
	tls_goes_on(r);
}

Test(images, a_plain_one_alone_says_what_it_lacks)
{
	const char *place = tls_place();
	struct rig *r;

	if (!is_plain())
		cr_skip_test("there is one image");
	setenv("BIN", rig_path(""), 1);
	cr_assert(rig_sh(0, "cp \"$BIN\"/berth-httpd .", 0, "", ""));
	r = rig_run_how(&(struct rig_how){
	    .argv = RIG(rig_in(place, "berth-httpd"), "--tls-listen",
		"127.0.0.1:0", "--tls-cert", "cert.pem", "site"),
	    .dir = place });
	cr_expect_eq(rig_wait(r), 78);
	cr_expect(rig_hear(r, "TLS: there is no whole/berth-httpd"), "%s",
	    rig_err(r));
}
