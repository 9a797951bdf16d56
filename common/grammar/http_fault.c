/*
 * http_fault.c - what can be wrong with a message, in words.
 */
#include "grammar/http_fault.h"

#include <stddef.h>

static const struct http_fault faults[] = {
	[-HTTP_BAD_METHOD] = { 400, "method is no token" },
	[-HTTP_LONG_METHOD] = { 501, "method too long" },
	[-HTTP_BAD_TARGET] = { 400, "bad byte or form in request target" },
	[-HTTP_LONG_TARGET] = { 414, "request target too long" },
	[-HTTP_BAD_VERSION] = { 400, "bad HTTP version" },
	[-HTTP_NEW_VERSION] = { 505, "HTTP version not supported" },
	[-HTTP_EMPTY_LINES] = { 400, "too many empty lines before request" },
	[-HTTP_BAD_AUTHORITY] = { 400, "bad authority in request target" },
	[-HTTP_BAD_SCHEME] = { 400, "scheme is neither http nor https" },
	[-HTTP_BAD_ASTERISK] = { 400, "target * without OPTIONS" },
	[-HTTP_BAD_STATUS] = { 502, "bad status line" },
	[-HTTP_BARE_LF] = { 400, "bare LF" },
	[-HTTP_BARE_CR] = { 400, "bare CR" },
	[-HTTP_LEADING_SPACE] = { 400, "white space before first field" },
	[-HTTP_OBS_FOLD] = { 400, "folded field line" },
	[-HTTP_NO_COLON] = { 400, "field line without colon" },
	[-HTTP_BAD_NAME] = { 400, "bad byte in field name" },
	[-HTTP_SPACE_COLON] = { 400, "white space in or after field name" },
	[-HTTP_BAD_VALUE] = { 400, "control byte in field value" },
	[-HTTP_MANY_FIELDS] = { 431, "too many fields" },
	[-HTTP_LONG_HEAD] = { 431, "head too long" },
	[-HTTP_NO_HOST] = { 400, "no Host" },
	[-HTTP_TWO_HOSTS] = { 400, "more than one Host" },
	[-HTTP_BAD_HOST] = { 400, "bad Host" },
	[-HTTP_BAD_LENGTH] = { 400, "bad Content-Length" },
	[-HTTP_TWO_LENGTHS] = { 400, "more than one Content-Length" },
	[-HTTP_LONG_LENGTH] = { 400, "Content-Length too large" },
	[-HTTP_BOTH_FRAMINGS] = { 400,
	    "Transfer-Encoding with Content-Length" },
	[-HTTP_OLD_CODING] = { 400, "Transfer-Encoding in HTTP/1.0" },
	[-HTTP_BAD_CODING] = { 400, "bad Transfer-Encoding" },
	[-HTTP_NEW_CODING] = { 501, "unknown transfer coding" },
	[-HTTP_BAD_EXPECT] = { 417, "unknown expectation" },
	[-HTTP_BAD_CHUNK_SIZE] = { 400, "bad chunk size" },
	[-HTTP_LONG_CHUNK_SIZE] = { 400, "chunk size too large" },
	[-HTTP_BAD_CHUNK_LINE] = { 400, "bare LF or CR in chunk line" },
	[-HTTP_BAD_CHUNK_EXT] = { 400, "bad chunk extension" },
	[-HTTP_LONG_CHUNK_EXT] = { 400, "chunk extensions too long" },
	[-HTTP_BAD_CHUNK_END] = { 400, "no CRLF after chunk data" },
	[-HTTP_BAD_TRAILER] = { 400, "bad trailer" },
	[-HTTP_LONG_TRAILERS] = { 431, "trailers too long" },
	[-HTTP_IS_TLS] = { 400,
	    "TLS on a port for plain HTTP: the address is http://, not "
	    "https://" },
};

struct reason {
	int status;
	const char *phrase;
};

static const struct reason reasons[] = {
	{ 200, "OK" },
	{ 206, "Partial Content" },
	{ 304, "Not Modified" },
	{ 404, "Not Found" },
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 418, "I'm a teapot" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
	{ 511, "Network Authentication Required" },
};

const struct http_fault *
http_fault(int code)
{
	static const struct http_fault none = { 400, "bad message" };

	if (code >= 0 || (size_t)-code >= sizeof(faults) / sizeof(faults[0]) ||
	    faults[-code].why == NULL)
		return &none;
	return &faults[-code];
}

const char *
http_reason(int status)
{
	static const char *const classes[] = { "Informational", "Success",
		"Redirection", "Client Error", "Server Error" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].phrase;
	if (status < 100 || status > 599)
		return "Unknown";
	return classes[status / 100 - 1];
}
