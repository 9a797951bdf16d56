/*
 * rules.c - faults on purpose: which rule decides, and how often it did.
 */
#include "smtpd/rules.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

static struct rule rules[RULES_MAX];
static char *lines[RULES_MAX]; /* the rules keep pieces of them */
static size_t rule_count;
static struct count *counts;

static void
forget(void)
{
	while (rule_count > 0)
		free(lines[--rule_count]);
	if (counts != NULL)
		munmap(counts, sizeof(*counts) * RULES_KEYS_MAX);
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
		if (rule_count == RULES_MAX)
			die(EXIT_CONFIG, "%s:%zu: more than %d rules", path,
			    number, RULES_MAX);
		status = rules_parse(line, &rules[rule_count], &why);
		if (status < 0)
			die(EXIT_CONFIG, "%s:%zu: %s", path, number, why);
		if (status == 0)
			continue;
		rules[rule_count].line = number;
		lines[rule_count++] = line;
		line = NULL;
		size = 0;
	}
	free(line);
	fclose(f);
	counts = mmap(NULL, sizeof(*counts) * RULES_KEYS_MAX,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die(EXIT_OSERR, "rules: %s", strerror(errno));
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
key_of(const struct rule *r, const struct rules_case *c)
{
	uint64_t h = 0xcbf29ce484222325 + (uint64_t)(r - rules);
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
slot(uint64_t key)
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
count(const struct rule *r, const struct rules_case *c)
{
	struct count *at = slot(key_of(r, c));
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
decides(const struct rule *r, const struct rules_case *c)
{
	uint64_t n;

	if (r->stage != c->stage || !fits(r->client, c->client) ||
	    !fits(r->helo, c->helo) || !fits(r->user, c->user) ||
	    !fits(r->from, c->from) || !fits(r->to, c->to))
		return false;
	n = count(r, c);
	return (r->first == 0 || n <= r->first) &&
	    (r->after == 0 || n > r->after) && (r->nth == 0 || n == r->nth) &&
	    (r->every == 0 || n % r->every == 0) &&
	    (r->rate == 0 || n > r->rate);
}

const struct rule *
rules_ask(const struct rules_case *c)
{
	for (size_t i = 0; i < rule_count; i++)
		if (decides(&rules[i], c))
			return &rules[i];
	return NULL;
}
