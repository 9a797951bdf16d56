/*
 * rules.c - faults on purpose: which rule decides, and how often it did.
 */
#include "smtpd/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/log.h"

/*
 * A count, in memory shared by all children.  A child may be killed at any
 * time, so there are no locks here: slots are claimed and counted with single
 * atomic operations.
 */
struct count {
	uint64_t key; /* 0: free */
	uint64_t n;
	int64_t window; /* which one the n belongs to, for rate= */
};

/* Rules and what was counted for them. */
struct set {
	struct rule rule[RULES_MAX];
	char *line[RULES_MAX]; /* the rules keep pieces of them */
	size_t n;
	struct count *counts;
	uint64_t generation; /* told apart in the counts */
};

static struct set given; /* by --rules */

/* The Maildir's.  Counts are shared with those who hold other generations of
 * the same file, so the generation is in the keys. */
static struct set live;
static char live_text[RULES_FILE_MAX + 1]; /* its rules point here */
static uint64_t *live_counted;             /* which generation, shared */

static void *
shared(size_t n)
{
	void *p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die(EXIT_OSERR, "rules: %s", strerror(errno));
	return p;
}

static void
forget(void)
{
	while (given.n > 0)
		free(given.line[--given.n]);
	if (given.counts != NULL)
		munmap(given.counts, sizeof(struct count) * RULES_KEYS_MAX);
}

void
rules_load(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	const char *why = "";
	size_t size = 0, number = 0;

	if (f == NULL)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	forget();
	while (getline(&line, &size, f) >= 0) {
		int status;

		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (given.n == RULES_MAX)
			die(EXIT_CONFIG, "%s:%zu: more than %d rules", path,
			    number, RULES_MAX);
		status = rules_parse(line, &given.rule[given.n], &why);
		if (status < 0)
			die(EXIT_CONFIG, "%s:%zu: %s", path, number, why);
		if (status == 0)
			continue;
		given.rule[given.n].line = number;
		given.line[given.n++] = line;
		line = NULL;
		size = 0;
	}
	free(line);
	fclose(f);
	given.counts = shared(sizeof(struct count) * RULES_KEYS_MAX);
}

void
rules_prepare(void)
{
	char *p;

	if (live.counts != NULL)
		return;
	p = shared(
	    sizeof(struct count) * RULES_KEYS_MAX + sizeof(*live_counted));
	live.counts = (struct count *)(void *)p;
	live_counted =
	    (uint64_t *)(void *)(p + sizeof(struct count) * RULES_KEYS_MAX);
}

/* Another file has other counts; whoever sees it first clears the old. */
static void
new_counts(void)
{
	uint64_t was = __atomic_exchange_n(
	    live_counted, live.generation, __ATOMIC_SEQ_CST);

	if (was == live.generation)
		return;
	for (size_t i = 0; i < RULES_KEYS_MAX; i++) {
		__atomic_store_n(&live.counts[i].key, 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(&live.counts[i].n, 0, __ATOMIC_SEQ_CST);
	}
}

/* All of the file, with a NUL behind it.  Returns false if it cannot be. */
static bool
read_live(int fd, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, live_text + done, n - done);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	live_text[n] = '\0';
	return strlen(live_text) == n;
}

static void
parse_live(void)
{
	char *next = live_text;
	size_t number = 0;

	while (next != NULL && live.n < RULES_MAX) {
		char *line = strsep(&next, "\n");
		const char *why = "";
		int status;

		number++;
		line[strcspn(line, "\r")] = '\0';
		status = rules_parse(line, &live.rule[live.n], &why);
		if (status < 0)
			log_error(RULES_FILE ":%zu: %s; this line is left out",
			    number, why);
		if (status > 0)
			live.rule[live.n++].line = number;
	}
}

