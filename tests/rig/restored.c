/*
 * restored.c - clients of children that are put back.
 */
#include "rig/restored.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "child/restorer.h"
#include "rig/faulty.h"
#include "rig/rig.h"
#include "rig/state.h"

bool
restored_is_possible(void)
{
#ifdef BERTH_COVER /* whose counters are memory that is shared */
	return false;
#else
	const char *why;

	return *rig_no_sandbox() == '\0' && restorer_possible(&why);
#endif
}

static void
read_all(int fd, char *answer, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size - 1 && (got = read(fd, answer + n, size - 1 - n)) > 0)
		n += (size_t)got;
	answer[n] = '\0';
}

const char *
restored_ask(struct rig *r, const char *line)
{
	static char answer[64];
	int fd = rig_open(r, FAULTY);

	cr_assert(rig_send(fd, line));
	rig_half_close(fd);
	read_all(fd, answer, sizeof(answer));
	close(fd);
	return answer;
}

static pid_t
to_pid(const char *answer)
{
	pid_t pid = (pid_t)strtol(answer, NULL, 10);

	cr_assert_gt(pid, 0, "a client was lost");
	return pid;
}

pid_t
restored_who(struct rig *r)
{
	return to_pid(restored_ask(r, "pid\n"));
}

pid_t
restored_idle(struct rig *r)
{
	pid_t pid;

	do {
		pid = restored_who(r);
	} while (!state_is_idle(pid));
	return pid;
}

pid_t
restored_say(struct rig *r, const char *line, char *answer, size_t size)
{
	char number[16] = "";
	int fd = rig_open(r, FAULTY);
	pid_t pid;

	cr_assert(rig_send(fd, "pid\n"));
	cr_assert_gt(rig_receive(fd, number, sizeof(number) - 1), 0);
	pid = to_pid(number);
	cr_assert(rig_send(fd, line));
	rig_half_close(fd);
	read_all(fd, answer, size);
	close(fd);
	return pid;
}
