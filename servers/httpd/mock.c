/*
 * mock.c - a slow or failing file.
 *
 * A path is that of the request, decoded, and may be a glob, whose "*" takes
 * in "/" as well.  The last option that fits counts.
 */
#include "httpd/mock.h"

#include <fnmatch.h>
#include <string.h>

#include "bytes/num.h"
#include "httpd/live.h"
#include "httpd/site.h"
#include "system/log.h"

#define PATTERN_MAX 1024

/* The path of the request, "" if it has none that can be read. */
static const char *
path_of(const struct exchange *x)
{
	static char path[HTTP_MAX_TARGET + 2];

	if (uri_path(x->r->uri.path, path, sizeof(path)) < 0)
		path[0] = '\0';
	return path;
}

/*
 * Cut "PATH=NUMBER" at its last "=".  Returns false if it is not that; path
 * becomes "*" where there is none.
 */
static bool
cut(const char *text, char path[PATTERN_MAX], uint64_t least, uint64_t most,
    uint64_t *number)
{
	struct slice s = slice_of(text), digits = s;
	const char *equals = slice_rfind(s, '=');

	strcpy(path, "*");
	if (equals != NULL) {
		if (slice_copy(slice_between(s.p, equals), path, PATTERN_MAX) <
			0 ||
		    (path[0] != '/' && path[0] != '*'))
			return false;
		digits = slice_between(equals + 1, s.p + s.n);
	}
	return num_within(digits, least, most, number) == NUM_OK;
}

void
mock_prepare(void)
{
	char path[PATTERN_MAX];
	uint64_t n;

	for (size_t i = 0; i < site.delays.n; i++)
		if (!cut(site.delays.item[i], path, 0, MOCK_DELAY_MAX, &n))
			args_refuse("--delay", site.delays.item[i], EXIT_USAGE,
			    "not MS or /PATH=MS, up to %d ms", MOCK_DELAY_MAX);
	for (size_t i = 0; i < site.statuses.n; i++)
		if (strchr(site.statuses.item[i], '=') == NULL ||
		    !cut(site.statuses.item[i], path, 400, 599, &n))
			args_refuse("--status-for", site.statuses.item[i],
			    EXIT_USAGE,
			    "not /PATH=CODE with a code from 400 to 599");
}

/* The number of the last option that fits, or 0. */
static uint64_t
find(const struct exchange *x, const struct arg_list *l, uint64_t most)
{
	const char *path = l->n > 0 ? path_of(x) : "";
	char pattern[PATTERN_MAX];
	uint64_t n;

	/* Our own pages must work, whatever else is broken. */
	if (web_is(x, LIVE_STREAM) || web_is(x, LIVE_SCRIPT))
		return 0;
	for (size_t i = l->n; i-- > 0;)
		if (cut(l->item[i], pattern, 0, most, &n) &&
		    fnmatch(pattern, path, 0) == 0)
			return n;
	return 0;
}

bool
mock_wants(const struct exchange *x)
{
	return site.statuses.n > 0 && find(x, &site.statuses, 599) > 0;
}

int
mock_answer(struct exchange *x)
{
	int status = (int)find(x, &site.statuses, 599);

	web_page(x, status, "asked for by --status-for");
	if (status == 401)
		web_fieldz(x, "WWW-Authenticate", "Basic realm=\"mock\"");
	if (status == 405)
		web_fieldz(x, "Allow", "OPTIONS");
	if (status == 429 || status == 503)
		web_fieldz(x, "Retry-After", "1");
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

int64_t
mock_delay_ms(const struct exchange *x)
{
	return site.delays.n == 0 ?
	    0 :
	    (int64_t)find(x, &site.delays, MOCK_DELAY_MAX);
}
