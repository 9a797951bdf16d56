/*
 * look.c - look at processes from outside, through /proc.
 */
#include "rig/look.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rig/wait.h"
#include "child/logger.h"
#include "child/restorer.h"
#include "child/zygote.h"

#define RANGE_MAX (64UL << 20)

static FILE *
open_proc(pid_t pid, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

/*
 * /proc/PID/stat from the state on, behind the name, which may contain
 * anything.  Returns the state and copies the line, or 0.
 */
static char
read_stat(pid_t pid, char line[1024])
{
	FILE *f = open_proc(pid, "stat");
	char *paren;
	size_t n;

	if (f == NULL)
		return 0;
	n = fread(line, 1, 1023, f);
	fclose(f);
	line[n] = '\0';
	paren = strrchr(line, ')');
	if (paren == NULL || paren[1] != ' ')
		return 0;
	memmove(line, paren + 2, strlen(paren + 2) + 1);
	return line[0];
}

char
rig_state(pid_t pid)
{
	char line[1024];

	return read_stat(pid, line);
}

bool
rig_is_gone(pid_t pid)
{
	char state = rig_state(pid);

	return state == 0 || state == 'Z' || state == 'X';
}

bool
rig_is_named(pid_t pid, const char *name)
{
	FILE *f = open_proc(pid, "comm");
	char comm[32] = "";

	if (f == NULL)
		return false;
	if (fgets(comm, sizeof(comm), f) == NULL)
		comm[0] = '\0';
	fclose(f);
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

/*
 * The process that bears children serves nobody, nor does the one that writes
 * the log.
 */
static bool
serves_nobody(pid_t pid)
{
	return rig_is_named(pid, ZYGOTE_NAME) ||
	    rig_is_named(pid, RESTORER_NAME) || rig_is_named(pid, LOGGER_NAME);
}

size_t
rig_children(pid_t parent, pid_t *list, size_t max)
{
	char name[64];
	FILE *f;
	size_t n = 0;
	int pid;

	snprintf(name, sizeof(name), "task/%d/children", (int)parent);
	f = open_proc(parent, name);
	while (f != NULL && fscanf(f, "%d", &pid) == 1) {
		if (rig_is_gone(pid) || serves_nobody(pid))
			continue;
		if (list != NULL && n < max)
			list[n] = pid;
		n++;
	}
	if (f != NULL)
		fclose(f);
	return n;
}

pid_t
rig_child_called(pid_t parent, const char *line)
{
	char name[64];
	FILE *f;
	int pid, found = 0;

	snprintf(name, sizeof(name), "task/%d/children", (int)parent);
	f = open_proc(parent, name);
	while (f != NULL && fscanf(f, "%d", &pid) == 1)
		/* A newborn still has the name; it is younger. */
		if (!rig_is_gone(pid) && rig_is_named(pid, line) &&
		    (found == 0 || pid < found))
			found = pid;
	if (f != NULL)
		fclose(f);
	return found;
}

pid_t
rig_zygote(pid_t parent)
{
	return rig_child_called(parent, ZYGOTE_NAME);
}

pid_t
rig_restorer(pid_t parent)
{
	return rig_child_called(parent, RESTORER_NAME);
}

pid_t
rig_logger(pid_t parent)
{
	return rig_child_called(parent, LOGGER_NAME);
}

struct loggers {
	pid_t master, was;
};

static bool
is_another_logger(void *arg)
{
	const struct loggers *l = arg;
	pid_t now = rig_logger(l->master);

	return now != 0 && now != l->was;
}

bool
rig_logger_changes(pid_t master, pid_t was)
{
	struct loggers l = { master, was };

	return rig_until("there is another logger", is_another_logger, &l);
}

struct family {
	pid_t parent;
	size_t min, max, now;
};

static bool
has_so_many(void *arg)
{
	struct family *f = arg;

	f->now = rig_children(f->parent, NULL, 0);
	return f->now >= f->min && f->now <= f->max;
}

bool
rig_children_become(pid_t parent, size_t min, size_t max)
{
	struct family f = { .parent = parent, .min = min, .max = max };

	if (rig_within(rig_patience_ms(), has_so_many, &f))
		return true;
	return rig_fail("%d has %zu children, not from %zu to %zu", (int)parent,
	    f.now, min, max);
}

struct crowd {
	const pid_t *list;
	size_t n;
};

static bool
are_gone(void *arg)
{
	struct crowd *c = arg;

	while (c->n > 0 && rig_is_gone(c->list[c->n - 1]))
		c->n--;
	return c->n == 0;
}

bool
rig_all_gone(const pid_t *list, size_t n, int64_t ms)
{
	struct crowd c = { list, n };

	if (rig_within(ms, are_gone, &c))
		return true;
	return rig_fail("process %d is still there (%c)", (int)list[c.n - 1],
	    rig_state(list[c.n - 1]));
}

/*
 * The sum of the lines of smaps_rollup that begin so.
 */
static long
memory(pid_t pid, const char *begin)
{
	FILE *f = open_proc(pid, "smaps_rollup");
	char line[256];
	long sum = -1;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, begin, strlen(begin)) == 0)
			sum = (sum < 0 ? 0 : sum) +
			    strtol(strchr(line, ':') + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return sum;
}

long
rig_pss_kib(pid_t pid)
{
	return memory(pid, "Pss:");
}

long
rig_private_kib(pid_t pid)
{
	return memory(pid, "Private_");
}

long
rig_anonymous_kib(pid_t pid)
{
	return memory(pid, "Anonymous:");
}

long
rig_rss_kib(pid_t pid)
{
	return memory(pid, "Rss:");
}

long
rig_cpu_ms(pid_t pid)
{
	char line[1024];
	unsigned long user, sys;

	/* State, then ten fields, then utime and stime: proc(5). */
	if (read_stat(pid, line) == 0 ||
	    sscanf(line, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		&user, &sys) != 2)
		return -1;
	return (
	    long)((user + sys) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

int
rig_descriptors(pid_t pid)
{
	char path[64];
	DIR *d;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return -1;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int
count_in(const char *p, size_t n, const void *bytes, size_t size)
{
	const char *end = p + n;
	int found = 0;

	while ((p = memmem(p, (size_t)(end - p), bytes, size)) != NULL) {
		found++;
		p++;
	}
	return found;
}

int
rig_in_memory(pid_t pid, const void *bytes, size_t n)
{
	FILE *maps = open_proc(pid, "maps");
	int found = 0, ranges = 0;
	char line[512];

	if (maps == NULL)
		return -1;
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long begin, end;
		struct iovec to, from;
		char rights[8];
		ssize_t got;

		if (sscanf(line, "%lx-%lx %7s", &begin, &end, rights) != 3 ||
		    rights[0] != 'r' || end - begin > RANGE_MAX)
			continue;
		to.iov_len = from.iov_len = end - begin;
		to.iov_base = malloc(to.iov_len);
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): theirs */
		from.iov_base = (void *)begin;
		got = to.iov_base == NULL ?
		    -1 :
		    process_vm_readv(pid, &to, 1, &from, 1, 0);
		if (got > 0) {
			found += count_in(to.iov_base, (size_t)got, bytes, n);
			ranges++;
		}
		free(to.iov_base);
	}
	fclose(maps);
	return ranges > 0 ? found : -1;
}
