/*
 * web_log.c - HTTP as a program sees it: the access log.
 *
 * One line for each request, in one write.  Whatever a client sent is escaped
 * before it gets here.
 */
#include <time.h>
#include <unistd.h>

#include "bytes/date.h"
#include "bytes/num.h"
#include "grammar/escape.h"
#include "web/web.h"
#include "web/h1.h"
#include "system/clock.h"
#include "system/logfile.h"
#include "system/terminal.h"

/* The time as the common format writes it, made anew once a second. */
static struct slice
log_date(void)
{
	static char text[DATE_MAX_TEXT];
	static size_t n;
	static int64_t last = -1;
	int64_t now = clock_wall_s();

	if (now != last) {
		n = date_log(now, text);
		last = now;
	}
	return (struct slice){ text, n };
}

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
	escape_log(b, s);
	buf_addc(b, '"');
}

static void
add_common(struct buf *b, const struct exchange *x, const char *client)
{
	buf_addz(b, client);
	buf_add(b, " - ", 3);
	if (x->user_n == 0)
		buf_addc(b, '-');
	escape_log(b, (struct slice){ x->user, x->user_n });
	buf_add(b, " [", 2);
	buf_adds(b, log_date());
	buf_addc(b, ']');
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
	escape_json(b, value);
	buf_addc(b, '"');
}

static void
add_object(struct buf *b, const struct exchange *x, const char *client)
{
	char when[DATE_MAX_TEXT];
	int64_t now = clock_wall_us();

	date_iso(now / 1000000, when);
	buf_addf(b, "{\"time\":\"%.19s.%06dZ\",\"client\":\"%s\",\"port\":%u",
	    when, (int)(now % 1000000), client, addr_port(&x->c->peer));
	add_json(b, "user", (struct slice){ x->user, x->user_n });
	add_json(b, "method", x->r->method_text);
	add_json(b, "target", x->r->target);
	add_json(b, "line",
	    x->r->target.n > 0 ? (struct slice){ NULL, 0 } : x->r->line);
	add_json(b, "host", x->r->host);
	buf_addf(b, ",\"http\":\"1.%d\",\"status\":%d,\"bytes\":%ju,\"us\":%jd",
	    x->r->minor, x->reply.status, (uintmax_t)x->sent,
	    (intmax_t)(clock_us() - x->began_us));
	add_json(b, "referer", http_get(&x->r->fields, "Referer"));
	add_json(b, "agent", http_get(&x->r->fields, "User-Agent"));
	add_json(b, "reason", slice_of(x->why));
	buf_addc(b, '}');
}

/* ---- short, for a terminal ---- */

static const char *
colour(int status)
{
	static const char *const of_class[] = { "36", "32", "36", "33", "31" };
	static int has = -1;

	if (has < 0)
		has = terminal_has_colour(STDERR_FILENO);
	return !has || status < 100 || status > 599 ?
	    NULL :
	    of_class[status / 100 - 1];
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

/* The time here, status, method, target; then how much and how long. */
static void
add_short(struct buf *b, const struct exchange *x, const char *client)
{
	time_t now = clock_wall_s();
	const char *c = colour(x->reply.status);
	struct tm t = { 0 };

	localtime_r(&now, &t);
	buf_addf(b, "%02d:%02d:%02d  ", t.tm_hour, t.tm_min, t.tm_sec);
	buf_addf(b, c == NULL ? "%s%d%s" : "\033[%sm%d\033[%sm",
	    c == NULL ? "" : c, x->reply.status, c == NULL ? "" : "0");
	buf_addz(b, "  ");
	if (x->r->target.n > 0) {
		escape_log(b, x->r->method_text);
		buf_addc(b, ' ');
		escape_log(b, x->r->target);
	} else {
		escape_log(b, x->r->line);
	}
	buf_addz(b, c == NULL ? "  " : "  \033[2m");
	add_size(b, x->sent);
	buf_addf(b, "  %jd ms", (intmax_t)((clock_us() - x->began_us) / 1000));
	if (!addr_is_loopback(&x->c->peer))
		buf_addf(b, "  %s", client);
	if (x->why != NULL)
		buf_addf(b, "  (%s)", x->why);
	if (c != NULL)
		buf_addz(b, "\033[0m");
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
