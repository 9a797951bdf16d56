/*
 * message.c - fuzz the reading of a mail file: the document is an object of
 * valid JSON with all its members; parts lie within the file, and hold as much
 * as it says when they are decoded the way the server does it.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "grammar/transfer.h"
#include "indexer/message.h"
#include "system/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const members[] = { "MessageID", "From", "To", "Cc", "Bcc",
	"ReplyTo", "ReturnPath", "Subject", "ListUnsubscribe", "Date",
	"Username", "Text", "HTML", "Size", "Inline", "Attachments", "Snippet",
	"Envelope", "SentOffset", "Headers", "Links", "Parts", "SearchText" };

static int
file_of(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		message_prepare();
		fd = memfd_create("mail", MFD_CLOEXEC);
	}
	must(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	must(io_write_all(fd, data, size) == (ssize_t)size);
	return fd;
}

static size_t
number(const json_t *o, const char *key)
{
	json_t *n = json_object_get(o, key);

	must(json_is_integer(n) && json_integer_value(n) >= 0);
	return (size_t)json_integer_value(n);
}

static void
check_part(const json_t *part, struct slice file)
{
	size_t offset = number(part, "Offset"), length = number(part, "Length");
	const char *encoding =
	    json_string_value(json_object_get(part, "Encoding"));
	struct transfer t;
	struct buf out;

	must(offset <= file.n && length <= file.n - offset);
	buf_init(&out, length + 1);
	transfer_begin(&t, transfer_named(slice_of(encoding)));
	transfer_add(&t, (struct slice){ file.p + offset, length }, &out);
	transfer_end(&t, &out);
	must(out.n == number(part, "Size"));
	buf_free(&out);
}

/* Files are parts, too. */
static bool
is_part(const json_t *file, const json_t *parts)
{
	const char *id = json_string_value(json_object_get(file, "PartID"));
	const json_t *part;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		const char *other =
		    json_string_value(json_object_get(part, "PartID"));

		if (slice_is(slice_of(other), id))
			return number(file, "Size") == number(part, "Size");
	}
	return false;
}

static void
check(const json_t *root, struct slice file)
{
	json_t *parts = json_object_get(root, "Parts"), *one;
	size_t i;

	must(json_is_object(root));
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		must(json_object_get(root, members[i]) != NULL);
	must(number(root, "Size") == file.n);
	must(number(root, "SentOffset") <= file.n);
	must(json_array_size(parts) > 0);
	json_array_foreach(parts, i, one)
	{
		check_part(one, file);
	}
	json_array_foreach(json_object_get(root, "Inline"), i, one)
	{
		must(is_part(one, parts));
	}
	json_array_foreach(json_object_get(root, "Attachments"), i, one)
	{
		must(is_part(one, parts));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = file_of(data, size);
	struct buf json;
	json_t *root;

	buf_init(&json, MESSAGE_JSON_MAX);
	must(message_read(fd, &json) == 0 && !json.failed);
	root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	must(root != NULL);
	check(root, (struct slice){ (const char *)data, size });
	json_decref(root);
	buf_free(&json);
	return 0;
}
