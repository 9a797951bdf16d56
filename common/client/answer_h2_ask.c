/*
 * answer_h2_ask.c - a client's request by HTTP/2.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer_h2_inside.h"

#define FIELDS_MAX 256

struct fields {
	size_t n;
	nghttp2_nv at[FIELDS_MAX];
};

static void
add(struct fields *f, struct slice name, struct slice value)
{
	if (f->n < FIELDS_MAX)
		f->at[f->n++] = (nghttp2_nv){ .name = (uint8_t *)name.p,
			.namelen = name.n,
			.value = (uint8_t *)value.p,
			.valuelen = value.n };
}

/* RFC 9113 8.2.2 */
static bool
is_of_connection(struct slice name)
{
	return slice_iis(name, "Connection") || slice_iis(name, "Keep-Alive") ||
	    slice_iis(name, "Proxy-Connection") || slice_iis(name, "Upgrade") ||
	    slice_iis(name, "Transfer-Encoding");
}

static struct slice
next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The head's lines as fields, the pseudo-fields first. */
static void
read_head(struct fields *f, struct slice head, bool secure)
{
	static const struct slice method = SLICE(":method"),
				  path = SLICE(":path"),
				  scheme = SLICE(":scheme"),
				  http = SLICE("http"), https = SLICE("https"),
				  authority = SLICE(":authority");
	struct slice line = next_line(&head), lines = head;

	f->n = 0;
	add(f, method, slice_cut(&line, ' '));
	add(f, scheme, secure ? https : http);
	add(f, path, slice_cut(&line, ' '));
	for (struct slice rest = lines; rest.n > 0;) {
		struct slice value = next_line(&rest),
			     name = slice_cut(&value, ':');

		if (slice_iis(name, "Host"))
			add(f, authority, slice_trim(value));
	}
	while (lines.n > 0) {
		struct slice value = next_line(&lines),
			     name = slice_cut(&value, ':');

		if (name.n > 0 && !slice_iis(name, "Host") &&
		    !is_of_connection(name))
			add(f, name, slice_trim(value));
	}
}

static ssize_t
give_body(nghttp2_session *session, int32_t id, uint8_t *to, size_t n,
    uint32_t *flags, nghttp2_data_source *source, void *own)
{
	struct answer_h2 *h = own;

	(void)session;
	(void)id;
	(void)source;
	if (n > h->body.n)
		n = h->body.n;
	if (n > 0)
		memcpy(to, h->body.p, n);
	h->body = slice_from(h->body, n);
	if (h->body.n == 0)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

/* Is there an answer, or will there be none? */
static bool
is_decided(const struct answer_h2 *h)
{
	return h->final || h->closed || h->broken != 0;
}

int
answer_h2_ask(struct answer_h2 *h, struct slice head, struct slice body)
{
	nghttp2_data_provider give = { .read_callback = give_body };
	struct fields *f = malloc(sizeof(*f)); /* large */
	ssize_t status = 0;

	errno = ENOMEM;
	if (f == NULL)
		return CONN_ERROR;
	read_head(f, head, h->c->secure);
	h->body = body;
	h->heads = h->status = h->interim = 0;
	h->full = h->final = h->ended = h->closed = false;
	buf_clear(&h->data);
	h->stream = nghttp2_submit_request(
	    h->session, NULL, f->at, f->n, body.n > 0 ? &give : NULL, NULL);
	free(f);
	if (h->stream < 0)
		return CONN_ERROR;
	status = answer_h2_send(h);
	/* Windows open as the server reads. */
	while (status >= 0 && h->body.n > 0 && !is_decided(h))
		status = answer_h2_pump(h) > 0 ? 0 : CONN_ERROR;
	return (int)status;
}
