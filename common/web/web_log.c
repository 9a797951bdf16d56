/*
 * web_log.c - HTTP as a program sees it: the access log.
 *
 * One line for each request, in one write.  Whatever a client sent is escaped
 * before it gets here.
 */
#include "bytes/num.h"
#include "conn/proxied.h"
#include "grammar/escape.h"
#include "grammar/log_line.h"
#include "web/web.h"
#include "web/h1.h"
#include "system/clock.h"
#include "system/logfile.h"

static void
add_number(struct buf *b, uint64_t n)
{
	char digits[NUM_MAX_TEXT];

	buf_add(b, digits, num_text(n, digits));
}

/* A quoted field, "-" if there is none. */
static void
add_quoted(struct buf *b, struct slice s)
{
	buf_add(b, " \"", 2);
	if (s.n == 0)
		buf_addc(b, '-');
	escape_cut(b, s, escape_log, LOG_FIELD_MAX);
	buf_addc(b, '"');
}

static void
add_common(struct buf *b, const struct exchange *x, const char *client)
{
	buf_addz(b, client);
	buf_add(b, " - ", 3);
	if (x->user_n == 0)
		buf_addc(b, '-');
	escape_cut(
	    b, (struct slice){ x->user, x->user_n }, escape_log, LOG_FIELD_MAX);
	buf_addc(b, ' ');
	logfile_stamp(b, LOG_COMMON);
	add_quoted(b, x->r->line);
	buf_addc(b, ' ');
	add_number(b, (uint64_t)x->reply.status);
	buf_addc(b, ' ');
	if (x->sent == 0)
		buf_addc(b, '-');
	else
		add_number(b, x->sent);
}

static void
add_json(struct buf *b, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	buf_addf(b, ",\"%s\":\"", name);
	escape_cut(b, value, escape_json, LOG_FIELD_MAX);
	buf_addc(b, '"');
}

/* What the proxy before us has said of this connection. */
static void
add_proxied(struct buf *b, const struct proxied *p)
{
	char by[ADDR_MAX_TEXT];

	add_json(b, "proxy", slice_of(addr_host(&p->by, by)));
	add_json(b, "connection", slice_of(p->unique_id));
	add_json(b, "tls", slice_of(p->tls_version));
	add_json(b, "sni", slice_of(p->authority));
	add_json(b, "certificate", slice_of(p->common_name));
}

static void
add_object(struct buf *b, const struct exchange *x, const char *client)
{
	logfile_stamp(b, LOG_JSON);
	buf_addf(b, ",\"client\":\"%s\",\"port\":%u", client,
	    addr_port(&x->c->peer));
	add_json(b, "user", (struct slice){ x->user, x->user_n });
	add_json(b, "method", x->r->method_text);
	add_json(b, "target", x->r->target);
	add_json(b, "line",
	    x->r->target.n > 0 ? (struct slice){ NULL, 0 } : x->r->line);
	add_json(b, "host", x->r->host);
	buf_addf(b,
	    ",\"http\":\"%d.%d\",\"status\":%d,\"bytes\":%ju,\"us\":%jd",
	    x->r->major, x->r->minor, x->reply.status, (uintmax_t)x->sent,
	    (intmax_t)(clock_us() - x->began_us));
	add_json(b, "referer", http_get(&x->r->fields, "Referer"));
	add_json(b, "agent", http_get(&x->r->fields, "User-Agent"));
	if (x->upstream != NULL) {
		add_json(b, "upstream", slice_of(x->upstream));
		buf_addf(b, ",\"waited\":%jd", (intmax_t)x->upstream_us);
	}
	add_json(b, "reason", slice_of(x->why));
	if (x->c->proxied != NULL)
		add_proxied(b, x->c->proxied);
	buf_addc(b, '}');
}

/* 0 B, 1023 B, 1.0 KiB, ... 17.2 GiB */
static void
add_size(struct buf *b, uint64_t n)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	double size = (double)n / 1024;
	size_t unit = 0;

	if (n < 1024) {
		buf_addf(b, "%ju B", (uintmax_t)n);
		return;
	}
	for (; size >= 1024 && unit < 2; unit++)
		size /= 1024;
	buf_addf(b, "%.1f %s", size, units[unit]);
}

/* For people: method and target, how much and how long, and who from afar. */
static void
add_short(struct buf *b, const struct exchange *x, const char *client)
{
	logfile_stamp_short(b, x->reply.status);
	if (x->r->target.n > 0) {
		escape_cut(b, x->r->method_text, escape_log, LOG_FIELD_MAX);
		buf_addc(b, ' ');
		escape_cut(b, x->r->target, escape_log, LOG_FIELD_MAX);
	} else {
		escape_cut(b, x->r->line, escape_log, LOG_FIELD_MAX);
	}
	buf_addz(b, "  ");
	add_size(b, x->sent);
	buf_addf(b, "  %jd ms", (intmax_t)((clock_us() - x->began_us) / 1000));
	if (x->upstream != NULL)
		buf_addf(b, "  (%s %jd ms)", x->upstream,
		    (intmax_t)(x->upstream_us / 1000));
	if (!addr_is_loopback(&x->c->peer))
		buf_addf(b, "  %s", client);
	if (x->why != NULL)
		buf_addf(b, "  (%s)", x->why);
}

void
web_log(const struct exchange *x, const char *client, struct buf *line)
{
	buf_clear(line);
	if (x->web->log_format == LOG_JSON) {
		add_object(line, x, client);
	} else if (x->web->log_format == LOG_SHORT) {
		add_short(line, x, client);
	} else {
		add_common(line, x, client);
		if (x->web->log_format == LOG_COMBINED) {
			add_quoted(line, http_get(&x->r->fields, "Referer"));
			add_quoted(line, http_get(&x->r->fields, "User-Agent"));
		}
	}
	buf_addc(line, '\n');
	if (!line->failed)
		logfile_add(buf_slice(line));
}
