/*
 * api_info.c - about the inbox itself.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "service/scoreboard.h"
#include "system/args.h"
#include "system/clock.h"

#define INFO_MAX (1 << 20)

/* Bytes of memory that this process has kept in RAM at most. */
static long long
memory(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss * 1024LL : 0;
}

/* Messages that were refused or put off, by the receivers of this program. */
static long long
rejected(void)
{
	uint64_t n = 0;

	for (size_t i = 0; i < SERVICE_MAX; i++) {
		const struct tally_service *t = &scoreboard_tally()->of[i];

		n += t->mails[MAIL_DEFERRED] + t->mails[MAIL_REFUSED];
	}
	return (long long)n;
}

struct tags {
	struct buf *out;
	int n;
};

static int
add_tag(void *with, const char *name, int64_t count)
{
	struct tags *t = with;

	if (t->n++ > 0)
		buf_addc(t->out, ',');
	record_string(t->out, slice_of(name));
	buf_addf(t->out, ":%lld", (long long)count);
	return 0;
}

static int
make_info(struct buf *out, const struct index_scope *scope)
{
	struct index_counts c;
	struct tags tags = { .out = out };
	struct stat st;
	int64_t size = 0;
	int status = index_count(inbox.index, scope, &c);

	if (status == 0)
		status = index_size(inbox.index, scope->folder, &size);
	if (status < 0)
		return status;
	if (fstatat(maildir_root(inbox.maildir), INDEX_FILE, &st, 0) < 0)
		st.st_size = 0;
	buf_addz(out,
	    "{\"Version\":\"" BERTH_VERSION
	    "\",\"LatestVersion\":\"" BERTH_VERSION "\",\"Database\":");
	record_string(out, slice_of(inbox.path));
	buf_addf(out,
	    ",\"DatabaseSize\":%lld,\"Messages\":%lld,\"Unread\":%lld,"
	    "\"Tags\":{",
	    (long long)st.st_size, (long long)c.total, (long long)c.unread);
	status = index_tags(inbox.index, scope->folder, add_tag, &tags);
	buf_addz(out, "},\"SMTP\":");
	record_string(out, slice_of(inbox.smtp != NULL ? inbox.smtp : ""));
	/* Who accepted them may not run any more: they are what is there. */
	buf_addf(out,
	    ",\"RuntimeStats\":{\"Uptime\":%lld,\"Memory\":%lld,"
	    "\"MessagesDeleted\":0,\"SMTPAccepted\":%lld,"
	    "\"SMTPAcceptedSize\":%lld,\"SMTPRejected\":%lld,"
	    "\"SMTPIgnored\":0}}",
	    (long long)(clock_wall_s() - inbox.started_s), memory(),
	    (long long)c.total, (long long)size, rejected());
	return status;
}

int
api_info(struct exchange *x, const char *part)
{
	struct index_scope whole = { 0 };
	struct scope s;
	struct buf out;
	int status;

	(void)part;
	barrier_wait();
	buf_init(&out, INFO_MAX);
	if (scope_read(x, &s) == 0) {
		whole.folder = s.index.folder;
		status = make_info(&out, &whole);
		if (status < 0)
			inbox_failed(x, status);
		else
			web_json(x, 200, &out);
	}
	scope_free(&s);
	buf_free(&out);
	return 0;
}

/* To whom mail may be released. */
static void
add_recipients(struct buf *out)
{
	struct buf all;

	buf_init(&all, INFO_MAX);
	for (size_t i = 0; i < inbox.relay_to.n; i++) {
		if (i > 0)
			buf_addz(&all, ", ");
		buf_addz(&all, inbox.relay_to.item[i]);
	}
	record_string(out, buf_slice(&all));
	buf_free(&all);
}

int
api_webui(struct exchange *x, const char *part)
{
	struct buf out;

	(void)part;
	buf_init(&out, INFO_MAX);
	buf_addz(&out, "{\"Label\":");
	record_string(&out, slice_of(inbox.label));
	buf_addz(&out, ",\"MessageRelay\":{\"Enabled\":");
	buf_addz(&out, inbox.relay != NULL ? "true" : "false");
	buf_addz(&out, ",\"SMTPServer\":");
	record_string(&out, slice_of(inbox.relay));
	buf_addz(&out, ",\"ReturnPath\":\"\",\"AllowedRecipients\":");
	add_recipients(&out);
	buf_addz(&out,
	    ",\"BlockedRecipients\":\"\",\"OverrideFrom\":\"\","
	    "\"PreserveMessageIDs\":true,\"RecipientAllowlist\":\"\"},"
	    "\"SpamAssassin\":false,\"ChaosEnabled\":true,"
	    "\"DuplicatesIgnored\":false,\"HideDeleteAllButton\":false}");
	web_json(x, 200, &out);
	buf_free(&out);
	return 0;
}

/* Alive, and ready: is the index there, and all of the Maildir in it? */
int
api_alive(struct exchange *x, const char *part)
{
	struct index_state state;
	int status;

	(void)part;
	if (web_is(x, "/livez"))
		return inbox_ok(x);
	status = index_state(inbox.index, &state);
	if (status < 0)
		return inbox_failed(x, status);
	if (!state.complete)
		return inbox_failed(x, INDEX_ABSENT);
	status = index_behind(maildir_root(inbox.maildir));
	if (status < 0)
		return inbox_failed(x, status);
	return inbox_ok(x);
}

static void
add_metric(struct buf *out, const char *name, const char *help,
    const char *type, long long value)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name,
	    type, name, value);
}

int
api_metrics(struct exchange *x, const char *part)
{
	struct tally_sum t = scoreboard_sum();
	struct index_scope all = { 0 };
	struct index_counts c;
	struct buf out;
	int status = index_count(inbox.index, &all, &c);

	(void)part;
	if (status < 0)
		return inbox_failed(x, status);
	buf_init(&out, INFO_MAX);
	add_metric(&out, "berth_messages", "Messages in the Maildir.", "gauge",
	    c.total);
	add_metric(&out, "berth_messages_unread", "Of these, unread.", "gauge",
	    c.unread);
	add_metric(&out, "berth_requests_total",
	    "Requests and messages that were answered.", "counter",
	    (long long)t.requests);
	add_metric(&out, "berth_refused_total",
	    "Of these, answered with an error.", "counter",
	    (long long)t.refused);
	add_metric(&out, "berth_received_bytes_total", "Bytes from clients.",
	    "counter", (long long)t.received);
	add_metric(&out, "berth_sent_bytes_total", "Bytes to clients.",
	    "counter", (long long)t.sent);
	web_made(x, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
	buf_free(&out);
	return 0;
}
