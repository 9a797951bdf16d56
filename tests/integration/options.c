/*
 * options.c - what every server says to a wrong command line: one
 * line that names the fault, nothing on standard output, and the exit code of
 * the contract.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

struct wrong {
	const char *word[4]; /* behind the program's name */
	int code;
	const char *names; /* must be in the line */
};

static bool
is_refused(const struct wrong *w)
{
	const char *argv[6] = { "berth-upperd", w->word[0], w->word[1],
		w->word[2], w->word[3] };
	struct rig *r = rig_run(argv);
	const char *said;

	if (rig_wait(r) != w->code)
		return rig_fail("%s: exit code %d, not %d", w->word[0],
		    rig_wait(r), w->code);
	if (rig_count(r, "\n") != 1)
		return rig_fail("%s: not one line", w->word[0]);
	said = rig_err(r);
	if (strncmp(said, "berth-upperd: ", 14) != 0)
		return rig_fail("%s: not one line of its own", w->word[0]);
	if (strstr(said, w->names) == NULL)
		return rig_fail("%s: %s is not named", w->word[0], w->names);
	return rig_out_size(r) == 0 ||
	    rig_fail("%s: words on standard output", w->word[0]);
}

Test(options, wrong_options_are_named)
{
	static const struct wrong table[] = {
		{ { "--bogus" }, 64, "--bogus" },
		{ { "--lsiten", "80" }, 64, "did you mean --listen?" },
		{ { "--m" }, 64,
		    "short for any of --max-children, --min-idle" },
		{ { "-p" }, 64, "-p" },
		{ { "3000" }, 64, "to listen on that port say -p 3000" },
		{ { ":3000" }, 64, "to listen on that port say -p 3000" },
		{ { "--bogus=1" }, 64, "--bogus" },
		{ { "-Z" }, 64, "-Z" },
		{ { "-qZ" }, 64, "-Z" },
		{ { "--listen" }, 64, "--listen" },
		{ { "-l" }, 64, "-l" },
		{ { "--exec=yes" }, 64, "--exec" },
		{ { "--isolation", "none" }, 64, "--isolation" },
		{ { "--isolation", "exec", "--reuse", "2" }, 64, "--reuse 2" },
		{ { "--isolation", "reuse", "--exec" }, 64, "--exec" },
		{ { "--reuse", "x" }, 64, "--reuse" },
		{ { "--reuse", "-1" }, 64, "--reuse" },
		{ { "--reuse", "" }, 64, "--reuse" },
		{ { "--reuse", "1 " }, 64, "--reuse" },
		{ { "--max-children", "0" }, 64, "--max-children" },
		{ { "--max-children", "99999999999999999999" }, 64,
		    "--max-children" },
		{ { "--min-idle", "9", "--max-idle", "3" }, 64, "--max-idle" },
		{ { "--per-client", "0" }, 64, "--per-client" },
		{ { "--timeout", "soon" }, 64, "--timeout" },
		{ { "--timeout", "1.2345" }, 64, "--timeout" },
		{ { "--timeout", "." }, 64, "--timeout" },
		{ { "--grace", "-1" }, 64, "--grace" },
		{ { "--log-format", "xml" }, 64, "--log-format" },
		{ { "surplus" }, 64, "surplus" },
		{ { "--", "--reuse" }, 64, "--reuse" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		cr_expect(is_refused(&table[i]), "row %zu", i);
}

/* One of the two is enough: the default of the other gives way. */
Test(options, either_number_of_idle_children_alone)
{
	static const struct {
		const char *option, *value;
		size_t min, max; /* idle children that come to be */
	} rows[] = {
		{ "--min-idle", "20", 20, 20 },
		{ "--max-idle", "2", 1, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = rig_start(RIG("berth-upperd", "-l",
		    "127.0.0.1:0", rows[i].option, rows[i].value));

		cr_expect(
		    rig_children_become(rig_pid(r), rows[i].min, rows[i].max),
		    "%s %s", rows[i].option, rows[i].value);
		cr_expect_eq(rig_stop(r), 0);
	}
}

Test(options, wrong_addresses_are_named)
{
	static const char *const table[] = { "", "65536", "-5", "0x50", "80x",
		"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
		"127.0.0.1:80:80", "[::1]", "[::1]:", "[::1:80", "[]:80",
		"[::1]80", "[127.0.0.1]:80", "::1:80", "unix:", "*", "*:" };

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct wrong w = { { "-l", table[i] }, 64, "--listen" };

		cr_expect(is_refused(&w), "address \"%s\"", table[i]);
		w.names = table[i];
		cr_expect(is_refused(&w), "address \"%s\"", table[i]);
	}
}

Test(options, a_path_too_long_for_a_socket_is_named)
{
	char address[300] = "unix:/";
	struct wrong w = { { "-l", address }, 64, "unix:/xxxx" };

	memset(address + 6, 'x', sizeof(address) - 7);
	cr_assert(is_refused(&w));
}

Test(options, wrong_files_are_a_bad_configuration)
{
	const struct wrong table[] = {
		{ { "--access-log", "/nonexistent/log" }, 78,
		    "/nonexistent/log" },
		{ { "--access-log", rig_place() }, 78, "--access-log" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		cr_expect(is_refused(&table[i]), "row %zu", i);
}

Test(options, help_and_version_go_to_standard_output)
{
	static const char *const programs[] = { "berth-upperd",
		"berth-greetd" };

	for (size_t i = 0; i < 2; i++) {
		struct rig *r = rig_run(RIG(programs[i], "--help"));

		cr_assert_eq(rig_wait(r), 0);
		cr_assert_not_null(strstr(rig_out(r), "Usage: "));
		cr_assert_not_null(strstr(rig_out(r), "Examples:"));
		cr_assert_not_null(strstr(rig_out(r), "--max-children"));
		cr_assert_eq(rig_count(r, "\n"), 0);

		r = rig_run(RIG(programs[i], "--version"));
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_eq(strncmp(rig_out(r), programs[i], 12), 0);
		cr_assert_not_null(strstr(rig_out(r), "Berth"));
		cr_assert_eq(rig_count(r, "\n"), 0);
	}
}

Test(options, help_that_cannot_be_written_is_no_success)
{
	struct rig *r;
	char line[512];

	snprintf(line, sizeof(line), "exec '%s' --help >/dev/full",
	    rig_path("berth-upperd"));
	r = rig_run(RIG("/bin/sh", "-c", line));
	cr_assert_neq(rig_wait(r), 0);
}

static bool
accepts(void *address)
{
	int fd = rig_connect(address);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

Test(options, it_lives_without_standard_descriptors)
{
	char address[200], line[700];
	struct rig *r;
	int fd;

	snprintf(address, sizeof(address), "unix:%s", rig_in(rig_place(), "s"));
	snprintf(line, sizeof(line), "exec '%s' %s -l %s <&- >&- 2>&-",
	    rig_path("berth-upperd"), rig_no_sandbox(), address);
	r = rig_spawn(&(struct rig_how){ .argv = RIG("/bin/sh", "-c", line) });
	cr_assert(rig_until("it accepts", accepts, address));
	fd = rig_connect(address);
	cr_assert(rig_send(fd, "Hello\n"));
	cr_assert(rig_expect(fd, "HELLO\n"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}
