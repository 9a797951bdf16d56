/*
 * smtp_input.c - any bytes as what berth-smtp, or sendmail, is to send.
 *
 * The first byte chooses options.  Properties: it ends in a message; its lines
 * end in CRLF and in nothing else; its header has a From, a Date
 * and a Message-ID and neither Bcc; a text comes out without lines of more than
 * 998; and when seven_bit() says that it is ASCII it is.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "smtp/dialogue.h"
#include "smtp/message.h"
#include "smtp/sending.h"
#include "smtp/smtp.h"

#define INPUT_MAX 8192
#define OUT_MAX   (16 * INPUT_MAX)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct slice
read_all(const struct message *m, char *to)
{
	must(m->size < OUT_MAX);
	must(pread(fileno(m->file), to, OUT_MAX, 0) == (ssize_t)m->size);
	return (struct slice){ to, (size_t)m->size };
}

static void
check_lines(struct slice all, bool short_ones)
{
	for (size_t i = 0; i < all.n; i++) {
		must((all.p[i] == '\n') == (i > 0 && all.p[i - 1] == '\r'));
		must(all.p[i] != '\r' ||
		    (i + 1 < all.n && all.p[i + 1] == '\n'));
	}
	while (short_ones && all.n > 0)
		must(slice_cut(&all, '\n').n <= 999);
}

/* Count the fields of that name; the header ends at the empty line. */
static size_t
count(struct slice all, const char *name)
{
	struct field f;
	size_t n = 0;

	while (all.n > 0) {
		struct slice line = slice_cut(&all, '\n');

		if (line.n <= 1)
			return n;
		n += field_split(line, &f) && slice_iis(f.name, name);
	}
	must(false); /* no empty line */
	return n;
}

static void
check_header(struct slice all)
{
	must(count(all, "From") > 0);
	must(count(all, "Date") > 0);
	must(count(all, "Message-ID") > 0);
	must(count(all, "Bcc") == 0);
	must(count(all, "Resent-Bcc") == 0);
}

static void
check_seven(const struct message *m)
{
	static char out[8 * OUT_MAX];
	struct message seven;

	if (!m->eight_bit)
		return;
	if (seven_bit(m, &seven)) {
		must(seven.size < sizeof(out));
		must(pread(fileno(seven.file), out, sizeof(out), 0) ==
		    (ssize_t)seven.size);
		for (size_t i = 0; i < seven.size; i++)
			must((unsigned char)out[i] < 128);
	}
	if (seven.file != NULL)
		fclose(seven.file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[OUT_MAX + 1];
	static const char *to[] = { "c@d" };
	struct options o = { .from = "a@b", .to = to, .to_count = 1 };
	struct message m;
	struct head h;
	bool is_whole;
	FILE *in;

	if (size < 1 || size > INPUT_MAX)
		return 0;
	o.text = (data[0] & 1) != 0;
	o.subject = (data[0] & 2) != 0 ? "Gr\xc3\xbc\xc3\x9f"
					 "e" :
					 NULL;
	o.from_name = (data[0] & 4) != 0 ? "J\xf6rg, A. \"B\"" : NULL;
	quiet_begin();
	in = tmpfile();
	must(in != NULL && fwrite(data + 1, 1, size - 1, in) == size - 1);
	rewind(in);
	compose(&m, in, &o);
	rewind(in);
	head_read(&h, in);
	is_whole = !o.text && whole_is(&h);
	head_free(&h);
	fclose(in);
	check_lines(read_all(&m, out), !is_whole);
	check_header(read_all(&m, out));
	check_seven(&m);
	fclose(m.file);
	return 0;
}
