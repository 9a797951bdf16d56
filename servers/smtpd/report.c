/*
 * report.c - the access log.
 */
#include "smtpd/report.h"

#include "bytes/date.h"
#include "grammar/escape.h"
#include "grammar/mail_trace.h"
#include "service/server.h"
#include "smtpd/session.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

#define LINE_MAX_BYTES 8192
#define RCPTS_SHOWN    10 /* and how many more there are */

typedef void escape_fn(struct buf *, struct slice);

static void
add_quoted(struct buf *b, struct slice s, escape_fn *escape)
{
	buf_addc(b, '"');
	escape(b, s);
	buf_addc(b, '"');
}

static void
add_rcpts(struct buf *b, const struct session *s, escape_fn *escape,
    const char *before, const char *after, const char *between)
{
	struct slice rest = buf_slice(&s->mail.rcpts), params;

	for (size_t i = 0; rest.n > 0 && i < RCPTS_SHOWN; i++) {
		if (i > 0)
			buf_addz(b, between);
		buf_addz(b, before);
		escape(b, mail_rcpt_next(&rest, &params));
		buf_addz(b, after);
	}
}

static void
line_json(struct buf *b, const struct session *s, uint64_t size, const char *id)
{
	char date[DATE_MAX_TEXT];

	date_iso(clock_wall_s(), date);
	buf_addf(
	    b, "{\"time\":\"%s\",\"client\":\"%s\",\"helo\":", date, s->client);
	add_quoted(b, buf_slice(&s->helo), escape_json);
	buf_addz(b, ",\"user\":");
	add_quoted(b, buf_slice(&s->user), escape_json);
	buf_addz(b, ",\"from\":");
	add_quoted(b, buf_slice(&s->mail.from), escape_json);
	buf_addz(b, ",\"to\":[");
	add_rcpts(b, s, escape_json, "\"", "\"", ",");
	buf_addf(b,
	    "],\"recipients\":%zu,\"code\":%d,\"bytes\":%llu,\"id\":\"%s\"}\n",
	    s->mail.count, s->code, (unsigned long long)size, id);
}

static void
line_common(
    struct buf *b, const struct session *s, uint64_t size, const char *id)
{
	char date[DATE_MAX_TEXT];

	date_log(clock_wall_s(), date);
	buf_addf(b, "%s - ", s->client);
	if (s->user.n > 0)
		escape_log(b, buf_slice(&s->user));
	else
		buf_addc(b, '-');
	buf_addf(b, " [%s] \"", date);
	if (id[0] != '\0') {
		buf_addz(b, "MAIL FROM:<");
		escape_log(b, buf_slice(&s->mail.from));
		buf_addz(b, "> TO:");
		add_rcpts(b, s, escape_log, "<", ">", ",");
		if (s->mail.count > RCPTS_SHOWN)
			buf_addf(b, ",+%zu", s->mail.count - RCPTS_SHOWN);
	} else {
		buf_addc(b, '-');
	}
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
	buf_init(&b, 4 * LINE_MAX_BYTES);
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
	add_line(s, size, id);
}

void
report_refused(
    struct session *s, const char *stage, struct slice address, size_t line)
{
	struct buf b;

	if (++s->refused > REPORT_REFUSED)
		return;
	buf_init(&b, LINE_MAX_BYTES);
	escape_log(&b, address);
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
