/*
 * log_line.c - fuzz what the logger makes of a message: any bytes as those of
 * a child that was taken over.
 *
 * Properties: what comes out is whole lines, LOG_LINE_MAX at most each, in
 * UTF-8, without anything that a terminal would obey; words begin with who
 * said them; a line of the access log has the logger's time, and in JSON is an
 * object whose time and pid are the logger's, once.
 */
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "fuzzrig/harmless.h"
#include "fuzzrig/must.h"
#include "grammar/log_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WHO    "berth[4242]: "
#define OBJECT "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"pid\":4242"
#define STAMP  "[14/Nov/2023:22:13:20 +0000] \""

static const struct log_source source = {
	.name = "berth", .pid = 4242, .wall_us = 1700000000123456
};

static void
is_one_line(struct slice s)
{
	must(s.n > 0 && s.n <= LOG_LINE_MAX && s.p[s.n - 1] == '\n');
	s.n--;
	must_be_harmless(s);
}

static void
words(struct slice text)
{
	struct slice line;
	struct buf b;

	buf_init(&b, LOG_LINE_ROOM);
	while (log_line_next(&text, &line)) {
		must(memchr(line.p, '\n', line.n) == NULL);
		buf_clear(&b);
		log_line_words(&b, &source, line);
		must(!b.failed);
		is_one_line(buf_slice(&b));
		must(slice_starts(buf_slice(&b), WHO));
	}
	buf_free(&b);
}

/* Only what jansson takes is looked at: brackets are all that was checked. */
static void
check_object(struct slice s)
{
	json_t *o = json_loadb(s.p, s.n, 0, NULL);

	must(slice_starts(s, OBJECT));
	must(strchr(",}", s.p[strlen(OBJECT)]) != NULL);
	if (o == NULL)
		return;
	must(json_integer_value(json_object_get(o, "pid")) == 4242);
	must(strcmp(json_string_value(json_object_get(o, "time")),
		 "2023-11-14T22:13:20.123456Z") == 0);
	json_decref(o);
}

static void
check_common(struct slice s)
{
	const char *at = memmem(s.p, s.n, STAMP, strlen(STAMP));

	must(at != NULL);
	for (const char *p = s.p; p < at; p++)
		must(*p != '[' && *p != ']');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct buf b;

	words(text);
	buf_init(&b, LOG_LINE_ROOM);
	if (log_line_access(&b, &source, text)) {
		must(!b.failed);
		is_one_line(buf_slice(&b));
		if (size > 1 && data[0] == '{' && data[1] == LOG_STAMP)
			check_object(buf_slice(&b));
		else if (data[0] == LOG_STAMP)
			must(slice_starts(buf_slice(&b), "22:13:20  "));
		else
			check_common(buf_slice(&b));
	} else {
		must(b.n == 0);
	}
	buf_free(&b);
	return 0;
}
