/*
 * inherit.c - any bytes as the environment by which listeners come to us.
 *
 * The input is LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID, each ended by a
 * NUL; an empty LISTEN_PID stands for the right one.  On descriptors 3 and 4
 * are listeners, of streams and of datagrams.  Properties: all that were
 * promised are taken, each for the service of its name, or the program ends
 * with its word for a bad configuration; the environment is clean after that.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/num.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "master/listeners.h"
#include "system/io.h"
#include "system/log.h"
#include "system/image.h"

#define INPUT_MAX 1024
#define FIRST     3

static struct service services[] = { { .name = "http" }, { .name = "upper" } };
static struct offer offers[] = {
	{ .service = &services[0] },
	{ .service = &services[1], .datagrams = true },
};
static const struct server server = { .offers = offers, .offer_count = 2 };

/* A listener on this descriptor. */
static void
put(int at, int type)
{
	int fd = socket(AF_UNIX, type, 0);
	struct sockaddr here = { .sa_family = AF_UNIX };

	must(fd >= 0 && bind(fd, &here, sizeof(here.sa_family)) == 0);
	must(type == SOCK_DGRAM || listen(fd, 1) == 0);
	if (fd == at)
		return;
	must(dup2(fd, at) == at && close(fd) == 0);
}

/* Returns the exit code, or 0. */
static int
inherit(struct listeners *ls)
{
	static jmp_buf death;
	int code = setjmp(death);

	quiet_death = &death;
	if (code == 0)
		listeners_inherit(ls, &server);
	quiet_death = NULL;
	return code;
}

/* Which offer should descriptor FIRST + i be for?  2: for none. */
static size_t
offer_of(uint64_t i, struct slice name)
{
	if (i == 1 || slice_is(name, "upper"))
		return 1;
	return i == 0 && slice_is(name, "http") ? 0 : 2;
}

static void
check(const struct listeners *ls, int code, uint64_t n, struct slice names)
{
	bool fine = n <= 2;

	for (uint64_t i = 0; i < n && i < 2; i++) {
		size_t offer = offer_of(i, slice_cut(&names, ':'));

		fine = fine && offer < 2;
		must(code != 0 || ls->at[i].offer == offer);
	}
	must(code == (fine ? 0 : EXIT_CONFIG));
	must(code != 0 || ls->n == n);
	must(getenv("LISTEN_FDS") == NULL || code != 0);
	must(getenv("LISTEN_FDNAMES") == NULL || code != 0);
	must(getenv("LISTEN_PID") == NULL || code != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[INPUT_MAX + 3];
	const char *fds = text, *names, *pid;
	struct listeners ls = { .n = 0 };
	char own[NUM_MAX_TEXT];
	uint64_t n = 0, whose = 0;

	if (size > INPUT_MAX)
		return 0;
	memset(text, 0, sizeof(text));
	memcpy(text, data, size);
	names = fds + strlen(fds) + 1;
	pid = names + strlen(names) + 1;
	num_text((uint64_t)getpid(), own);
	setenv("LISTEN_FDS", fds, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	setenv("LISTEN_PID", pid[0] == '\0' ? own : pid, 1);
	num_within(slice_of(getenv("LISTEN_PID")), 0, INT32_MAX, &whose);
	if (whose == (uint64_t)getpid())
		num_within(slice_of(fds), 0, INT32_MAX, &n);
	quiet_begin();
	put(FIRST, SOCK_STREAM);
	put(FIRST + 1, SOCK_DGRAM);
	check(&ls, inherit(&ls), n, slice_of(names));
	close(FIRST);
	close(FIRST + 1);
	close_range(IMAGE_HIGH_FD, ~0U, 0);
	return 0;
}
