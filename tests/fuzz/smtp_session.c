/*
 * smtp_session.c - any bytes as a whole conversation with berth-smtpd.
 *
 * The service as it is, over a socketpair, with a Maildir.  The first byte
 * chooses options, the second how the client speaks, the third which call of
 * the store fails, and whether the store may move files; the rest is what the
 * client says.  Properties, beside those of fuzzrig/mails.h:
 *   - the same replies and messages however the bytes are cut;
 *   - nothing in the Maildir, nor beside it, that was not accepted;
 *   - no descriptor is left open.
 */
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
#include "smtpd/login.h"
#include "smtpd/smtpd.h"

#define INPUT_MAX 16384
#define USERS     "ann:{PLAIN}pw\n"

static char users[SCRATCH_MAX];

static void
prepare(void)
{
	scratch_file("users", USERS, sizeof(USERS) - 1);
	strcpy(users, scratch_path("users"));
	postbox_open();
	smtpd_options.hostname = "mx.test";
	smtpd_options.max_recipients = 5;
	smtpd_options.timeout_ms = 5000;
}

static void
choose(unsigned flags)
{
	smtpd_options.lmtp = (flags & 1) != 0;
	smtpd_options.bare_newline = flags >> 1 & 1;
	smtpd_options.mailbox_by = flags >> 2 & 3;
	smtpd_options.max_size = (flags & 16) != 0 ? 0 : 4000;
	smtpd_options.line_ends = (flags & 32) != 0 ? SMTPD_LF : SMTPD_CRLF;
	smtpd_options.log_format = (flags & 32) != 0 ? LOG_JSON : LOG_COMBINED;
	smtpd_options.durability = (flags & 64) != 0 ? STORE_FULL : STORE_NONE;
	login_load((flags & 128) != 0 ? users : "any");
}

static void
converse(
    struct slice said, const struct manner *m, unsigned fault, struct buf *sum)
{
	struct conn c;

	still_begin();
	quiet_begin();
	postbox_fail(fault & 127, (fault & 128) == 0);
	talk_begin(&c, said, m);
	mail_service.serve(&c, &mail_service);
	conn_end(&c);
	postbox_fail(0, true);
	buf_init(sum, 4 * INPUT_MAX);
	mails_walk(said, talk_end(), m->stays, sum);
	must(quiet_lines() > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct slice said = { (const char *)data + 3, size - 3 };
	struct buf first, second;
	int before, after;

	if (users[0] == '\0')
		prepare();
	if (size < 3 || size > INPUT_MAX)
		return 0;
	choose(data[0]);
	whole.stays = (data[1] & 1) != 0;
	cut = (struct manner){ 1 + data[1] / 2, whole.stays };
	before = dup(STDIN_FILENO);
	close(before);
	converse(said, &whole, data[2], &first);
	converse(said, &cut, data[2], &second);
	after = dup(STDIN_FILENO);
	must(slice_eq(buf_slice(&first), buf_slice(&second)));
	must(after == before);
	close(after);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
