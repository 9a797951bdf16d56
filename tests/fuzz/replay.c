/*
 * replay.c - a main() for a fuzz target: feed it the corpus once.
 *
 * replay FILE... runs the target on each file, and on no bytes at all.  Without
 * arguments it takes the corpus of its own name, tests/corpus/NAME.  A target that dies is named by the file it had.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char current[PATH_MAX] = "(no bytes)";
static size_t inputs;

static void
on_death(int sig)
{
	(void)!write(STDOUT_FILENO, "died of: ", 9);
	(void)!write(STDOUT_FILENO, current, strlen(current));
	(void)!write(STDOUT_FILENO, "\n0 passed, 1 failed\n", 20);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
fail(const char *path)
{
	printf("replay: %s: %s\n0 passed, 1 failed\n", path, strerror(errno));
	exit(1);
}

/* Exactly as much memory as there are bytes, so that an overrun is seen. */
static void
feed_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(size > 0 ? size : 1);

	if (f == NULL || bytes == NULL || fread(bytes, 1, size, f) != size)
		fail(path);
	fclose(f);
	snprintf(current, sizeof(current), "%s", path);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	inputs++;
}

static void
feed(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		fail(path);
	if (S_ISREG(st.st_mode))
		feed_file(path, (size_t)st.st_size);
}

static void
feed_directory(const char *path)
{
	struct dirent **entry;
	int n = scandir(path, &entry, NULL, alphasort);
	char inside[PATH_MAX + NAME_MAX + 2];

	if (n < 0)
		fail(path);
	for (int i = 0; i < n; i++) {
		snprintf(
		    inside, sizeof(inside), "%s/%s", path, entry[i]->d_name);
		feed(inside);
		free(entry[i]);
	}
	free(entry);
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	char own[PATH_MAX];

	signal(SIGABRT, on_death);
	signal(SIGSEGV, on_death);
	signal(SIGALRM, on_death);
	alarm(60);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	snprintf(own, sizeof(own), "tests/corpus/%s",
	    slash != NULL ? slash + 1 : argv[0]);
	if (argc == 1 && access(own, F_OK) == 0)
		feed_directory(own);
	for (int i = 1; i < argc; i++)
		feed(argv[i]);
	printf("%zu inputs\n1 passed, 0 failed\n", inputs);
	return 0;
}
