/*
 * state.c - the state of a process, from /proc.
 */
#include "rig/state.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rig/look.h"
#include "rig/wait.h"
#include "system/clock.h"

#define DESCRIPTORS 160

/* Of status: what is no count of what has happened. */
static const char *const lines[] = { "Name:", "Umask:", "Tgid:", "PPid:",
	"TracerPid:", "Uid:", "Gid:", "FDSize:", "Groups:", "VmSize:", "VmLck:",
	"VmPin:", "VmStk:", "Threads:", "SigPnd:", "ShdPnd:", "SigBlk:",
	"SigIgn:", "SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:",
	"CapAmb:", "NoNewPrivs:", "Seccomp",
	"Cpus_allowed:", "Mems_allowed:", "CoreDumping:", "THP_enabled:" };

static const char *const wholes[] = { "limits", "comm", "timers",
	"timerslack_ns", "oom_score_adj", "personality", "maps" };

static const char *const links[] = { "cwd", "root", "exe" };

static FILE *
open_proc(pid_t pid, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

static void
add_file(
    FILE *to, pid_t pid, const char *name, bool (*wanted)(const char *line))
{
	FILE *f = open_proc(pid, name);
	char line[512];

	fprintf(to, "%s\n", name);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (wanted == NULL || wanted(line))
			fprintf(to, "  %s", line);
	if (f != NULL)
		fclose(f);
}

static bool
of_status(const char *line)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (strncmp(line, lines[i], strlen(lines[i])) == 0)
			return true;
	return false;
}

/* Flags of mappings, which are not in maps. */
static bool
of_smaps(const char *line)
{
	return strncmp(line, "VmFlags:", 8) == 0;
}

/* Fields 18 to 21 are priority, nice, threads and the interval timer; 40 and
 * 41 the class of scheduling. */
static void
add_stat(FILE *to, pid_t pid)
{
	FILE *f = open_proc(pid, "stat");
	char line[1024] = "", *at, *next;
	int field = 3;

	if (f != NULL) {
		(void)!fgets(line, sizeof(line), f);
		fclose(f);
	}
	at = strrchr(line, ')');
	for (at = at != NULL ? at + 2 : NULL; at != NULL; at = next, field++) {
		next = strchr(at, ' ');
		if (next != NULL)
			*next++ = '\0';
		if ((field >= 18 && field <= 21) || field == 40 || field == 41)
			fprintf(to, "stat %d: %s\n", field, at);
	}
}

static void
add_link(FILE *to, pid_t pid, const char *name)
{
	char path[96], target[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n > 0)
		fprintf(to, "%s -> %.*s\n", name, (int)n, target);
}

static void
add_descriptors(FILE *to, pid_t pid)
{
	char name[32];

	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		snprintf(name, sizeof(name), "fd/%d", fd);
		add_link(to, pid, name);
		snprintf(name, sizeof(name), "fdinfo/%d", fd);
		add_file(to, pid, name, NULL);
	}
}

char *
state_of(pid_t pid)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (to == NULL)
		abort();
	add_file(to, pid, "status", of_status);
	add_stat(to, pid);
	for (size_t i = 0; i < sizeof(wholes) / sizeof(*wholes); i++)
		add_file(to, pid, wholes[i], NULL);
	add_file(to, pid, "smaps", of_smaps);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		add_link(to, pid, links[i]);
	add_descriptors(to, pid);
	fclose(to);
	if (!rig_is_gone(pid))
		return text;
	free(text);
	return NULL;
}

static void
tell_difference(const char *a, const char *b)
{
	size_t at = 0, line = 0;

	for (; a[at] != '\0' && a[at] == b[at]; at++)
		if (a[at] == '\n')
			line = at + 1;
	fprintf(stderr, "was: %.200s\nis: %.200s\n", a + line, b + line);
}

int
state_becomes(pid_t pid, const char *state)
{
	int64_t until = rig_deadline();
	int done = 0;

	while (done == 0) {
		char *now = state_of(pid);

		if (now == NULL)
			return -1;
		if (strcmp(now, state) == 0)
			done = 1;
		else if (clock_ms() > until) {
			tell_difference(state, now);
			free(now);
			return 0;
		}
		free(now);
		if (done == 0)
			rig_pause_ms(2);
	}
	return done;
}

bool
state_is_idle(pid_t pid)
{
	int64_t until = rig_deadline();
	char number[32];

	snprintf(number, sizeof(number), "%d ", SYS_recvmsg);
	while (clock_ms() < until && !rig_is_gone(pid)) {
		char line[256] = "";
		FILE *f = open_proc(pid, "syscall");

		if (f == NULL)
			return true; /* we may not look */
		(void)!fgets(line, sizeof(line), f);
		fclose(f);
		if (strncmp(line, number, strlen(number)) == 0)
			return true;
		rig_pause_ms(2);
	}
	return false;
}
