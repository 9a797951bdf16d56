/*
 * send_compose.c - any JSON as what POST /api/v1/send is given.
 *
 * Properties: it is refused with a reason, or becomes a message whose lines end
 * in CRLF, hold no control bytes in the header
 * but TAB, and whose header has each of our fields once.
 */
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "inboxd/send_compose.h"

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static unsigned
count(struct slice head, const char *name)
{
	unsigned n = 0;

	while (head.n > 0) {
		struct slice line = slice_cut(&head, '\n'), rest = line;

		n += slice_iis(slice_cut(&rest, ':'), name) && rest.p != NULL;
	}
	return n;
}

static void
check_lines(struct slice text)
{
	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');

		must(text.p != NULL); /* it ends in a line end */
		must(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		must(memchr(line.p, '\r', line.n) == NULL);
		must(memchr(line.p, '\0', line.n) == NULL);
	}
}

static void
check_head(struct slice text)
{
	const char *end = memmem(text.p, text.n, "\r\n\r\n", 4);
	struct slice head;

	must(end != NULL);
	head = slice_between(text.p, end + 2);
	must(count(head, "From") == 1 && count(head, "Subject") == 1);
	must(count(head, "MIME-Version") == 1);
	must(count(head, "Content-Type") == 1);
	must(count(head, "To") <= 1 && count(head, "Cc") <= 1);
	must(count(head, "Bcc") == 0);
	for (size_t i = 0; i < head.n; i++)
		must(head.p[i] == '\r' || head.p[i] == '\n' ||
		    head.p[i] == '\t' || (unsigned char)head.p[i] >= ' ');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct send_mail m;
	json_t *order;

	if (size > INPUT_MAX)
		return 0;
	order = json_loadb((const char *)data, size, 0, NULL);
	if (!json_is_object(order)) {
		json_decref(order);
		return 0;
	}
	if (send_compose(&m, order, "1700000000.M1P1Q1", 1700000000) == 0) {
		must(m.count > 0 && m.from.n > 0);
		check_lines(buf_slice(&m.text));
		check_head(buf_slice(&m.text));
	} else {
		must(m.why[0] != '\0');
	}
	send_free(&m);
	json_decref(order);
	return 0;
}
