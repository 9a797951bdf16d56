/*
 * proxy_fault.c - there is no answer: pages that say what to do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "grammar/http_fault.h"
#include "httpd/proxy_call.h"
#include "httpd/site.h"

#define WHY_MAX  700
#define PAGE_MAX 16384

/* What can be said of connecting. */
static int
say_away(char *why, const struct proxy_place *to, int error)
{
	switch (error) {
	case ECONNREFUSED:
		snprintf(why, WHY_MAX,
		    "nothing listens on %s: start what serves %.*s%s there",
		    to->host, SLICE_FMT(to->prefix),
		    to->prefix.n > 0 ? "" : "/");
		return 502;
	case ENOENT:
		snprintf(why, WHY_MAX,
		    "there is no host %s: is its name right in --proxy "
		    "%.*s=...?",
		    to->host, SLICE_FMT(to->prefix));
		return 502;
	case EAGAIN:
		snprintf(why, WHY_MAX,
		    "the address of %s cannot be found out at present: is "
		    "there a network?",
		    to->host);
		return 504;
	case ETIMEDOUT:
		snprintf(why, WHY_MAX,
		    "%s cannot be reached within %d s: is it up, or is a "
		    "firewall between?",
		    to->host, DIAL_MS / 1000);
		return 504;
	default:
		snprintf(why, WHY_MAX, "no connection to %s: %s", to->host,
		    strerror(error));
		return 502;
	}
}

static int
say(char *why, const struct proxy_place *to, enum proxy_fault fault, int code)
{
	switch (fault) {
	case PROXY_AWAY:
		return say_away(why, to, code);
	case PROXY_NO_DIALLER:
		snprintf(why, WHY_MAX,
		    "no connection to %s: " DIAL_PROGRAM " does not run here",
		    to->host);
		return 502;
	case PROXY_CLOSED:
		snprintf(why, WHY_MAX,
		    "%s closed the connection without an answer: its own log "
		    "may say why",
		    to->host);
		return 502;
	case PROXY_NO_HTTP:
		snprintf(why, WHY_MAX,
		    "what listens on %s does not speak HTTP/1.1 as it should: "
		    "%s",
		    to->host, http_fault(code)->why);
		return 502;
	case PROXY_SILENT:
		snprintf(why, WHY_MAX,
		    "%s has not answered within %lld s (--proxy-timeout): "
		    "its own log may say what it does",
		    to->host, (long long)site.proxy_timeout_ms / 1000);
		return 504;
	case PROXY_SWITCHES:
	case PROXY_TALKS:
		snprintf(why, WHY_MAX, "%s answered with %s", to->host,
		    fault == PROXY_TALKS ? "interim replies (1xx) without end" :
					   "101, which it was not asked for");
		return 502;
	case PROXY_CIRCLE:
		snprintf(why, WHY_MAX,
		    "a circle: --proxy %.*s=http://%s leads back here",
		    SLICE_FMT(to->prefix), to->host);
		return 508;
	}
	return 502;
}

static bool
is_for_people(const struct exchange *x)
{
	struct slice accept = web_get(x, "Accept");

	return accept.n > 0 &&
	    memmem(accept.p, accept.n, "text/html", 9) != NULL;
}

int
proxy_fail(struct exchange *x, const struct proxy_place *to,
    enum proxy_fault fault, int code)
{
	char why[WHY_MAX];
	int status = say(why, to, fault, code);
	struct buf text;

	buf_init(&text, PAGE_MAX);
	if (is_for_people(x)) {
		web_page(x, status, why);
	} else {
		buf_addf(
		    &text, "%d %s: %s\n", status, http_reason(status), why);
		web_made(x, status, "text/plain; charset=utf-8", &text);
	}
	web_because(x, why);
	web_fieldz(x, "Cache-Control", "no-store");
	buf_free(&text);
	return 0;
}
