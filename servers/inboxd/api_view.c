/*
 * api_view.c - the HTML and the text of a message as documents.
 *
 * The HTML is a stranger's.  It is a document of no origin (sandbox), runs no
 * script, sends no form, and reaches nothing but the parts of its own message,
 * unless remote=1 lets it load pictures, styles, fonts and media.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "inboxd/api.h"
#include "inboxd/cids.h"

#define PAGE_MAX   ((size_t)8 << 20) /* twice the HTML that is kept of one */
#define POLICY_MAX 2048

static bool
asks_for(struct exchange *x, const char *name)
{
	char value[2];

	return web_query(x, name, value, sizeof(value)) == 1 && value[0] == '1';
}

/* Names may have signs that mean something in a policy. */
static bool
can_stand(struct slice host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!ascii_is(host.p[i], ASCII_ALPHA | ASCII_DIGIT) &&
		    strchr("-._:[]", host.p[i]) == NULL)
			return false;
	return host.n > 0;
}

/* The sources that its pictures may come from. */
static void
add_policy(struct exchange *x, const char *id)
{
	const char *far = asks_for(x, "remote") ? " http: https:" : "";
	struct slice host = web_get(x, "Host");
	struct buf b, own;

	if (!can_stand(host))
		host = slice_of("localhost");
	buf_init(&own, POLICY_MAX);
	buf_addf(
	    &own, "http://%.*s/api/v1/message/%s/part/", SLICE_FMT(host), id);
	buf_init(&b, 2 * POLICY_MAX);
	buf_addf(&b,
	    "default-src 'none'; img-src data: %.*s%s; media-src %.*s%s; "
	    "style-src 'unsafe-inline'%s; font-src data:%s; "
	    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
	    "sandbox allow-popups allow-popups-to-escape-sandbox",
	    SLICE_FMT(buf_slice(&own)), far, SLICE_FMT(buf_slice(&own)), far,
	    far, far);
	web_field(x, "Content-Security-Policy", buf_slice(&b));
	buf_free(&own);
	buf_free(&b);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	web_fieldz(x, "Referrer-Policy", "no-referrer");
	web_fieldz(x, "Cache-Control", "no-cache");
}

/* Has the page room for the address of this part, and all that follows? */
static bool
has_room(
    const struct buf *out, struct slice rest, const char *id, const char *part)
{
	return out->n + rest.n + strlen(id) + strlen(part) +
	    sizeof("/api/v1/message//part/") <=
	    PAGE_MAX;
}

/*
 * cid:NAME becomes the address of that part (RFC 2392), and stays where there
 * are so many that the page would grow too large: its text is shown.
 */
static void
add_html(struct buf *out, const char *html, const struct found *f)
{
	const char *cid, *end = html + strlen(html);
	struct cids cids;

	cids_read(&cids, json_object_get(f->document, "Parts"));
	while ((cid = strcasestr(html, "cid:")) != NULL) {
		size_t used;
		const char *part =
		    cids_find(&cids, slice_between(cid + 4, end), &used);

		buf_adds(out, slice_between(html, cid));
		if (part != NULL &&
		    has_room(out, slice_between(cid, end), f->id, part))
			buf_addf(
			    out, "/api/v1/message/%s/part/%s", f->id, part);
		else
			buf_add(out, cid, 4 + used);
		html = cid + 4 + used;
	}
	buf_addz(out, html);
	cids_free(&cids);
}

static void
answer_html(struct exchange *x, const struct found *f, const char *html)
{
	struct buf out;

	buf_init(&out, PAGE_MAX);
	/* Links open beside the inbox, not in its frame. */
	if (asks_for(x, "embed"))
		buf_addz(&out, "<base target=\"_blank\">\n");
	add_html(&out, html, f);
	web_made(x, 200, "text/html; charset=utf-8", &out);
	add_policy(x, f->id);
}

int
api_view(struct exchange *x, const char *part)
{
	struct slice id = slice_of(part);
	bool text = slice_ends(id, ".txt");
	char name[MAILDIR_ID_MAX];
	const char *body;
	struct found f;
	struct buf out;

	if (text)
		id.n -= 4;
	else if (slice_ends(id, ".html"))
		id.n -= 5;
	if (slice_copy(id, name, sizeof(name)) < 0)
		return inbox_error(x, 404, "there is no such message");
	if (api_find(x, name, &f, true) != 0)
		return 0;
	body = json_string_value(
	    json_object_get(f.document, text ? "Text" : "HTML"));
	if (text) {
		buf_init(&out, PAGE_MAX);
		buf_addz(&out, body != NULL ? body : "");
		web_made(x, 200, "text/plain; charset=utf-8", &out);
		web_fieldz(x, "X-Content-Type-Options", "nosniff");
	} else if (body == NULL || body[0] == '\0') {
		inbox_error(x, 404, "the message has no HTML");
	} else {
		answer_html(x, &f, body);
	}
	api_found_free(&f);
	return 0;
}
