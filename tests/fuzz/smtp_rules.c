/*
 * smtp_rules.c - any bytes as a file of --rules and a conversation under it.
 *
 * The first byte chooses options, the second how the client speaks; then come
 * the rules, up to a NUL, and what the client says.  Properties: a line is a
 * rule, or none, or wrong with a reason; replies are well formed, whatever the
 * rules say; all that was accepted is in the Maildir and nothing else; the
 * same codes however the bytes are cut; no descriptor is left open.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fuzzrig/mails.h"
#include "fuzzrig/must.h"
#include "fuzzrig/postbox.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/scratch.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "service/server.h"
#include "system/logfile.h"
#include "smtpd/rules.h"
#include "smtpd/smtpd.h"

#define INPUT_MAX 4096
#define DELAY_MAX 20000 /* ms: the clock stands still, but it is looked at */
#define ACCEPTED  " Message accepted for delivery\r\n"

static void
prepare(void)
{
	if (smtpd_options.hostname != NULL)
		return;
	postbox_open();
	smtpd_options.hostname = "mx.test";
	smtpd_options.max_recipients = 5;
	smtpd_options.timeout_ms = 5000;
}

/* Is every line in order?  Then the file can be read. */
static bool
are_rules(struct slice text)
{
	size_t count = 0;

	while (text.n > 0) {
		struct slice one = slice_cut(&text, '\n');
		char copy[INPUT_MAX];
		struct rule r = { .delay_ms = 0 };
		const char *why = NULL;
		int status;

		must(slice_copy(one, copy, sizeof(copy)) == 0);
		copy[strcspn(copy, "\r")] = '\0';
		status = rules_parse(copy, &r, &why);
		must(status >= 0 || why != NULL);
		must(status <= 0 || r.reply != NULL || r.drop ||
		    r.delay_ms >= 0);
		count += status > 0;
		if (status < 0 || r.delay_ms > DELAY_MAX || count > RULES_MAX)
			return false;
	}
	return true;
}

static void
load(struct slice text)
{
	int fd = open(scratch_path("rules"),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	must(close(fd) == 0);
	rules_load(scratch_path("rules"));
}

/* Codes to sum; each message that was accepted is there, once. */
static void
walk(struct slice told, struct buf *sum)
{
	struct slice text, before = { NULL, 0 };

	while (told.n > 0) {
		buf_addf(sum, "%d ", mails_reply(&told, &text));
		/* LMTP says it to each recipient; a rule may say it too. */
		if (!slice_starts(text, "250 2.0.0 1900") ||
		    !slice_ends(text, ACCEPTED) || slice_eq(text, before))
			continue;
		before = text;
		postbox_drop((struct slice){
		    text.p + 10, text.n - 10 - (sizeof(ACCEPTED) - 1) });
	}
	postbox_is_empty();
}

static void
converse(struct slice rules, struct slice said, const struct manner *m,
    struct buf *sum)
{
	struct conn c;

	still_begin();
	quiet_begin();
	load(rules);
	talk_begin(&c, said, m);
	mail_service.serve(&c, &mail_service);
	conn_end(&c);
	buf_init(sum, 4 * INPUT_MAX);
	walk(talk_end(), sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data + 2, size - 2 }, rules;
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct buf first, second;
	int before, after;

	prepare();
	if (size < 2 || size > INPUT_MAX)
		return 0;
	rules = slice_cut(&rest, '\0');
	if (!are_rules(rules))
		return 0;
	smtpd_options.lmtp = (data[0] & 1) != 0;
	smtpd_options.log_format = (data[0] & 2) != 0 ? LOG_JSON : LOG_COMMON;
	smtpd_options.durability = STORE_NONE;
	whole.stays = (data[1] & 1) != 0;
	cut = (struct manner){ 1 + data[1] / 2, whole.stays };
	before = dup(STDIN_FILENO);
	close(before);
	converse(rules, rest, &whole, &first);
	converse(rules, rest, &cut, &second);
	after = dup(STDIN_FILENO);
	must(slice_eq(buf_slice(&first), buf_slice(&second)));
	must(after == before);
	close(after);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
