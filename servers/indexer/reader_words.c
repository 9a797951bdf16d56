/*
 * reader_words.c - what a reader says on its standard error.
 */
#include "indexer/reader_words.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "system/log.h"

int
reader_words_open(int ends[2])
{
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

void
reader_words_tell(int end, pid_t reader)
{
	char words[READER_WORDS_MAX];
	ssize_t n = read(end, words, sizeof(words));
	struct slice rest = { words, n < 0 ? 0 : (size_t)n };

	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n > 0)
			log_info("reader %d says: %.*s", (int)reader,
			    SLICE_FMT(line));
	}
	/* The rest of it is nobody's loss: it must not fill the pipe. */
	while (n == sizeof(words))
		n = read(end, words, sizeof(words));
}
