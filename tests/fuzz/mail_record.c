/*
 * mail_record.c - fuzz what the index takes of a message: any bytes as a mail
 * file that no reader reads, and any bytes as what a reader says.
 *
 * Properties: of every file a record is made that is JSON in UTF-8; what the
 * index takes of a record is folded, and its summary completes an object; a
 * record that was taken is taken again.
 */
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "mail/fold.h"
#include "mail/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_object(struct slice s)
{
	json_t *o = json_loadb(s.p, s.n, JSON_ALLOW_NUL, NULL);
	bool is = json_is_object(o);

	json_decref(o);
	return is;
}

static void
is_folded(const struct buf *b)
{
	struct buf again;

	buf_init(&again, b->n + 1);
	fold_text(buf_slice(b), &again);
	must(slice_eq(buf_slice(&again), buf_slice(b)));
	buf_free(&again);
}

static int
take(struct slice json)
{
	struct record r;
	struct buf whole;
	int status = record_read(&r, json, 0, 0);

	if (status == 0) {
		is_folded(&r.text);
		is_folded(&r.subject);
		is_folded(&r.message_id);
		must(is_object(buf_slice(&r.json)));
		buf_init(&whole, r.summary.n + 16);
		buf_addz(&whole, "{\"ID\":1");
		buf_adds(&whole, buf_slice(&r.summary));
		buf_addc(&whole, '}');
		must(is_object(buf_slice(&whole)));
		buf_free(&whole);
	}
	record_free(&r);
	return status;
}

static void
take_twice(struct slice json)
{
	struct record r;

	if (take(json) < 0)
		return;
	must(record_read(&r, json, 0, 0) == 0);
	must(take(buf_slice(&r.json)) == 0);
	record_free(&r);
}

static void
read_raw(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct buf json;

	if (fd < 0)
		fd = memfd_create("mail", MFD_CLOEXEC);
	must(fd >= 0 && ftruncate(fd, 0) == 0);
	must(pwrite(fd, data, size, 0) == (ssize_t)size);
	buf_init(&json, RECORD_MAX);
	must(record_raw(fd, "why \"not\"", &json) == 0);
	must(is_object(buf_slice(&json)));
	must(take(buf_slice(&json)) == 0);
	buf_free(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 65536)
		return 0;
	read_raw(data, size);
	take_twice((struct slice){ (const char *)data, size });
	return 0;
}
