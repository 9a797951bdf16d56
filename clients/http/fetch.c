/*
 * fetch.c - one URL: ask, look at the answer, follow redirects.
 */
#include "http.h"

#include <string.h>

#include "grammar/http_range.h"
#include "system/log.h"

/* Send and read the head, once more if a kept connection had gone stale. */
static int
converse(struct task *t, struct connection *call, struct answer *a)
{
	int code, tries = 0;

	do {
		code = connection_open(call, t);
		if (code == 0)
			code = request_send(call, t);
		if (code == 0)
			code = response_head(call, t, a);
		if (code != 0)
			connection_close(call);
	} while (code < 0 && tries++ < 1);
	return code;
}

/*
 * Nobody wants this body.  If all of it is here already, the connection can
 * be kept; else a new one is cheaper than reading who knows how much.
 */
static void
discard(struct connection *call, const struct answer *a)
{
	bool here = a->body.kind == HTTP_BODY_NONE ||
	    (a->body.kind == HTTP_BODY_LENGTH &&
		a->body.length == call->c.in.n);

	if (call->h2 != NULL)
		answer_h2_let_go(call->h2);
	else if (here && a->r.keep_alive && !call->cut)
		buf_clear(&call->c.in);
	else
		connection_close(call);
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/*
 * The method after a redirect (RFC 9110 15.4): 303 says "look there", and
 * 301 and 302 have always been taken so after a POST; 307 and 308 mean the
 * same request again.
 */
static void
change_method(struct task *t, int status)
{
	bool post = strcmp(t->method, "POST") == 0;

	if (t->opt->method != NULL && status != 303)
		return;
	if ((status == 303 && strcmp(t->method, "HEAD") != 0) ||
	    (post && (status == 301 || status == 302))) {
		t->method = "GET";
		t->with_body = false;
	}
}

/*
 * Make the task ask for where the answer points.  The secrets that were meant
 * for one origin (Authorization, Cookie) go to no other, nor to the same
 * without TLS.
 */
static int
redirect(struct task *t, const struct answer *a)
{
	struct slice where = http_get(&a->r.fields, "Location");
	struct url next;
	struct buf text;
	int code;

	buf_init(&text, URL_MAX);
	code = url_resolve(&text, &t->url, where);
	if (code == 0)
		code = text.failed ? URI_TOO_LONG :
				     url_parse(buf_slice(&text), &next);
	if (code == 0 && next.port == 0)
		code = URI_BAD_HOST;
	if (code != 0) {
		buf_free(&text);
		return fail(code == URI_BAD_SCHEME ? EXIT_SCHEME : EXIT_URL,
		    "%s: redirected to %.*s: %s", buf_str(&t->text),
		    SLICE_FMT(where), uri_why(code));
	}
	buf_free(&t->text);
	t->text = text;
	t->url = next;
	t->strange = next.port != t->origin.port ||
	    next.secure != t->origin.secure ||
	    !slice_ieq(next.host, t->origin.host);
	change_method(t, a->r.status);
	return 0;
}

/* Follow until there is an answer that points nowhere else. */
static int
follow(
    struct task *t, struct connection *call, struct answer *a, struct sink *s)
{
	uint64_t hops = 0;
	int code;

	for (;;) {
		code = converse(t, call, a);
		if (code == 0 && t->opt->show_head)
			code = sink_open(s, t, false);
		if (code == 0 && t->opt->show_head)
			code = sink_write(s, buf_slice(&a->head));
		if (code != 0 || !t->opt->follow || !is_redirect(a->r.status) ||
		    http_count(&a->r.fields, "Location") == 0)
			return code;
		if (hops++ == t->opt->most_redirects)
			return fail(EXIT_REDIRECTS,
			    "%s: more than %llu redirects", buf_str(&t->text),
			    (unsigned long long)t->opt->most_redirects);
		discard(call, a);
		code = redirect(t, a);
		if (code != 0)
			return code;
	}
}

/*
 * The rest of a file was asked for: may this answer be added to it?  Returns
 * 0 with *append saying so (a 200 is the whole: begin again), or a code.
 */
static int
check_resume(const struct task *t, const struct answer *a, bool *append)
{
	struct http_span span;
	uint64_t size;

	*append = a->r.status == 206;
	if (a->r.status == 200) {
		if (!silent)
			log_info(
			    "%s: the server sends the whole again", t->output);
		return 0;
	}
	if (a->r.status != 206)
		return fail(EXIT_RANGE,
		    "%s: cannot go on at byte %llu: the answer is %.*s",
		    t->output, (unsigned long long)t->offset,
		    SLICE_FMT(a->r.line));
	if (http_content_range(
		http_get(&a->r.fields, "Content-Range"), &span, &size) != 0 ||
	    span.first != t->offset - 1)
		return fail(EXIT_RANGE,
		    "%s: asked for byte %llu on, the server sent another part",
		    t->output, (unsigned long long)t->offset);
	return 0;
}

/* The answer is the last one: take its body. */
static int
take(struct task *t, struct connection *call, struct answer *a, struct sink *s)
{
	bool append = false;
	int code = 0;

	if (t->opt->fail && a->r.status >= 400)
		code = fail(EXIT_REFUSED, "%s: %.*s", buf_str(&t->text),
		    SLICE_FMT(a->r.line));
	else if (t->offset > 0)
		code = check_resume(t, a, &append);
	if (code != 0) {
		discard(call, a);
		return code;
	}
	if (a->body.kind == HTTP_BODY_LENGTH)
		s->expected = a->body.length;
	s->overlaps = append;
	code = sink_open(s, t, append);
	return code != 0 ? code : response_body(call, t, a, s);
}

int
fetch_url(struct task *t, struct connection *call)
{
	struct sink s = { .fd = -1, .expected = UINT64_MAX };
	struct answer a;
	int code, closed;

	answer_init(&a);
	code = follow(t, call, &a, &s);
	if (code == 0)
		code = take(t, call, &a, &s);
	if (code != 0)
		connection_close(call);
	closed = sink_close(&s);
	answer_free(&a);
	return code != 0 ? code : closed;
}
