/*
 * aside.h - call something that exits or aborts, and see what it came to.
 *
 * The call is made in a child with its output caught.  The child never returns
 * to Criterion: exit() is turned into _exit() before Criterion's own handlers.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct aside {
	int status;       /* the exit code, or 128 + signal */
	char said[8192];  /* standard error */
	char wrote[8192]; /* standard output */
};

static inline void
aside_leave(int status, void *unused)
{
	(void)unused;
	_exit(status);
}

static inline void
aside_take(FILE *f, char *text, size_t size)
{
	size_t n;

	rewind(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
}

/*
 * Run what(with); if it returns, that is exit code 0.
 */
static inline struct aside
aside(void (*what)(void *), void *with)
{
	struct aside a = { 0 };
	FILE *out = tmpfile(), *err = tmpfile();
	pid_t child;
	int status = 0;

	cr_assert(out != NULL && err != NULL);
	fflush(NULL);
	child = fork();
	cr_assert(child >= 0);
	if (child == 0) {
		on_exit(aside_leave, NULL);
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		what(with);
		fflush(stdout);
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	a.status =
	    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	aside_take(out, a.wrote, sizeof(a.wrote));
	aside_take(err, a.said, sizeof(a.said));
	return a;
}

#endif
