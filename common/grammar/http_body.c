/*
 * http_body.c - where does the body of a message end?
 */
#include "grammar/http_body.h"

#include "bytes/num.h"
#include "grammar/http_fault.h"

static int
read_length(struct slice s, uint64_t *length)
{
	uint64_t n;

	switch (num_decimal(s, &n)) {
	case NUM_OK:
		*length = n;
		return n > INT64_MAX ? HTTP_LONG_LENGTH : 1;
	case NUM_OVERFLOW:
		return HTTP_LONG_LENGTH;
	default:
		return HTTP_BAD_LENGTH;
	}
}

int
http_content_length(
    const struct http_fields *f, bool same_twice, uint64_t *length)
{
	struct http_list l = { 0 };
	struct slice member;
	uint64_t next;
	size_t count = http_count(f, "Content-Length");
	int status;

	if (count == 0)
		return 0;
	if (!same_twice) {
		struct slice value = http_get(f, "Content-Length");

		if (count > 1 || slice_find(value, ',') != NULL)
			return HTTP_TWO_LENGTHS;
		return read_length(value, length);
	}
	for (count = 0; http_next(f, "Content-Length", &l, &member); count++) {
		status = read_length(member, &next);
		if (status < 0)
			return status;
		if (count > 0 && next != *length)
			return HTTP_TWO_LENGTHS;
		*length = next;
	}
	return count > 0 ? 1 : HTTP_BAD_LENGTH;
}

/* "xchunked", "chunked;a=b": made to be read as chunked by someone else. */
static bool
looks_chunked(struct slice s)
{
	static const struct slice word = SLICE("chunked");

	for (size_t i = 0; i + word.n <= s.n; i++)
		if (slice_ieq((struct slice){ s.p + i, word.n }, word))
			return true;
	return false;
}

int
http_transfer_coding(const struct http_fields *f)
{
	struct http_list l = { 0 };
	struct slice member;
	bool chunked = false, other = false;

	if (http_count(f, "Transfer-Encoding") == 0)
		return 0;
	while (http_next(f, "Transfer-Encoding", &l, &member)) {
		struct slice rest, coding = http_before_params(member, &rest);

		if (chunked || !http_is_token(coding))
			return HTTP_BAD_CODING;
		if (slice_iis(member, "chunked"))
			chunked = true;
		else if (looks_chunked(member))
			return HTTP_BAD_CODING;
		else
			other = true;
	}
	if (other)
		return HTTP_NEW_CODING;
	return chunked ? 1 : HTTP_BAD_CODING;
}

int
http_body_of_request(
    const struct http_fields *f, int minor, struct http_body *body)
{
	uint64_t length = 0;
	int coding = http_count(f, "Transfer-Encoding") > 0;
	int has_length = http_count(f, "Content-Length") > 0;

	*body = (struct http_body){ .kind = HTTP_BODY_NONE };
	if (coding && minor == 0)
		return HTTP_OLD_CODING;
	if (coding && has_length)
		return HTTP_BOTH_FRAMINGS;
	if (coding) {
		coding = http_transfer_coding(f);
		body->kind = HTTP_BODY_CHUNKED;
		return coding < 0 ? coding : 0;
	}
	has_length = http_content_length(f, false, &length);
	if (has_length <= 0)
		return has_length;
	if (length > 0)
		*body = (struct http_body){ HTTP_BODY_LENGTH, length };
	return 0;
}

int
http_expects_100(const struct http_fields *f, int minor)
{
	struct http_list l = { 0 };
	struct slice member;
	int expects = 0;

	if (minor == 0)
		return 0;
	while (http_next(f, "Expect", &l, &member)) {
		if (!slice_iis(member, "100-continue"))
			return HTTP_BAD_EXPECT;
		expects = 1;
	}
	return expects;
}
