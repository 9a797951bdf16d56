/*
 * keep.c - sessions to be resumed, by OpenSSL's hooks for a cache elsewhere.
 *
 * The name of a session is random, of 256 bits, and known to the client and
 * the keeper alone: in TLS 1.3 it is the ticket (and used once), in 1.2 the
 * session's ID.
 */
#include "tls/keep.h"

#include <string.h>

#include "tls/ask.h"

static int
put_away(SSL *ssl, SSL_SESSION *session)
{
	struct keeper_ask ask = { .kind = KEEPER_KEEP };
	uint8_t *to = ask.data + KEEPER_NAME;
	unsigned n;
	const unsigned char *name = SSL_SESSION_get_id(session, &n);
	int length = i2d_SSL_SESSION(session, NULL);

	(void)ssl;
	if (n != KEEPER_NAME || length <= 0 ||
	    length > KEEPER_DATA - KEEPER_NAME)
		return 0;
	memcpy(ask.data, name, KEEPER_NAME);
	i2d_SSL_SESSION(session, &to);
	ask.n = (uint16_t)(KEEPER_NAME + length);
	tls_ask_tell(&ask); /* else there is nothing to resume, no more */
	OPENSSL_cleanse(&ask, sizeof(ask));
	return 0; /* we keep no reference */
}

static SSL_SESSION *
fetch(SSL *ssl, const unsigned char *name, int n, int *copy)
{
	struct keeper_ask ask = { .kind = KEEPER_FETCH, .n = KEEPER_NAME };
	uint8_t data[KEEPER_DATA];
	const unsigned char *from = data;
	SSL_SESSION *session;
	ssize_t got;

	(void)ssl;
	*copy = 0; /* OpenSSL owns what is returned */
	if (n != KEEPER_NAME)
		return NULL;
	memcpy(ask.data, name, KEEPER_NAME);
	got = tls_ask(&ask, data);
	if (got <= 0)
		return NULL;
	session = d2i_SSL_SESSION(NULL, &from, (long)got);
	OPENSSL_cleanse(data, sizeof(data));
	return session;
}

void
tls_keep_use(SSL_CTX *context)
{
	static const unsigned char ours[] = "berth";

	SSL_CTX_set_session_id_context(context, ours, sizeof(ours) - 1);
	SSL_CTX_set_session_cache_mode(
	    context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_set_timeout(context, KEEPER_LONGEST_S);
	SSL_CTX_set_num_tickets(context, 1);
	SSL_CTX_sess_set_new_cb(context, put_away);
	SSL_CTX_sess_set_get_cb(context, fetch);
}
