/*
 * rule.c - a line of the file of rules.
 */
#include "mail/rule.h"

#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "bytes/slice.h"

/* clang-format off */
static const char *const stages[RULES_STAGES] = {
	[RULES_CONNECT] = "connect",
	[RULES_EHLO] = "ehlo",
	[RULES_AUTH] = "auth",
	[RULES_MAIL] = "mail",
	[RULES_RCPT] = "rcpt",
	[RULES_DATA] = "data",
	[RULES_DOT] = "dot",
};
/* clang-format on */

/* Cut the next word off *rest, ended by a NUL; NULL when there is none. */
static char *
word(char **rest)
{
	char *begin = *rest + strspn(*rest, " \t");
	size_t n = strcspn(begin, " \t");

	if (n == 0)
		return NULL;
	*rest = begin[n] == '\0' ? begin + n : begin + n + 1;
	begin[n] = '\0';
	return begin;
}

static bool
number(const char *text, uint64_t max, uint64_t *value)
{
	return num_within(slice_of(text), 1, max, value) == NUM_OK;
}

static bool
rate(char *text, struct rule *r)
{
	char *slash = strchr(text, '/');

	if (slash == NULL)
		return false;
	*slash = '\0';
	return number(text, UINT32_MAX, &r->rate) &&
	    number(slash + 1, UINT32_MAX, &r->window_s);
}

static bool
per(const char *text, struct rule *r)
{
	r->per = text[0];
	return strcmp(text, "client") == 0 || strcmp(text, "from") == 0 ||
	    strcmp(text, "to") == 0 || strcmp(text, "user") == 0;
}

/* A fault in words: what was found, and what was expected. */
static const char *
expected(const char *found, const char *what)
{
	static char words[300];

	snprintf(words, sizeof(words), "\"%.100s\": expected %s", found, what);
	return words;
}

/*
 * Those with a pattern, and those that count.  Returns 1, 0 when the name is
 * none of these, or -1 with *why.
 */
static int
listed(const char *name, const char *value, struct rule *r, const char **why)
{
	struct {
		const char *name;
		const char **pattern;
		uint64_t *count;
	} const known[] = {
		{ "client", &r->client, NULL },
		{ "helo", &r->helo, NULL },
		{ "user", &r->user, NULL },
		{ "from", &r->from, NULL },
		{ "to", &r->to, NULL },
		{ "mailbox", &r->mailbox, NULL },
		{ "label", &r->label, NULL },
		{ "first", NULL, &r->first },
		{ "after", NULL, &r->after },
		{ "nth", NULL, &r->nth },
		{ "every", NULL, &r->every },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		*why = expected(value, "a number of 1 or more");
		if (known[i].count != NULL)
			return number(value, UINT32_MAX, known[i].count) ? 1 :
									   -1;
		*known[i].pattern = value;
		return 1;
	}
	return 0;
}

/* "name=value".  Returns 1, 0 when it is no condition, or -1 with *why. */
static int
condition(char *text, struct rule *r, const char **why)
{
	char *value = strchr(text, '=');
	int status;

	if (value == NULL)
		return 0;
	*value++ = '\0';
	*why = expected(value, "COUNT/SECONDS behind rate=");
	if (strcmp(text, "rate") == 0)
		return rate(value, r) ? 1 : -1;
	*why = expected(value, "client, from, to or user behind per=");
	if (strcmp(text, "per") == 0)
		return per(value, r) ? 1 : -1;
	*why = expected(value, "a number from 1 to 100 behind percent=");
	if (strcmp(text, "percent") == 0)
		return number(value, 100, &r->percent) ? 1 : -1;
	status = listed(text, value, r, why);
	if (status != 0)
		return status;
	*why = expected(text,
	    "client=, helo=, user=, from=, to=, mailbox=, label=, first=, "
	    "after=, nth=, every=, percent=, rate= or per=");
	return -1;
}

/* "2" or "2.5" seconds. */
static bool
delay(const char *text, struct rule *r)
{
	struct slice rest, whole;
	uint64_t s, ms = 0;

	if (text == NULL)
		return false;
	rest = slice_of(text);
	whole = slice_cut(&rest, '.');
	if (num_within(whole, 0, RULES_DELAY_MAX, &s) != NUM_OK)
		return false;
	for (size_t i = 0; i < 3; i++) {
		uint64_t digit = 0;

		if (i < rest.n &&
		    num_decimal((struct slice){ rest.p + i, 1 }, &digit) < 0)
			return false;
		ms = ms * 10 + digit;
	}
	r->delay_ms = (int64_t)(s * 1000 + ms);
	return true;
}

/* "450 4.7.1 Come back later": a code of an answer, and words. */
static bool
reply(char *text, struct rule *r)
{
	text += strspn(text, " \t");
	r->reply = text;
	return strlen(text) >= 4 && text[0] >= '2' && text[0] <= '5' &&
	    ascii_is(text[1], ASCII_DIGIT) && ascii_is(text[2], ASCII_DIGIT) &&
	    text[3] == ' ' && strlen(text) <= 400;
}

static bool
drop(char *rest, struct rule *r)
{
	char *count = word(&rest);

	r->drop = true;
	if (count == NULL)
		return true;
	return r->stage == RULES_DATA &&
	    number(count, UINT64_MAX, &r->drop_after) && word(&rest) == NULL;
}

/* From the word that names the action to the end of the line. */
static const char *
action(char *verb, char *rest, struct rule *r)
{
	if (strcmp(verb, "delay") == 0) {
		verb = word(&rest);
		if (!delay(verb, r))
			return expected(verb == NULL ? "" : verb,
			    "seconds behind delay, as in 2.5, and 3600 at "
			    "most");
		verb = word(&rest);
		if (verb == NULL)
			return NULL;
	}
	if (strcmp(verb, "reply") == 0)
		return reply(rest, r) ?
		    NULL :
		    expected(rest, "a code and a text behind reply");
	if (strcmp(verb, "drop") == 0)
		return drop(rest, r) ?
		    NULL :
		    expected(rest,
			"nothing behind drop, or with data a number of bytes");
	return expected(verb, "a condition, reply, delay or drop");
}

int
rules_parse(char *line, struct rule *r, const char **why)
{
	char *rest = line, *next = word(&rest);
	int status;

	*r = (struct rule){ .stage = RULES_STAGES };
	if (next == NULL || next[0] == '#')
		return 0;
	for (int i = 0; i < RULES_STAGES; i++)
		if (strcmp(next, stages[i]) == 0)
			r->stage = (enum rules_stage)i;
	*why = expected(next, "connect, ehlo, auth, mail, rcpt, data or dot");
	if (r->stage == RULES_STAGES)
		return -1;
	while ((next = word(&rest)) != NULL) {
		status = condition(next, r, why);
		if (status < 0)
			return -1;
		if (status > 0)
			continue;
		*why = action(next, rest, r);
		if (*why == NULL && r->mailbox != NULL && r->stage < RULES_RCPT)
			*why = "no recipient is known at this stage, so "
			       "mailbox= cannot be";
		return *why == NULL ? 1 : -1;
	}
	*why = "the line ends: expected reply, delay or drop";
	return -1;
}

const char *
rules_stage_name(enum rules_stage stage)
{
	return stages[stage];
}
