/*
 * multipart.c - fuzz what forms send: how the input is cut makes no difference,
 * each part that ended began, and no name leads into another folder.
 *
 * The first byte says how to cut.
 */
#include <stdint.h>
#include <string.h>

#include "bytes/buf.h"
#include "fuzzrig/must.h"
#include "grammar/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_name(struct slice file)
{
	char name[256];
	ssize_t n = multipart_file_name(file, name, sizeof(name));

	must(n == -1 || (n > 0 && (size_t)n == strlen(name)));
	must(n == -1 || strchr(name, '/') == NULL);
}

static void
tell(const struct multipart_news *news, bool *in_part, struct buf *told)
{
	switch (news->kind) {
	case MULTIPART_HEAD:
		must(!*in_part && news->name.p != NULL);
		*in_part = true;
		check_name(news->file);
		buf_addf(told, "<%zu,%zu>", news->name.n, news->file.n);
		break;
	case MULTIPART_DATA:
		must(*in_part && news->data.n > 0);
		buf_adds(told, news->data);
		break;
	case MULTIPART_END:
		must(*in_part);
		*in_part = false;
		buf_addc(told, '|');
		break;
	case MULTIPART_OVER:
		must(!*in_part);
		buf_addc(told, '.');
		break;
	case MULTIPART_NOTHING:
		break;
	}
}

/* Returns 0 or what is wrong. */
static int
feed(struct slice all, size_t step, struct buf *told)
{
	struct multipart m;
	struct multipart_news news;
	bool in_part = false;
	struct buf in;
	ssize_t n = 0;

	must(multipart_begin(&m,
		 (struct slice)SLICE("multipart/form-data; boundary=X")) == 0);
	buf_init(&in, all.n + 1);
	while (all.n > 0 && n >= 0) {
		struct slice piece = { all.p, step < all.n ? step : all.n };

		all = slice_from(all, piece.n);
		buf_adds(&in, piece);
		while ((n = multipart_eat(&m, buf_slice(&in), &news)) > 0) {
			must((size_t)n <= in.n);
			tell(&news, &in_part, told);
			buf_eat(&in, (size_t)n);
		}
		must(n < 0 || in.n < MULTIPART_ROOM);
	}
	buf_free(&in);
	return (int)n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { (const char *)data + 1, size - 1 };
	struct buf whole, cut;
	int a, b;

	if (size < 2 || size > 65536)
		return 0;
	buf_init(&whole, 32 * size);
	buf_init(&cut, 32 * size);
	a = feed(all, all.n, &whole);
	b = feed(all, data[0] % 37 + 1U, &cut);
	must(a == b);
	must(slice_eq(buf_slice(&whole), buf_slice(&cut)));
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
