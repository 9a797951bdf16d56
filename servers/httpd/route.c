/*
 * route.c - who answers which request?
 *
 * A table, asked from top to bottom: the first row that wants the request
 * answers it.  Whatever is to be served beside files gets a row here.
 */
#include "httpd/route.h"

#include "conn/proxied.h"
#include "httpd/echo.h"
#include "httpd/files.h"
#include "httpd/live.h"
#include "httpd/mock.h"
#include "httpd/proxy.h"
#include "httpd/site.h"
#include "httpd/status.h"
#include "httpd/target.h"
#include "httpd/upload.h"
#include "system/clock.h"
#include "web/web_user.h"

struct route {
	bool (*wants)(const struct exchange *);
	int (*answer)(struct exchange *);
	bool own_only; /* not for pages of other origins, unless --cors */
};

/* What may be done with the thing at this path. */
static const char *
allowed(const struct exchange *x)
{
	const char *methods = echo_is_at(x) ? ECHO_METHODS :
	    proxy_is_at(x)                  ? PROXY_METHODS :
					      upload_methods(x);

	return methods != NULL ? methods : "GET, HEAD, OPTIONS";
}

static bool
is_strange(const struct exchange *x)
{
	return x->r->method == HTTP_UNKNOWN || x->r->method == HTTP_CONNECT;
}

static int
answer_strange(struct exchange *x)
{
	return web_page(x, 501, "method not implemented");
}

/*
 * A browser asks whether a script may; it sends no credentials with that (the
 * Fetch standard, CORS-preflight).
 */
static bool
is_preflight(const struct exchange *x)
{
	return site.cors != NULL && x->r->method == HTTP_OPTIONS &&
	    http_get(&x->r->fields, "Origin").n > 0 &&
	    http_get(&x->r->fields, "Access-Control-Request-Method").n > 0;
}

static int
answer_preflight(struct exchange *x)
{
	static const char asked[] = "Access-Control-Request-Headers";
	struct http_list l = { 0 };
	struct slice name;
	struct buf names;

	buf_init(&names, HTTP_MAX_HEAD);
	while (http_next(&x->r->fields, asked, &l, &name)) {
		if (!http_is_token(name))
			continue;
		if (names.n > 0)
			buf_addz(&names, ", ");
		buf_adds(&names, name);
	}
	web_begin(x, 204);
	web_fieldz(x, "Access-Control-Allow-Methods", allowed(x));
	if (names.n > 0)
		web_field(x, "Access-Control-Allow-Headers", buf_slice(&names));
	web_fieldz(x, "Access-Control-Max-Age", "600");
	buf_free(&names);
	return 0;
}

/* A path that nothing can have; who reads is told so by whom he asks. */
static bool
is_nowhere(const struct exchange *x)
{
	static char path[HTTP_MAX_TARGET + 2];
	ssize_t n;

	if (web_reads(x) || x->r->uri.path.n == 0)
		return false;
	n = uri_path_with_lines(x->r->uri.path, path, sizeof(path));
	return n < 0 && n != URI_HIDDEN_SLASH && n != URI_TOO_LONG;
}

static int
answer_nowhere(struct exchange *x)
{
	static struct target t; /* large */
	const char *why = "there is no such path";

	target_of(x, &t, &why);
	return web_page(x, 400, why);
}

static bool
is_options(const struct exchange *x)
{
	return x->r->method == HTTP_OPTIONS;
}

static int
answer_options(struct exchange *x)
{
	web_begin(x, 200);
	web_fieldz(x, "Allow", allowed(x));
	return 0;
}

static bool
is_write(const struct exchange *x)
{
	return x->r->method != HTTP_GET && x->r->method != HTTP_HEAD;
}

static int
answer_write(struct exchange *x)
{
	return web_not_allowed(x, allowed(x));
}

static bool
is_any(const struct exchange *x)
{
	(void)x;
	return true;
}

static const struct route routes[] = {
	{ echo_wants, echo_answer, true },
	{ proxy_wants, proxy_answer, false },
	{ is_strange, answer_strange, false },
	{ is_nowhere, answer_nowhere, false },
	{ is_options, answer_options, false },
	{ mock_wants, mock_answer, false },
	{ upload_wants, upload_answer, false },
	{ is_write, answer_write, false },
	{ status_wants, status_answer, true },
	{ live_wants, live_answer, true },
	{ is_any, files_answer, false },
};

/* To follow a link from elsewhere is no reading of ours by others. */
static bool
is_foreign(const struct exchange *x)
{
	return site.cors == NULL && !web_is_same_origin(x) && !web_is_visit(x);
}

/* 308: the same request once more, there (RFC 9110 15.4.9). */
static int
go_secure(struct exchange *x)
{
	bool six = x->r->host.n > 0 && slice_find(x->r->host, ':') != NULL;
	struct slice target = x->r->target;
	struct buf where;
	int done;

	if (x->r->host.n == 0 || target.n == 0 || target.p[0] != '/')
		return web_page(x, 400, "asked for nothing that is known");
	buf_init(&where, HTTP_MAX_HEAD);
	buf_addf(&where, "https://%s%.*s%s", six ? "[" : "",
	    SLICE_FMT(x->r->host), six ? "]" : "");
	if (*site.secure_port != 443)
		buf_addf(&where, ":%u", *site.secure_port);
	buf_adds(&where, target);
	done = web_redirect(x, 308, buf_slice(&where));
	buf_free(&where);
	return done;
}

static int
answer_now(struct exchange *x)
{
	const struct route *r = routes;

	if (site.https_redirect && !proxied_is_secure(x->c) &&
	    *site.secure_port != 0)
		return go_secure(x);
	if (is_preflight(x))
		return answer_preflight(x);
	if (site.auth != NULL && !web_user_is_known(x, site.users))
		return web_user_ask(x);
	while (!r->wants(x))
		r++;
	if (r->own_only && is_foreign(x))
		return web_page(
		    x, 403, "a page of another origin asks (see --cors)");
	return r->answer(x);
}

/* A client that hung up may still hear. */
static int
wait(struct exchange *x)
{
	int64_t left = clock_left_ms(x->until_ms);

	return left > 0 ? web_later(x, -1, left, wait) : answer_now(x);
}

int
site_answer(struct exchange *x)
{
	int64_t ms = web_reads(x) ? mock_delay_ms(x) : 0;

	if (ms == 0)
		return answer_now(x);
	x->until_ms = clock_ms() + ms;
	return wait(x);
}
