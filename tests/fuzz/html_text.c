/*
 * html_text.c - fuzz the text of HTML: of UTF-8 it makes UTF-8, never more
 * than there was, without blanks in a row; links have no blanks at all.
 */
#include <stdint.h>
#include <stdlib.h>

#include "fuzzrig/must.h"
#include "grammar/mail_address.h"
#include "indexer/charset.h"
#include "indexer/html_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf html, text, links, less;

	buf_init(&html, 3 * size);
	buf_init(&text, 3 * size + 1);
	buf_init(&links, 3 * size + 1);
	buf_init(&less, size / 2);
	must(charset_add_utf8(
	    (struct slice){ (const char *)data, size }, &html));
	must(html_text(buf_slice(&html), &text, &links));
	must(text.n <= html.n && links.n <= html.n);
	must(mail_is_utf8(buf_slice(&text)));
	must(mail_is_utf8(buf_slice(&links)));
	for (size_t i = 0; i < links.n; i++)
		must((unsigned char)links.p[i] > ' ' || links.p[i] == '\n');
	/* Where there is no room, it is the beginning. */
	html_text(buf_slice(&html), &less, NULL);
	must(!less.failed && mail_is_utf8(buf_slice(&less)));
	buf_free(&html);
	buf_free(&text);
	buf_free(&links);
	buf_free(&less);
	return 0;
}
