/*
 * config.c - options from a file: berth.conf here, or the one that --config
 * names; what holds, and whose word it was; a reload that reads it again; and
 * what a shell completes.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

static struct rig *
run_in(const char *dir, const char *const argv[])
{
	return rig_run_how(&(struct rig_how){ .argv = argv, .dir = dir });
}

static struct rig *
start_in(const char *dir, const char *const argv[])
{
	return rig_start_how(&(struct rig_how){ .argv = argv, .dir = dir });
}

static bool
says(struct rig *r, int code, const char *text)
{
	if (rig_wait(r) != code)
		return rig_fail("exit code %d, not %d", rig_wait(r), code);
	if (strstr(code == 0 ? rig_out(r) : rig_err(r), text) == NULL)
		return rig_fail("not said: %s", text);
	return code == 0 || rig_count(r, "\n") == 1 || rig_fail("not one line");
}

Test(config, berth_conf_lies_in_the_folder)
{
	const char *dir = rig_place();
	struct rig *r;
	int fd;

	rig_file(dir, "berth.conf", "listen 127.0.0.1:0\ntext Good day\n");
	r = start_in(dir, RIG("berth-greetd"));
	fd = rig_open(r, "greet");
	cr_expect(rig_expect(fd, "Good day"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
	/* What is said on the command line counts. */
	r = start_in(dir, RIG("berth-greetd", "--text", "Hello"));
	fd = rig_open(r, "greet");
	cr_expect(rig_expect(fd, "Hello"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

/* What an option makes of its value is found later, and is known all the same. */
Test(config, a_bad_value_is_told_with_file_and_line)
{
	static const struct {
		const char *program, *file, *says;
	} all[] = {
		{ "berth-greetd", "\nport 99999\n",
		    "berth.conf:2: port 99999: the port must be" },
		{ "berth-greetd", "listen 127.0.0.1:0\nlisten x\n",
		    "berth.conf:2: listen x: the port must be" },
		{ "berth-httpd", "proxy /api\n", "berth.conf:1: proxy /api: " },
		{ "berth", "# all\nhttp x\n", "berth.conf:2: http x: " },
		{ "berth-greetd", "proxy-from x\n",
		    "berth.conf:1: proxy-from x: " },
	};
	const char *dir = rig_place();

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		rig_file(dir, "berth.conf", all[i].file);
		cr_expect(
		    says(run_in(dir, RIG(all[i].program)), 78, all[i].says),
		    "%zu", i);
	}
}

/* Each child of --exec reads it again, under the same conditions. */
Test(config, it_holds_for_children_that_are_execd)
{
	const char *dir = rig_place();
	struct rig *r;
	int fd;

	rig_file(
	    dir, "berth.conf", "exec\nlisten 127.0.0.1:0\ntext Good day\n");
	r = start_in(dir, RIG("berth-greetd"));
	fd = rig_open(r, "greet");
	cr_expect(rig_expect(fd, "Good day"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

Test(config, a_file_can_be_named)
{
	const char *dir = rig_place(), *other = rig_place();

	rig_file(dir, "berth.conf", "nonsense\n");
	rig_file(other, "mine", "max-children 77\n");
	cr_expect(says(run_in(dir,
			   RIG("berth-upperd", "--config",
			       rig_in(other, "mine"), "--print-config")),
	    0, "\nmax-children 77 "));
	cr_expect(says(
	    run_in(dir,
		RIG("berth-upperd", "--config", "/dev/null", "--print-config")),
	    0, "\nmax-children 512 "));
	cr_expect(says(run_in(dir, RIG("berth-upperd", "--config", "none")), 78,
	    "none: No such file"));
	cr_expect(
	    says(run_in(dir, RIG("berth-upperd", "--config", "/")), 78, "/: "));
	cr_expect(says(run_in(dir, RIG("berth-upperd")), 78,
	    "berth.conf:1: nonsense: unknown option"));
}

Test(config, what_holds_and_where_it_came_from)
{
	const char *dir = rig_place();
	struct rig *r;

	rig_file(dir, "berth.conf", "# mine\nlive\nport 3000\nsmtp off\n");
	r = run_in(dir, RIG("berth", "--print-config", "--grace", "7"));
	cr_expect(says(r, 0,
	    "http 3000                               "
	    "# berth.conf:3\n"));
	cr_expect(says(r, 0,
	    "smtp off                                "
	    "# berth.conf:4\n"));
	cr_expect(says(r, 0,
	    "grace 7                                 "
	    "# command line\n"));
	cr_expect(says(r, 0,
	    "max-children 512                        "
	    "# default\n"));
	cr_expect(says(r, 0, "\n#spa FILE\n"));
	/* It is a file of options itself. */
	rig_file(dir, "again", rig_out(r));
	r = run_in(dir, RIG("berth", "--print-config", "--config", "again"));
	cr_expect(says(r, 0, "http 3000 "));
	cr_expect(says(r, 0, "grace 7 "));
	/* What is wrong is said instead. */
	cr_expect(
	    says(run_in(dir, RIG("berth", "--print-config", "--echo", "x")), 64,
		"--echo x: not a path"));
}

Test(config, a_file_of_somebody_else_is_not_obeyed)
{
	const char *dir = rig_place();

	rig_file(dir, "berth.conf", "max-children 77\n");
	cr_assert_eq(chmod(rig_in(dir, "berth.conf"), 0666), 0);
	cr_expect(says(run_in(dir, RIG("berth-upperd")), 78,
	    "berth.conf can be written by everybody"));
	if (geteuid() != 0)
		return;
	cr_assert_eq(chmod(rig_in(dir, "berth.conf"), 0644), 0);
	cr_assert_eq(chown(rig_in(dir, "berth.conf"), 54321, 54321), 0);
	cr_expect(says(run_in(dir, RIG("berth-upperd")), 78,
	    "berth.conf belongs to another user"));
}

Test(config, a_reload_reads_it_again)
{
	const char *dir = rig_place();
	struct rig *r;
	int fd;

	rig_file(dir, "berth.conf", "listen 127.0.0.1:0\ntext One\n");
	r = start_in(dir, RIG("berth-greetd"));
	rig_file(dir, "berth.conf", "listen 127.0.0.1:0\ntext Two\n");
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	fd = rig_open(r, "greet");
	cr_expect(rig_expect(fd, "Two"));
	close(fd);
	rig_file(dir, "berth.conf", "texxt Three\n");
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(
	    r, "berth.conf:1: texxt: unknown option; did you mean text?"));
	cr_assert(rig_hear(r, "the old one goes on"));
	fd = rig_open(r, "greet");
	cr_expect(rig_expect(fd, "Two"));
	close(fd);
	cr_expect_eq(rig_stop(r), 0);
}

/* Of a line, after the words before it. */
static bool
completes(
    const char *program, const char *before, const char *word, const char *want)
{
	char line[1000];
	struct rig *r;

	snprintf(line, sizeof(line),
	    "eval \"$('%s' --completions bash)\"; compopt() { :; }; "
	    "COMP_WORDS=(%s %s '%s'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
	    "$(complete -p %s | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
	    "echo \"${COMPREPLY[@]}\"",
	    rig_path(program), program, before, word, program);
	r = rig_run_how(&(struct rig_how){
	    .argv = RIG("/bin/bash", "-c", line), .dir = rig_place() });
	if (rig_wait(r) != 0 || rig_out_size(r) != strlen(want) + 1 ||
	    strncmp(rig_out(r), want, strlen(want)) != 0)
		return rig_fail("%s %s %s: %s, not %s", program, before, word,
		    rig_out(r), want);
	return true;
}

Test(config, bash_completes)
{
	cr_expect(completes("berth", "", "--smtp-a", "--smtp-auth"));
	cr_expect(completes("berth", "", "--lis", "--listen"));
	cr_expect(
	    completes("berth-upperd", "--log-format", "c", "common combined"));
	cr_expect(completes("berth-upperd", "--log-format =", "j", "json"));
	cr_expect(completes("berth-smtpd", "--auth", "o", "off"));
	cr_expect(completes("berth-http", "", "--loc", "--location"));
}
