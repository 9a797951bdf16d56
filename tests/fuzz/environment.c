/*
 * environment.c - any strings as the environment that a server is started in:
 * what is kept of it, and what systemd says there.
 *
 * The input is the variables, each ended by a NUL.  Properties: what is kept
 * is some of it, whole and in its order; of what is not kept no byte is left in
 * memory; what no list of ours names (a name in lower case, none at all) is not
 * kept; to clean twice is to clean once; and a watchdog's time is none in the
 * past.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "fuzzrig/must.h"
#include "program/environment.h"
#include "system/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define INPUT_MAX 4096
#define MOST      64 /* variables */

/* Takes the text apart.  Returns how many variables there are. */
static size_t
split(char *text, size_t size, char *variable[MOST + 1])
{
	size_t n = 0;

	for (size_t at = 0; at < size && n < MOST; at += strlen(text + at) + 1)
		variable[n++] = text + at;
	variable[n] = NULL;
	return n;
}

/* Cleaned: variable[], of which was[] is a copy in text that nobody changed. */
static void
check(char *const *variable, char *const *was, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		/* It lies where it lay, or is nothing. */
		if (variable[i][0] == '\0' || environ[kept] != variable[i]) {
			for (size_t k = 0; k < strlen(was[i]); k++)
				must(variable[i][k] == '\0');
			continue;
		}
		must(strcmp(variable[i], was[i]) == 0);
		must(ascii_is(was[i][0], ASCII_ALPHA) &&
		    (was[i][0] & 0x20) == 0);
		kept++;
	}
	must(environ[kept] == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[INPUT_MAX + 1], copy[INPUT_MAX + 1];
	char *variable[MOST + 1], *list[MOST + 1], *was[MOST + 1];
	char **before = environ;
	size_t n;

	if (size > INPUT_MAX)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	memcpy(copy, text, size + 1);
	n = split(text, size, variable);
	split(text, size, list);
	split(copy, size, was);
	environ = list;
	environment_clean();
	check(variable, was, n);
	environment_clean();
	check(variable, was, n);
	notify_init();
	must(notify_watchdog_ms() >= 0);
	environ = before;
	return 0;
}