static uint64_t
generation_of(const struct stat *st)
{
	uint64_t h = 0xcbf29ce484222325;
	uint64_t parts[] = { (uint64_t)st->st_ino, (uint64_t)st->st_size,
		(uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		h = (h ^ parts[i]) * 0x9e3779b97f4a7c15;
	return h == 0 ? 1 : h;
}

void
rules_look(int maildir)
{
	struct stat st;
	uint64_t generation;
	int fd;

	if (live.counts == NULL)
		return;
	fd = openat(maildir, RULES_FILE,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno != ENOENT)
		log_error(RULES_FILE ": %s; there are no rules but those of "
				     "--rules",
		    strerror(errno));
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > RULES_FILE_MAX) {
		/* What is so already is not written: that is a page. */
		if (live.n > 0 || live.generation != 0)
			live.n = live.generation = 0;
		if (fd >= 0)
			close(fd);
		return;
	}
	generation = generation_of(&st);
	if (generation != live.generation) {
		live.n = 0;
		live.generation = generation;
		if (read_live(fd, (size_t)st.st_size))
			parse_live();
		new_counts();
	}
	close(fd);
}

static bool
fits(const char *pattern, struct slice s)
{
	char text[1024];

	if (pattern == NULL)
		return true;
	if (slice_copy(s, text, sizeof(text)) < 0)
		return false;
	return fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

/* What the counting is about: the rule, and with per= whom it concerns. */
static uint64_t
key_of(const struct set *set, const struct rule *r, const struct rules_case *c)
{
	uint64_t h =
	    0xcbf29ce484222325 + set->generation + (uint64_t)(r - set->rule);
	struct slice s = { NULL, 0 };

	if (r->per == 'c')
		s = c->client;
	else if (r->per == 'f')
		s = c->from;
	else if (r->per == 't')
		s = c->to;
	else if (r->per == 'u')
		s = c->user;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	h *= 0x9e3779b97f4a7c15;
	return h == 0 ? 1 : h;
}

/* The count of this key; when the table is full, the last slot serves. */
static struct count *
slot(struct count *counts, uint64_t key)
{
	for (size_t i = 0; i < RULES_KEYS_MAX; i++) {
		struct count *c = &counts[(key + i) % RULES_KEYS_MAX];
		uint64_t found = 0;

		if (__atomic_compare_exchange_n(&c->key, &found, key, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
		    found == key)
			return c;
	}
	return &counts[RULES_KEYS_MAX - 1];
}

/* Count this case for the rule: how many it has seen, this one included. */
static uint64_t
count(const struct set *set, const struct rule *r, const struct rules_case *c)
{
	struct count *at = slot(set->counts, key_of(set, r, c));
	int64_t now, then;

	if (r->rate > 0) {
		now = clock_wall_s() / (int64_t)r->window_s;
		then = __atomic_exchange_n(&at->window, now, __ATOMIC_SEQ_CST);
		if (then != now)
			__atomic_store_n(&at->n, 0, __ATOMIC_SEQ_CST);
	}
	return __atomic_add_fetch(&at->n, 1, __ATOMIC_SEQ_CST);
}

static bool
decides(const struct set *set, const struct rule *r, const struct rules_case *c)
{
	uint64_t n;

	if (r->stage != c->stage || !fits(r->client, c->client) ||
	    !fits(r->helo, c->helo) || !fits(r->user, c->user) ||
	    !fits(r->from, c->from) || !fits(r->to, c->to) ||
	    (r->mailbox != NULL && !slice_iis(c->mailbox, r->mailbox)))
		return false;
	n = count(set, r, c);
	return (r->first == 0 || n <= r->first) &&
	    (r->after == 0 || n > r->after) && (r->nth == 0 || n == r->nth) &&
	    (r->every == 0 || n % r->every == 0) &&
	    (r->percent == 0 ||
		n * r->percent / 100 > (n - 1) * r->percent / 100) &&
	    (r->rate == 0 || n > r->rate);
}

static const struct rule *
ask(const struct set *set, const struct rules_case *c)
{
	for (size_t i = 0; i < set->n; i++)
		if (decides(set, &set->rule[i], c))
			return &set->rule[i];
	return NULL;
}

const struct rule *
rules_ask(const struct rules_case *c)
{
	const struct rule *r = ask(&live, c);

	return r != NULL ? r : ask(&given, c);
}
