/*
 * content.c - the message itself on its way: behind a 354, or in chunks.
 */
#include "smtp.h"
#include "dialogue.h"
#include "message.h"
#include "sending.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "grammar/smtp_data.h"
#include "system/log.h"

#define BLOCK 65536     /* bytes of a message at once */
#define CHUNK (1 << 20) /* bytes of a BDAT */
#define SHOWN 4096      /* a message up to here is shown in the dialogue */

/* Where in its lines the message is: between content_data and content_dot. */
static struct smtp_writer writer;

static void
say_bytes(struct dialogue *l, struct slice bytes)
{
	int status;

	if (l->fault != 0 || l->cut)
		return;
	conn_deadline(&l->c, WAIT_BLOCK);
	status = conn_say(&l->c, bytes);
	if (status == CONN_TIMEOUT) {
		log_error(
		    "%s: timed out while the message was sent", l->o->host);
		l->fault = EXIT_LATER;
	} else if (status < 0) {
		/* It has hung up: what it had to say may be here. */
		l->cut = true;
	}
}

static size_t
read_block(const struct message *l, uint64_t at, char *to, size_t n)
{
	ssize_t got = pread(fileno(l->file), to, n, (off_t)at);

	if (got <= 0)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	return (size_t)got;
}

/* The lines as they go over the wire, if they are few. */
static void
show(const struct dialogue *l, const struct message *message, struct slice wire)
{
	if (!l->o->verbose)
		return;
	if (message->size > SHOWN) {
		if (wire.n > 0)
			printf("C: (%llu bytes)\n",
			    (unsigned long long)message->size);
		return;
	}
	while (wire.n > 0) {
		struct slice line = slice_cut(&wire, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		dialogue_show(l, "C: ", line);
	}
}

void
content_data(struct dialogue *l, const struct message *message)
{
	static char block[BLOCK], out[2 * BLOCK];
	uint64_t at = 0;

	smtp_writer_init(&writer);
	while (
	    message != NULL && at < message->size && l->fault == 0 && !l->cut) {
		/* Who speaks now does not want the rest. */
		if (at > 0 && conn_has_more(&l->c)) {
			l->cut = true;
			return;
		}
		size_t n = read_block(message, at, block, BLOCK);
		struct slice wire = { out, 0 };

		wire.n =
		    smtp_writer_put(&writer, (struct slice){ block, n }, out);
		if (at == 0)
			show(l, message, wire);
		at += n;
		say_bytes(l, wire);
	}
}

void
content_dot(struct dialogue *l)
{
	char end[SMTP_WRITER_END];

	if (l->cut)
		return;
	say_bytes(l, (struct slice){ end, smtp_writer_end(&writer, end) });
	dialogue_show(l, "C: ", slice_of("."));
}

/* One chunk, from at to end. */
static void
say_chunk(struct dialogue *l, const struct message *message, uint64_t at,
    uint64_t end)
{
	static char block[BLOCK];

	dialogue_say(l, NULL, "BDAT %llu%s", (unsigned long long)(end - at),
	    end == message->size ? " LAST" : "");
	say_bytes(l, buf_slice(&l->out));
	buf_clear(&l->out);
	while (at < end && l->fault == 0 && !l->cut) {
		size_t n = end - at < BLOCK ? (size_t)(end - at) : BLOCK;

		n = read_block(message, at, block, n);
		at += n;
		say_bytes(l, (struct slice){ block, n });
	}
}

int
content_bdat(struct dialogue *l, const struct message *message)
{
	uint64_t at = 0, left = message->size;
	int code = 0;

	while (left > CHUNK && code == 0) {
		say_chunk(l, message, at, at + CHUNK);
		at += CHUNK;
		left -= CHUNK;
		dialogue_hear(l, WAIT_DOT);
		code = dialogue_judge(l, 2, "BDAT");
	}
	if (code == 0)
		say_chunk(l, message, at, message->size);
	return code;
}
