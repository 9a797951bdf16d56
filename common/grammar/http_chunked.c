/*
 * http_chunked.c - the chunked transfer coding, read as it arrives.
 */
#include "grammar/http_chunked.h"

#include "bytes/ascii.h"
#include "grammar/http_fault.h"
#include "grammar/http_fields.h"

/* Where we are, in the order of the grammar.  Negative: a fault, for good. */
enum state {
	SIZE,      /* 1*HEXDIG */
	SIZE_GAP,  /* white space before ";" */
	EXT_NAME0, /* behind ";" */
	EXT_NAME,
	EXT_NAME_GAP, /* white space before "=" or ";" */
	EXT_VALUE0,   /* behind "=" */
	EXT_VALUE,
	EXT_QUOTED,
	EXT_ESCAPED,
	EXT_END, /* behind the closing quote */
	EXT_END_GAP,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER0, /* at the start of a line */
	TRAILER_NAME,
	TRAILER_VALUE,
	TRAILER_LF,
	LAST_LF,
	DONE,
};

static int
size_digit(struct http_chunked *c, char byte)
{
	int digit = ascii_hex(byte);

	if (digit >= 0) {
		if (++c->digits > HTTP_CHUNK_DIGITS)
			return HTTP_LONG_CHUNK_SIZE;
		c->left = c->left * 16 + (unsigned)digit;
		return SIZE;
	}
	if (c->digits == 0)
		return HTTP_BAD_CHUNK_SIZE;
	switch (byte) {
	case '\r':
		return SIZE_LF;
	case '\n':
		return HTTP_BAD_CHUNK_LINE;
	case ';':
		return EXT_NAME0;
	case ' ':
	case '\t':
		return SIZE_GAP;
	default:
		return HTTP_BAD_CHUNK_SIZE;
	}
}

/* The size line is complete. */
static int
begin_chunk(struct http_chunked *c)
{
	if (c->left > INT64_MAX - c->total)
		return HTTP_LONG_CHUNK_SIZE;
	return c->left == 0 ? TRAILER0 : DATA;
}

/* A byte behind an extension's name or value, where white space may stand. */
static int
ext_between(char byte, int gap, bool may_end, bool may_assign)
{
	if (byte == ' ' || byte == '\t')
		return gap;
	if (byte == ';')
		return EXT_NAME0;
	if (byte == '=' && may_assign)
		return EXT_VALUE0;
	if (byte == '\r' && may_end)
		return SIZE_LF;
	return byte == '\n' ? HTTP_BAD_CHUNK_LINE : HTTP_BAD_CHUNK_EXT;
}

static int
ext_quoted(int state, char byte)
{
	if (ascii_is(byte, ASCII_CTL) && byte != '\t')
		return byte == '\n' ? HTTP_BAD_CHUNK_LINE : HTTP_BAD_CHUNK_EXT;
	if (state == EXT_ESCAPED)
		return EXT_QUOTED;
	if (byte == '\\')
		return EXT_ESCAPED;
	return byte == '"' ? EXT_END : EXT_QUOTED;
}

static int
ext_byte(struct http_chunked *c, char byte)
{
	bool blank = byte == ' ' || byte == '\t';
	bool token = ascii_is(byte, ASCII_TCHAR);

	if (++c->ext > HTTP_CHUNK_EXT_MAX)
		return HTTP_LONG_CHUNK_EXT;
	switch (c->state) {
	case SIZE_GAP:
		return blank     ? SIZE_GAP :
		    byte == ';'  ? EXT_NAME0 :
		    byte == '\n' ? HTTP_BAD_CHUNK_LINE :
				   HTTP_BAD_CHUNK_SIZE;
	case EXT_NAME0:
		if (blank)
			return EXT_NAME0;
		return token ? EXT_NAME : HTTP_BAD_CHUNK_EXT;
	case EXT_NAME:
		return token ? EXT_NAME :
			       ext_between(byte, EXT_NAME_GAP, true, true);
	case EXT_NAME_GAP:
		return ext_between(byte, EXT_NAME_GAP, false, true);
	case EXT_VALUE0:
		if (blank)
			return EXT_VALUE0;
		if (byte == '"')
			return EXT_QUOTED;
		return token ? EXT_VALUE : HTTP_BAD_CHUNK_EXT;
	case EXT_VALUE:
		return token ? EXT_VALUE :
			       ext_between(byte, EXT_END_GAP, true, false);
	case EXT_END:
		return ext_between(byte, EXT_END_GAP, true, false);
	case EXT_END_GAP:
		return ext_between(byte, EXT_END_GAP, false, false);
	default:
		return ext_quoted(c->state, byte);
	}
}

static int
trailer_byte(struct http_chunked *c, char byte)
{
	if (++c->trailers > HTTP_TRAILERS_MAX)
		return HTTP_LONG_TRAILERS;
	switch (c->state) {
	case TRAILER0:
		if (byte == '\r')
			return LAST_LF;
		if (++c->lines > HTTP_MAX_FIELDS)
			return HTTP_LONG_TRAILERS;
		return ascii_is(byte, ASCII_TCHAR) ? TRAILER_NAME :
						     HTTP_BAD_TRAILER;
	case TRAILER_NAME:
		if (byte == ':')
			return TRAILER_VALUE;
		return ascii_is(byte, ASCII_TCHAR) ? TRAILER_NAME :
						     HTTP_BAD_TRAILER;
	case TRAILER_VALUE:
		if (byte == '\r')
			return TRAILER_LF;
		return !ascii_is(byte, ASCII_CTL) || byte == '\t' ?
		    TRAILER_VALUE :
		    HTTP_BAD_TRAILER;
	case TRAILER_LF:
		return byte == '\n' ? TRAILER0 : HTTP_BAD_TRAILER;
	default:
		return byte == '\n' ? DONE : HTTP_BAD_TRAILER;
	}
}

static int
next_state(struct http_chunked *c, char byte)
{
	switch (c->state) {
	case SIZE:
		return size_digit(c, byte);
	case SIZE_LF:
		return byte == '\n' ? begin_chunk(c) : HTTP_BAD_CHUNK_LINE;
	case DATA_CR:
		return byte == '\r' ? DATA_LF : HTTP_BAD_CHUNK_END;
	case DATA_LF:
		c->digits = 0;
		return byte == '\n' ? SIZE : HTTP_BAD_CHUNK_END;
	case TRAILER0:
	case TRAILER_NAME:
	case TRAILER_VALUE:
	case TRAILER_LF:
	case LAST_LF:
		return trailer_byte(c, byte);
	default:
		return ext_byte(c, byte);
	}
}

ssize_t
http_chunked_eat(struct http_chunked *c, struct slice in, struct slice *data)
{
	size_t n = 0;

	*data = (struct slice){ NULL, 0 };
	while (c->state >= 0 && n < in.n && c->state != DONE) {
		if (c->state != DATA) {
			c->state = next_state(c, in.p[n++]);
			continue;
		}
		if (data->n > 0)
			break; /* a second run: next time */
		data->p = in.p + n;
		data->n = in.n - n < c->left ? in.n - n : (size_t)c->left;
		n += data->n;
		c->left -= data->n;
		c->total += data->n;
		if (c->left == 0)
			c->state = DATA_CR;
	}
	if (c->state < 0)
		return c->state;
	c->done = c->state == DONE;
	return (ssize_t)n;
}
