/*
 * http_response.c - the head of a response, read by a client.
 */
#include "grammar/http_response.h"

#include "bytes/ascii.h"
#include "grammar/http_fault.h"

#define MAX_LINE 8192  /* of the status line */
#define MAX_HEAD 65536 /* as HTTP_MAX_HEAD for requests */

/*
 * "HTTP/1.1 200 OK".  line has no line end.
 */
static int
read_line(struct slice line, struct http_response *r)
{
	static const char pattern[] = "HTTP/d.d ddd";
	const char *p = line.p;

	for (size_t i = 0; i < sizeof(pattern) - 1; i++) {
		if (i >= line.n)
			return HTTP_BAD_STATUS;
		if (pattern[i] == 'd' ? !ascii_is(p[i], ASCII_DIGIT) :
					p[i] != pattern[i])
			return HTTP_BAD_STATUS;
	}
	if (p[5] != '1')
		return HTTP_NEW_VERSION;
	r->minor = p[7] != '0';
	r->status = (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
	if (r->status < 100 || r->status > 599)
		return HTTP_BAD_STATUS;
	r->reason = slice_from(line, sizeof(pattern) - 1);
	if (r->reason.n > 0 && r->reason.p[0] != ' ')
		return HTTP_BAD_STATUS;
	r->reason = slice_trim(r->reason);
	for (size_t i = 0; i < r->reason.n; i++)
		if (ascii_is(r->reason.p[i], ASCII_CTL) &&
		    r->reason.p[i] != '\t')
			return HTTP_BAD_STATUS;
	return 0;
}

/* Is what has come of the status line still the beginning of one? */
static bool
may_become(struct slice part)
{
	static const struct slice begin = SLICE("HTTP/");
	size_t n = part.n < begin.n ? part.n : begin.n;

	return part.n <= MAX_LINE &&
	    slice_eq((struct slice){ part.p, n }, (struct slice){ begin.p, n });
}

long
http_response_parse(struct slice s, struct http_response *r)
{
	static const struct http_rules rules = { true, true };
	struct slice rest, line;
	size_t used;
	long n;
	int fault;

	if (s.n > MAX_HEAD)
		s.n = MAX_HEAD;
	rest = s;
	line = slice_cut(&rest, '\n');
	if (!may_become(line))
		return HTTP_BAD_STATUS;
	if (rest.p == NULL)
		return 0;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	*r = (struct http_response){ .line = line };
	fault = read_line(line, r);
	if (fault < 0)
		return fault;
	used = s.n - rest.n;
	n = http_fields_parse(rest, &rules, &r->fields);
	if (n == 0 && s.n == MAX_HEAD)
		return HTTP_LONG_HEAD;
	if (n <= 0)
		return n;
	r->keep_alive = !http_has(&r->fields, "Connection", "close") &&
	    (r->minor > 0 || http_has(&r->fields, "Connection", "keep-alive"));
	return (long)used + n;
}

int
http_response_body(
    const struct http_response *r, bool to_head, struct http_body *body)
{
	int coding, has;

	*body = (struct http_body){ .kind = HTTP_BODY_NONE };
	if (to_head || r->status < 200 || r->status == 204 || r->status == 304)
		return 0;
	coding = http_transfer_coding(&r->fields);
	if (coding < 0)
		return coding;
	if (coding > 0) {
		body->kind = HTTP_BODY_CHUNKED;
		return 0;
	}
	has = http_content_length(&r->fields, true, &body->length);
	if (has < 0)
		return has;
	body->kind = has > 0 ? HTTP_BODY_LENGTH : HTTP_BODY_TO_END;
	return 0;
}
