/*
 * status.c - how is the server doing?
 *
 * It shows what children can see of each other: counts, states and times, and
 * no client's address.  Those are in the access log.
 */
#include "httpd/status.h"

#include <inttypes.h>

#include "grammar/escape.h"
#include "grammar/http_accept.h"
#include "httpd/compressed_reply.h"
#include "httpd/look.h"
#include "httpd/site.h"
#include "service/scoreboard.h"
#include "system/clock.h"

#define PAGE_MAX (8 << 20) /* the largest pool is 32768 children */

/* One child as it is shown. */
struct row {
	const struct scoreboard_row *c;
	int64_t age_ms;
	const char *state;
};

bool
status_wants(const struct exchange *x)
{
	return site.status != NULL &&
	    (x->r->method == HTTP_GET || x->r->method == HTTP_HEAD) &&
	    slice_is(x->r->uri.path, site.status);
}

/* Call show for each child that lives. */
static void
each_child(struct buf *b, void (*show)(struct buf *, const struct row *))
{
	const struct scoreboard_head *h = scoreboard_read();
	int64_t now = clock_ms();

	if (h == NULL)
		return;
	for (uint64_t i = 0; i < h->slots; i++) {
		const struct scoreboard_row *c = &h->row[i];
		struct row r = { .c = c, .age_ms = now - c->since_ms };

		if (c->pid <= 0)
			continue;
		r.state = c->state == SCOREBOARD_BUSY ? "busy" :
		    c->state == SCOREBOARD_IDLE       ? "idle" :
							"leaving";
		show(b, &r);
	}
}

static void
show_json(struct buf *b, const struct row *r)
{
	buf_addf(b,
	    "%s\n{\"pid\":%d,\"state\":\"%s\",\"age_ms\":%" PRId64
	    ",\"connections\":%" PRIu64,
	    b->p[b->n - 1] == '[' ? "" : ",", (int)r->c->pid, r->state,
	    r->age_ms, r->c->served);
	buf_addc(b, '}');
}

static void
make_json(struct buf *b, const struct scoreboard_head *h)
{
	struct tally_sum t = scoreboard_sum();

	buf_addf(b,
	    "{\"up_ms\":%" PRId64 ",\"connections\":%" PRIu64
	    ",\"turned_away\":%" PRIu64 ",\"crashed\":%" PRIu64
	    ",\"reloads\":%" PRIu64 ",\"busy\":%" PRIu64 ",\"idle\":%" PRIu64
	    ",\"resting\":%" PRIu64 ",\"requests\":%" PRIu64
	    ",\"refused\":%" PRIu64 ",\"bytes_in\":%" PRIu64
	    ",\"bytes_out\":%" PRIu64 ",\"sandbox\":\"",
	    clock_ms() - h->started_ms, h->accepted, h->turned_away, h->crashed,
	    h->reloads, h->busy, h->idle, h->resting, t.requests, t.refused,
	    t.received, t.sent);
	escape_json(b, slice_of(h->sandbox));
	buf_addz(b, "\",\"children\":[");
	each_child(b, show_json);
	buf_addz(b, "]}\n");
}

static void
show_html(struct buf *b, const struct row *r)
{
	buf_addf(b, "<tr><td>%d<td>%s<td>%.1f s<td>%" PRIu64 "</tr>\n",
	    (int)r->c->pid, r->state, (double)r->age_ms / 1000, r->c->served);
}

static void
add_figure(struct buf *b, const char *name, uint64_t value)
{
	buf_addf(b, "<div><dt>%s<dd>%" PRIu64 "</div>\n", name, value);
}

static void
add_bytes(struct buf *b, const char *name, uint64_t value)
{
	buf_addf(b, "<div><dt>%s<dd>", name);
	look_size(b, value);
	buf_addz(b, "</div>\n");
}

static const char head[] =
    "<meta http-equiv=\"refresh\" content=\"2\">\n<style>\n"
    "dl{display:grid;gap:.75rem;margin:0;grid-template-columns:"
    "repeat(auto-fill,minmax(9rem,1fr))}\n"
    "dl div{background:var(--card);border:1px solid var(--line);"
    "border-radius:.4rem;padding:.5rem .8rem}\n"
    "dt{color:var(--dim)}dd{margin:0;font-size:1.5rem;"
    "font-variant-numeric:tabular-nums}\n"
    "div.wide{overflow-x:auto}\n"
    "@media(max-width:40rem){body{padding:1rem .75rem}}\n"
    "</style>\n";

static void
make_html(struct buf *b, const struct scoreboard_head *h)
{
	struct tally_sum t = scoreboard_sum();

	look_begin(b, (struct slice)SLICE("Status"), head);
	buf_addz(b, "<body>\n<h1>Status</h1>\n<dl>\n");
	add_figure(
	    b, "seconds up", (uint64_t)(clock_ms() - h->started_ms) / 1000);
	add_figure(b, "connections", h->accepted);
	add_figure(b, "turned away", h->turned_away);
	add_figure(b, "crashes", h->crashed);
	add_figure(b, "reloads", h->reloads);
	add_figure(b, "children busy", h->busy);
	add_figure(b, "children idle", h->idle);
	add_figure(b, "connections resting", h->resting);
	add_figure(b, "requests", t.requests);
	add_figure(b, "refused", t.refused);
	add_bytes(b, "received", t.received);
	add_bytes(b, "sent", t.sent);
	buf_addz(b, "</dl>\n<h2>Sandbox</h2>\n<p>Each child has: ");
	escape_html(b, slice_of(h->sandbox));
	buf_addz(b,
	    "</p>\n<h2>Children</h2>\n<div "
	    "class=\"wide\"><table>\n<tr><th>process"
	    "<th>state<th>for<th>connections</tr>\n");
	each_child(b, show_html);
	buf_addz(b, "</table></div>\n</body>\n</html>\n");
}

int
status_answer(struct exchange *x)
{
	static const struct scoreboard_head none = { 0 };
	const struct scoreboard_head *h = scoreboard_read();
	const struct http_fields *f = &x->r->fields;
	bool json = http_accepts_type(f, "application/json") >
	    http_accepts_type(f, "text/html");
	struct buf b;

	buf_init(&b, PAGE_MAX);
	(json ? make_json : make_html)(&b, h != NULL ? h : &none);
	web_made(
	    x, 200, json ? "application/json" : "text/html; charset=utf-8", &b);
	web_fieldz(x, "Cache-Control", "no-store");
	web_fieldz(x, "Vary", "Accept");
	compressed_reply(x);
	return 0;
}
