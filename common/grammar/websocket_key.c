/*
 * websocket_key.c - the handshake of WebSocket (RFC 6455 4.2.2).
 *
 * SHA-1 is no secret's guard here: it only shows that the other end speaks
 * this protocol.
 */
#include <string.h>

#include <sha1.h>

#include "grammar/base64.h"
#include "grammar/websocket.h"

#define KEY_BYTES 16

static bool
is_key(struct slice key)
{
	struct buf bytes;
	bool good;

	buf_init(&bytes, KEY_BYTES);
	good = base64_decode(key, &bytes) == 0 && bytes.n == KEY_BYTES;
	buf_free(&bytes);
	return good;
}

int
websocket_accept(struct slice key, char answer[WEBSOCKET_KEY_MAX])
{
	static const char id[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	uint8_t digest[SHA1_DIGEST_LENGTH];
	struct buf text;
	SHA1_CTX sha;

	if (!is_key(key))
		return -1;
	SHA1Init(&sha);
	SHA1Update(&sha, (const uint8_t *)key.p, key.n);
	SHA1Update(&sha, (const uint8_t *)id, sizeof(id) - 1);
	SHA1Final(digest, &sha);
	buf_init(&text, WEBSOCKET_KEY_MAX);
	base64_encode(
	    (struct slice){ (const char *)digest, sizeof(digest) }, &text);
	if (text.failed || text.n >= WEBSOCKET_KEY_MAX) {
		buf_free(&text);
		return -1;
	}
	memcpy(answer, text.p, text.n);
	answer[text.n] = '\0';
	buf_free(&text);
	return 0;
}
