/*
 * route.c - which request is whose; who may ask at all.
 */
#include "inboxd/route.h"

#include "inboxd/api.h"
#include "inboxd/assets.h"
#include "inboxd/changes.h"
#include "inboxd/guard.h"
#include "inboxd/hog.h"
#include "inboxd/segments.h"
#include "web/web_content.h"

/* What all of this is, for programs. */
static int
answer_openapi(struct exchange *x, const char *part)
{
	const struct asset *a =
	    assets_find((struct slice)SLICE("/openapi.json"));

	(void)part;
	if (a == NULL)
		return inbox_error(x, 404, "there is nothing here");
	return web_bytes(x, 200, "application/json", a->bytes);
}

static const struct route routes[] = {
	{ ROUTE_GET, "/api/v1/messages", api_messages },
	{ ROUTE_PUT, "/api/v1/messages", api_mark },
	{ ROUTE_DELETE, "/api/v1/messages", hog_delete_all },
	{ ROUTE_GET, "/api/v1/search", api_search },
	{ ROUTE_DELETE, "/api/v1/search", api_delete_found },
	{ ROUTE_GET, "/api/v1/message/*", api_message },
	{ ROUTE_GET, "/api/v1/message/*/headers", api_headers },
	{ ROUTE_GET, "/api/v1/message/*/raw", api_raw },
	{ ROUTE_GET, "/api/v1/message/*/sent", api_sent },
	{ ROUTE_GET, "/api/v1/message/*/part/*", api_part },
	{ ROUTE_POST, "/api/v1/message/*/release", api_release },
	{ ROUTE_GET, "/view/*", api_view },
	{ ROUTE_GET, "/api/v1/tags", api_tags },
	{ ROUTE_PUT, "/api/v1/tags", api_tag_messages },
	{ ROUTE_GET, "/api/v1/mailboxes", api_mailboxes },
	{ ROUTE_GET, "/api/v1/info", api_info },
	{ ROUTE_GET, "/api/v1/webui", api_webui },
	{ ROUTE_GET, "/api/v1/wait", api_wait },
	{ ROUTE_GET, "/api/v1/sessions", api_sessions },
	{ ROUTE_GET, "/api/v1/events/stream", api_events },
	{ ROUTE_GET, "/api/events", api_events_socket },
	{ ROUTE_GET | ROUTE_PUT | ROUTE_DELETE, "/api/v1/rules", api_rules },
	{ ROUTE_GET | ROUTE_PUT, "/api/v1/chaos", api_chaos },
	{ ROUTE_PUT, "/api/v1/tags/*", api_tag_rename },
	{ ROUTE_DELETE, "/api/v1/tags/*", api_tag_delete },
	{ ROUTE_POST, "/api/v1/send", api_send },
	{ ROUTE_GET, "/api/v2/messages", hog_messages_v2 },
	{ ROUTE_GET, "/api/v2/search", hog_search },
	{ ROUTE_GET | ROUTE_POST | ROUTE_PUT | ROUTE_DELETE, "/api/v2/jim",
	    hog_jim },
	{ ROUTE_GET, "/api/v2/outgoing-smtp", hog_outgoing },
	{ ROUTE_GET, "/api/v2/websocket", hog_socket },
	{ ROUTE_GET, "/api/v1/events", hog_events },
	{ ROUTE_GET, "/api/v1/messages/*", hog_message },
	{ ROUTE_DELETE, "/api/v1/messages/*", hog_delete },
	{ ROUTE_GET, "/api/v1/messages/*/download", hog_download },
	{ ROUTE_GET, "/api/v1/messages/*/mime/part/*/download", hog_part },
	{ ROUTE_POST, "/api/v1/messages/*/release", hog_release },
	{ ROUTE_GET, "/api/v1/openapi.json", answer_openapi },
	{ ROUTE_GET, "/livez", api_alive },
	{ ROUTE_GET, "/readyz", api_alive },
	{ ROUTE_GET, "/metrics", api_metrics },
};

static const size_t route_count = sizeof(routes) / sizeof(routes[0]);

static unsigned
method_of(const struct exchange *x)
{
	switch (x->r->method) {
	case HTTP_GET:
	case HTTP_HEAD:
		return ROUTE_GET;
	case HTTP_PUT:
		return ROUTE_PUT;
	case HTTP_POST:
		return ROUTE_POST;
	case HTTP_DELETE:
		return ROUTE_DELETE;
	default:
		return 0;
	}
}

static const struct route *
find(const struct exchange *x, unsigned method, struct slice part[2])
{
	for (size_t i = 0; i < route_count; i++)
		if ((routes[i].methods & method) != 0 &&
		    segments_fit(x->r->uri.path, routes[i].path, part))
			return &routes[i];
	return NULL;
}

const struct route *
route_table(size_t *n)
{
	*n = route_count;
	return routes;
}

bool
route_wants_body(const struct exchange *x)
{
	struct slice part[2];
	unsigned method = method_of(x);

	return (method & (ROUTE_PUT | ROUTE_POST | ROUTE_DELETE)) != 0 &&
	    guard_may_allow(x) && find(x, method, part) != NULL;
}

