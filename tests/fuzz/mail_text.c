/*
 * mail_text.c - fuzz what stands around mail: trace blocks, folders, encoded
 * words, lists of addresses, rules of faults.
 *
 * Properties: a trace block ends within the bytes, and where it ends with all
 * the bytes it ends with any more of them; what is made of any envelope is
 * read back the same.  A folder's name has no slash and but one dot, and says
 * what it stands for.  A value for a header field is ASCII and has no line
 * that could be another field.  A list comes to an end or to a fault in it, and
 * each address of it is one that a path can hold, and reads as itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/mail_folder.h"
#include "grammar/mail_list.h"
#include "grammar/mail_trace.h"
#include "grammar/mail_word.h"
#include "smtpd/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4096

static void
read_trace(struct slice in)
{
	struct mail_trace t;
	int whole = mail_trace_read(in, &t), by_bytes = 0;

	for (size_t n = 0; n <= in.n && by_bytes == 0; n++)
		by_bytes = mail_trace_read((struct slice){ in.p, n }, &t);
	if (whole != by_bytes || whole > (int)in.n)
		abort();
}

static void
make_trace(const struct mail_address *a, struct slice message)
{
	struct mail_trace t = { .from = a->text, .rcpt_count = 1 }, back;
	struct slice rest, params;
	struct buf list, b;
	size_t n;

	buf_init(&list, MOST * 2);
	buf_init(&b, MOST * 20);
	mail_rcpt_add(&list, a->text, slice_of("NOTIFY=NEVER"));
	t.rcpts = buf_slice(&list);
	t.helo = message;
	t.host = slice_of("mx");
	t.with = slice_of("ESMTP");
	t.id = slice_of("1");
	mail_trace_make(&t, &b);
	n = b.n;
	buf_adds(&b, message);
	if (b.failed || mail_trace_read(buf_slice(&b), &back) != (int)n ||
	    !slice_eq(back.from, a->text))
		abort();
	rest = back.rcpts;
	if (!slice_eq(mail_trace_rcpt(&rest, &params), a->text) ||
	    !slice_is(params, "NOTIFY=NEVER"))
		abort();
	buf_free(&list);
	buf_free(&b);
}

static void
folder(const struct mail_address *a)
{
	for (int by = MAIL_BY_ADDRESS; by <= MAIL_BY_USER; by++) {
		struct buf name, text;

		buf_init(&name, MOST);
		buf_init(&text, MOST);
		mail_folder(a, (enum mail_folder_by)by, &name);
		if (name.failed || name.n < 2 || name.p[0] != '.' ||
		    memchr(name.p + 1, '.', name.n - 1) != NULL ||
		    memchr(name.p, '/', name.n) != NULL ||
		    memchr(name.p, '\0', name.n) != NULL)
			abort();
		/* A name that was cut may end within an escape. */
		if (name.n <= MAIL_FOLDER_MAX &&
		    mail_folder_text(buf_slice(&name), &text) < 0)
			abort();
		buf_free(&name);
		buf_free(&text);
	}
}

static void
words(struct slice in)
{
	struct buf b;

	buf_init(&b, MOST * 20);
	mail_word(in, &b);
	mail_parameter("x", in, &b);
	if (b.failed)
		abort();
	for (size_t i = 0; i < b.n; i++) {
		if ((unsigned char)b.p[i] > 127)
			abort();
		if (b.p[i] == '\n' && (i + 1 == b.n || b.p[i + 1] != ' '))
			abort();
	}
	buf_free(&b);
}

/* One address, as a server would read it and as a list of its own. */
static void
entry(const struct buf *address)
{
	struct mail_address a;
	struct mail_list again;
	struct buf same, name;

	if (address->n == 0)
		return;
	if (mail_path(buf_slice(address), &a) != (int)address->n ||
	    memchr(address->p, '\r', address->n) != NULL ||
	    memchr(address->p, '\n', address->n) != NULL ||
	    memchr(address->p, '\0', address->n) != NULL)
		abort();
	buf_init(&same, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	mail_list_init(&again, buf_slice(address));
	if (mail_list_read(&again, &same, &name) != 1 ||
	    !slice_eq(buf_slice(address), buf_slice(&same)) ||
	    mail_list_read(&again, &same, &name) != 0)
		abort();
	buf_free(&same);
	buf_free(&name);
}

static void
list(struct slice in)
{
	struct buf address, name;
	struct mail_list l;
	size_t n = 0;
	int status;

	buf_init(&address, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	mail_list_init(&l, in);
	while ((status = mail_list_read(&l, &address, &name)) == 1) {
		if (n++ > in.n)
			abort();
		entry(&address);
	}
	if (status < 0 ? l.why == NULL || l.where > in.n : l.at != in.n)
		abort();
	buf_free(&address);
	buf_free(&name);
}

static void
rule(struct slice in)
{
	char line[MOST + 1];
	struct rule r;
	const char *why = NULL;

	memcpy(line, in.p, in.n);
	line[in.n] = '\0';
	if (rules_parse(line, &r, &why) < 0 && why == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct mail_address a;

	if (size == 0 || size > MOST)
		return 0;
	read_trace(in);
	words(in);
	rule(in);
	list(in);
	if (mail_path(in, &a) > 0 && a.text.n > 0) {
		make_trace(&a, in);
		folder(&a);
	}
	return 0;
}
