/*
 * http_fault.h - what can be wrong with a message, and what to say about it.
 *
 * Every parser of HTTP returns one of these negative codes when the bytes
 * break a rule.  A server turns it into a status code and writes the reason
 * into its log; a client shows the reason.
 */
#ifndef HTTP_FAULT_H
#define HTTP_FAULT_H

enum http_fault_code {
	/* request line, RFC 9112 3 */
	HTTP_BAD_METHOD = -1,
	HTTP_LONG_METHOD = -2,
	HTTP_BAD_TARGET = -3,
	HTTP_LONG_TARGET = -4,
	HTTP_BAD_VERSION = -5,
	HTTP_NEW_VERSION = -6,
	HTTP_EMPTY_LINES = -7,
	HTTP_BAD_AUTHORITY = -8,
	HTTP_BAD_SCHEME = -9,
	HTTP_BAD_ASTERISK = -10,
	/* status line, RFC 9112 4 */
	HTTP_BAD_STATUS = -11,
	/* lines and fields, RFC 9112 2.2 and 5 */
	HTTP_BARE_LF = -12,
	HTTP_BARE_CR = -13,
	HTTP_LEADING_SPACE = -14,
	HTTP_OBS_FOLD = -15,
	HTTP_NO_COLON = -16,
	HTTP_BAD_NAME = -17,
	HTTP_SPACE_COLON = -18,
	HTTP_BAD_VALUE = -19,
	HTTP_MANY_FIELDS = -20,
	HTTP_LONG_HEAD = -21,
	/* Host, RFC 9112 3.2 */
	HTTP_NO_HOST = -22,
	HTTP_TWO_HOSTS = -23,
	HTTP_BAD_HOST = -24,
	/* framing, RFC 9112 6 */
	HTTP_BAD_LENGTH = -25,
	HTTP_TWO_LENGTHS = -26,
	HTTP_LONG_LENGTH = -27,
	HTTP_BOTH_FRAMINGS = -28,
	HTTP_OLD_CODING = -29,
	HTTP_BAD_CODING = -30,
	HTTP_NEW_CODING = -31,
	HTTP_BAD_EXPECT = -32,
	/* chunked, RFC 9112 7.1 */
	HTTP_BAD_CHUNK_SIZE = -33,
	HTTP_LONG_CHUNK_SIZE = -34,
	HTTP_BAD_CHUNK_LINE = -35,
	HTTP_BAD_CHUNK_EXT = -36,
	HTTP_LONG_CHUNK_EXT = -37,
	HTTP_BAD_CHUNK_END = -38,
	HTTP_BAD_TRAILER = -39,
	HTTP_LONG_TRAILERS = -40,
	/* no HTTP at all */
	HTTP_IS_TLS = -41,
};

struct http_fault {
	int status;      /* the status code a server answers with */
	const char *why; /* in words, the same for ever: people grep for it */
};

/*
 * What a negative code stands for.  Every one of them leaves the framing of
 * the connection in doubt: answer, then close.  Never NULL.
 */
const struct http_fault *http_fault(int code);

/*
 * The reason phrase of a status code, such as "Not Found"; of an unknown code
 * that of its class.
 */
const char *http_reason(int status);

#endif