/* What the path takes, for OPTIONS and 405. */
static const char *
allowed(const struct exchange *x)
{
	static const struct {
		unsigned methods;
		const char *words;
	} table[] = {
		{ ROUTE_GET, "GET, HEAD, OPTIONS" },
		{ ROUTE_DELETE, "DELETE, OPTIONS" },
		{ ROUTE_POST, "POST, OPTIONS" },
		{ ROUTE_PUT, "PUT, OPTIONS" },
		{ ROUTE_PUT | ROUTE_DELETE, "PUT, DELETE, OPTIONS" },
		{ ROUTE_GET | ROUTE_PUT, "GET, HEAD, PUT, OPTIONS" },
		{ ROUTE_GET | ROUTE_DELETE, "GET, HEAD, DELETE, OPTIONS" },
		{ ROUTE_GET | ROUTE_PUT | ROUTE_DELETE,
		    "GET, HEAD, PUT, DELETE, OPTIONS" },
		{ ROUTE_GET | ROUTE_POST | ROUTE_PUT | ROUTE_DELETE,
		    "GET, HEAD, POST, PUT, DELETE, OPTIONS" },
	};
	struct slice part[2];
	unsigned all = 0;

	for (unsigned m = ROUTE_GET; m <= ROUTE_DELETE; m *= 2)
		if (find(x, m, part) != NULL)
			all |= m;
	if (assets_find(x->r->uri.path) != NULL)
		all |= ROUTE_GET;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].methods == all)
			return table[i].words;
	return NULL;
}

static int
answer_options(struct exchange *x)
{
	const char *allow = allowed(x);

	if (allow == NULL && !slice_starts(x->r->uri.path, "/api/"))
		return inbox_error(x, 404, "there is nothing here");
	web_begin(x, 204);
	web_fieldz(x, "Allow", allow != NULL ? allow : "GET, HEAD, OPTIONS");
	return 0;
}

/* The page itself, by its parts; all of it is ours. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

static int
answer_asset(struct exchange *x, const struct asset *a)
{
	struct web_content c = { .type = a->type,
		.bytes = a->bytes,
		.length = a->bytes.n,
		.lines = a->lines,
		.validators = { .etag = slice_of(a->etag) } };

	web_content(x, &c);
	web_fieldz(x, "Content-Security-Policy", policy);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	web_fieldz(x, "Referrer-Policy", "no-referrer");
	return 0;
}

/*
 * Clients that put a base and a path together may send two slashes for one;
 * Mailpit sends them to the right place, and so do we.
 */
static bool
has_double_slash(const struct exchange *x)
{
	struct slice path = x->r->uri.path;

	return memmem(path.p, path.n, "//", 2) != NULL;
}

static int
answer_without(struct exchange *x)
{
	struct slice path = x->r->uri.path, query = x->r->uri.query;
	struct buf to;

	buf_init(&to, path.n + query.n + 2);
	for (size_t i = 0; i < path.n; i++)
		if (i == 0 || path.p[i] != '/' || path.p[i - 1] != '/')
			buf_addc(&to, path.p[i]);
	if (query.p != NULL) {
		buf_addc(&to, '?');
		buf_adds(&to, query);
	}
	web_redirect(x, 301, buf_slice(&to));
	buf_free(&to);
	return 0;
}

static int
answer_rest(struct exchange *x)
{
	const struct asset *a = assets_find(x->r->uri.path);
	const char *allow = allowed(x);

	if (a != NULL && web_reads(x))
		return answer_asset(x, a);
	if (web_reads(x) && has_double_slash(x))
		return answer_without(x);
	if (x->r->method == HTTP_OPTIONS)
		return answer_options(x);
	if (method_of(x) == 0)
		return inbox_error(x, 501, "method not implemented");
	if (allow != NULL)
		return web_not_allowed(x, allow);
	return inbox_error(x, 404, "there is nothing here");
}

/* Whoever is told of the Maildir is to know when it is more than that. */
static int
answer_with(struct exchange *x, int (*answer)(struct exchange *, const char *),
    const char *part)
{
	int status = answer(x, part);
	const char *behind = status == 0 ? inbox_behind() : NULL;

	if (behind != NULL)
		web_fieldz(x, "Berth-Behind", behind);
	return status;
}

int
route_reply(struct exchange *x)
{
	const struct route *r;
	struct slice part[2];
	char text[SEGMENT_MAX] = "";

	if (!guard_allows(x))
		return guard_refuse(x);
	r = find(x, method_of(x), part);
	if (r == NULL)
		return answer_rest(x);
	if (changes_lost()) {
		x->close = true;
		return inbox_failed(x, INDEX_ABSENT);
	}
	/* The one route that two of them have. */
	if (inbox.compat == COMPAT_MAILHOG && r->answer == api_messages)
		return answer_with(x, hog_messages, "");
	if (part[0].p != NULL && segments_decode(part[0], text) < 0)
		return inbox_error(x, 404, "there is nothing here");
	return answer_with(x, r->answer, text);
}
