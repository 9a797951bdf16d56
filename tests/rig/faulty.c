/*
 * faulty.c - the server with planted faults.
 */
#include "rig/faulty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty_inside.h"
#include "rig/persist.h"
#include "rig/wait.h"
#include "conn/conn.h"
#include "grammar/log_line.h"
#include "program/program.h"

#define ASKED       "BERTH_FAULTY"
#define PATIENCE_MS 30000

static bool stays;

bool
faulty_is_asked(void)
{
	return getenv(ASKED) != NULL;
}

static void
prepare(struct service *s)
{
	(void)s;
	faulty_find_memory();
}

size_t
faulty_unhex(const char *text, char *bytes, size_t most)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; n < most && text[2 * n] > ' '; n++)
		bytes[n] = (char)((strchr(digits, text[2 * n]) - digits) << 4 |
		    (strchr(digits, text[2 * n + 1]) - digits));
	return n;
}

/* Nothing that was agreed on ends this process. */
static const char *
stay(const char *answer)
{
	faulty_hold_on();
	stays = true;
	return answer;
}

/* A line that is one word; NULL: it is none of these. */
static const char *
answer_word(const char *line)
{
	static char number[16];

	if (strcmp(line, "registers\n") == 0)
		return persist_registers();
	if (strcmp(line, "name\n") == 0)
		return faulty_name_client();
	if (strcmp(line, "descriptors\n") == 0)
		return faulty_descriptors();
	if (strcmp(line, "flood\n") == 0)
		return faulty_flood();
	if (strcmp(line, "spoil\n") == 0)
		return faulty_spoil();
	if (strcmp(line, "stay\n") == 0)
		return stay("staying\n");
	if (strcmp(line, "pid\n") == 0) {
		snprintf(number, sizeof(number), "%d\n", (int)getpid());
		return number;
	}
	return NULL;
}

/* A word with something behind it; NULL: it is none of these. */
static const char *
answer_words(char *line)
{
	char bytes[FAULTY_MOST];

	if (strncmp(line, "exit ", 5) == 0)
		_exit((int)strtol(line + 5, NULL, 10));
	if (strncmp(line, "keep ", 5) == 0)
		return faulty_keep(
		    bytes, faulty_unhex(line + 5, bytes, sizeof(bytes)));
	if (strncmp(line, "scan ", 5) == 0)
		return faulty_scan(
		    bytes, faulty_unhex(line + 5, bytes, sizeof(bytes)));
	if (strncmp(line, "echo ", 5) == 0)
		return line + 5;
	if (strncmp(line, "persist ", 8) == 0)
		return persist_try(line + 8);
	if (strncmp(line, "words ", 6) == 0)
		return faulty_write_words(line + 6, "");
	if (strncmp(line, "log ", 4) == 0)
		return faulty_write_words(
		    line + 4, (char[]){ LOG_ACCESS, '\0' });
	if (strncmp(line, "forge ", 6) == 0)
		return faulty_forge(line + 6);
	if (strncmp(line, "say ", 4) == 0) {
		faulty_say(line + 4);
		return stay("said\n");
	}
	return NULL;
}

static const char *
answer(char *line)
{
	const char *what;

	faulty_end(line);
	what = answer_word(line);
	if (what == NULL)
		what = answer_words(line);
	return what != NULL ? what : "what?\n";
}

static int
serve(struct conn *c, const struct service *s)
{
	(void)s;
	for (;;) {
		ssize_t n;

		conn_deadline(c, PATIENCE_MS);
		n = conn_fill(c);
		if (n <= 0)
			return CONDUCT_FINE;
		if (c->in.p[c->in.n - 1] != '\n')
			continue;
		if (conn_sayz(c, answer((char *)buf_str(&c->in))) < 0)
			return CONDUCT_GONE;
		if (stays)
			faulty_wait_for_ever();
		buf_clear(&c->in);
	}
}

int
faulty_main(int argc, char **argv)
{
	struct service service = { .name = FAULTY,
		.prepare = prepare,
		.serve = serve,
		.yields = getenv(FAULTY_YIELDS) != NULL };
	struct offer offer = { .service = &service,
		.option = "--listen",
		.otherwise = "0",
		.datagrams = getenv(FAULTY_DATAGRAMS) != NULL };
	const char *longest = getenv(FAULTY_LONGEST_MS),
		   *rests = getenv(FAULTY_RESTS);
	const char *const line[] = { FAULTY_SHELL, "-c", getenv(FAULTY_HELPER),
		NULL };
	const struct helper_offer helper = {
		.name = "helper", .argv = line, .restart = HELPER_ON_FAILURE
	};
	struct server server = { .program = "faulty",
		.offers = &offer,
		.offer_count = 1,
		.helpers = &helper,
		.helper_count = line[2] != NULL,
		.one_listen_option = true };

	if (longest != NULL)
		service.longest_ms = strtol(longest, NULL, 10);
	if (rests != NULL)
		service.rests_ms = strtol(rests, NULL, 10);
	return server_main(&server, argc, argv);
}

struct rig *
faulty_start(const char *const *options)
{
	return faulty_start_on(0, options);
}

struct rig *
faulty_start_on(int err, const char *const *options)
{
	const char *argv[16] = { "/proc/self/exe", "-l", "127.0.0.1:0" };
	const char *const env[] = { ASKED "=1", "BXFI_MAP", NULL };
	size_t n = 3;

	if (*rig_no_sandbox() != '\0')
		argv[n++] = rig_no_sandbox();
	for (size_t i = 0; options != NULL && options[i] != NULL; i++) {
		if (n == 15)
			rig_die("faulty: too many options");
		argv[n++] = options[i];
	}
	return rig_start_how(
	    &(struct rig_how){ .argv = argv, .env = env, .err = err });
}
