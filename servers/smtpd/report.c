/*
 * report.c - the access log.
 */
#include "smtpd/report.h"

#include "conn/proxied.h"
#include "grammar/escape.h"
#include "grammar/log_line.h"
#include "grammar/mail_trace.h"
#include "service/scoreboard.h"
#include "service/server.h"
#include "smtpd/session.h"
#include "system/log.h"
#include "system/logfile.h"

#define RCPTS_SHOWN 10 /* and how many more there are */
/* Behind them come at most a name, some numbers, and what a proxy said. */
#define RCPTS_UNTIL (LOG_LINE_MAX - 2 * LOG_FIELD_MAX - 512)

static void
add_quoted(struct buf *b, struct slice s, escape_fn *escape)
{
	buf_addc(b, '"');
	escape_cut(b, s, escape, LOG_FIELD_MAX);
	buf_addc(b, '"');
}

/* Some recipients, as far as there is room.  Returns how many. */
static size_t
add_rcpts(struct buf *b, const struct session *s, escape_fn *escape,
    const char *before, const char *after, const char *between)
{
	struct slice rest = buf_slice(&s->mail.rcpts), params;
	size_t i = 0;

	for (; rest.n > 0 && i < RCPTS_SHOWN && b->n < RCPTS_UNTIL; i++) {
		if (i > 0)
			buf_addz(b, between);
		buf_addz(b, before);
		escape_cut(
		    b, mail_rcpt_next(&rest, &params), escape, LOG_FIELD_MAX);
		buf_addz(b, after);
	}
	return i;
}

/* What the proxy before us has said of this connection. */
static void
add_proxied(struct buf *b, const struct proxied *p)
{
	char by[ADDR_MAX_TEXT];

	buf_addf(b, ",\"proxy\":\"%s\",\"connection\":", addr_host(&p->by, by));
	add_quoted(b, slice_of(p->unique_id), escape_json);
	buf_addz(b, ",\"tls\":");
	add_quoted(b, slice_of(p->tls_version), escape_json);
}

static void
line_json(struct buf *b, const struct session *s, uint64_t size, const char *id)
{
	logfile_stamp(b, LOG_JSON);
	buf_addf(b, ",\"client\":\"%s\",\"helo\":", s->client);
	add_quoted(b, buf_slice(&s->helo), escape_json);
	buf_addz(b, ",\"user\":");
	add_quoted(b, buf_slice(&s->user), escape_json);
	buf_addz(b, ",\"from\":");
	add_quoted(b, buf_slice(&s->mail.from), escape_json);
	buf_addz(b, ",\"to\":[");
	add_rcpts(b, s, escape_json, "\"", "\"", ",");
	buf_addf(b,
	    "],\"recipients\":%zu,\"code\":%d,\"bytes\":%llu,\"id\":\"%s\"",
	    s->mail.count, s->code, (unsigned long long)size, id);
	if (s->c->proxied != NULL)
		add_proxied(b, s->c->proxied);
	buf_addz(b, "}\n");
}

static void
add_envelope(struct buf *b, const struct session *s)
{
	size_t shown;

	buf_addz(b, "MAIL FROM:<");
	escape_cut(b, buf_slice(&s->mail.from), escape_log, LOG_FIELD_MAX);
	buf_addz(b, "> TO:");
	shown = add_rcpts(b, s, escape_log, "<", ">", ",");
	if (s->mail.count > shown)
		buf_addf(b, ",+%zu", s->mail.count - shown);
}

static void
line_common(
    struct buf *b, const struct session *s, uint64_t size, const char *id)
{
	buf_addf(b, "%s - ", s->client);
	if (s->user.n > 0)
		escape_cut(b, buf_slice(&s->user), escape_log, LOG_FIELD_MAX);
	else
		buf_addc(b, '-');
	buf_addc(b, ' ');
	logfile_stamp(b, LOG_COMMON);
	buf_addz(b, " \"");
	if (id[0] != '\0')
		add_envelope(b, s);
	else
		buf_addc(b, '-');
	buf_addf(b, "\" %d %llu", s->code, (unsigned long long)size);
	if (s->o->log_format == LOG_COMBINED) {
		buf_addc(b, ' ');
		add_quoted(b, buf_slice(&s->helo), escape_log);
		buf_addf(b, " \"%s\"", id[0] == '\0' ? "-" : id);
	}
	buf_addc(b, '\n');
}

static void
add_line(const struct session *s, uint64_t size, const char *id)
{
	struct buf b;

	if (!logfile_is_on())
		return;
	buf_init(&b, LOG_LINE_ROOM);
	if (s->o->log_format == LOG_JSON)
		line_json(&b, s, size, id);
	else
		line_common(&b, s, size, id);
	if (!b.failed)
		logfile_add(buf_slice(&b));
	buf_free(&b);
}

void
report_message(const struct session *s, uint64_t size, const char *id)
{
	scoreboard_count_mail(s->code);
	add_line(s, size, id);
}

void
report_lost(int code)
{
	scoreboard_count_mail(code);
}

void
report_refused(
    struct session *s, const char *stage, struct slice address, size_t line)
{
	struct buf b;

	if (++s->refused > REPORT_REFUSED)
		return;
	buf_init(&b, LOG_LINE_ROOM);
	escape_cut(&b, address, escape_log, LOG_FIELD_MAX);
	if (line > 0)
		log_info("%s: %s <%.*s> refused by line %zu of the rules: %s",
		    s->client, stage, (int)b.n, buf_str(&b), line, s->said);
	else
		log_info("%s: %s <%.*s> refused: %s", s->client, stage,
		    (int)b.n, buf_str(&b), s->said);
	if (s->refused == REPORT_REFUSED)
		log_info("%s: what else is refused is not told", s->client);
	buf_free(&b);
}

void
report_session(const struct session *s)
{
	add_line(s, 0, "");
}
