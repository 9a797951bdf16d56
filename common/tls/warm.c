/*
 * warm.c - a handshake with ourselves, before the first fork.
 *
 * OpenSSL looks up its algorithms at first use, which costs more than a
 * handshake does.  What is found once is in the memory that children begin
 * with.  The key is a new one and is forgotten.
 */
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "tls/session.h"

#define ROUNDS 20 /* a handshake takes three */

/* Who wants to know when it is the server's turn, or NULL. */
static void (*served)(bool begins);

static bool
serve(int (*deed)(SSL *), SSL *server)
{
	bool done;

	if (served != NULL)
		served(true);
	done = deed(server) == 1;
	if (served != NULL)
		served(false);
	return done;
}

/* One byte comes, and goes back. */
static int
echo(SSL *server)
{
	char byte;

	return SSL_read(server, &byte, 1) == 1 ? SSL_write(server, &byte, 1) :
						 -1;
}

static X509 *
own_certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();

	if (x == NULL || X509_set_version(x, X509_VERSION_3) != 1 ||
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(x), 0) == NULL ||
	    X509_gmtime_adj(X509_getm_notAfter(x), 60) == NULL ||
	    X509_set_pubkey(x, key) != 1 ||
	    X509_sign(x, key, EVP_sha256()) == 0) {
		X509_free(x);
		return NULL;
	}
	return x;
}

/* Each reads what the other writes. */
static bool
connect_both(SSL *server, SSL *client)
{
	BIO *a = BIO_new(BIO_s_mem()), *b = BIO_new(BIO_s_mem());

	if (a == NULL || b == NULL) {
		BIO_free(a);
		BIO_free(b);
		return false;
	}
	BIO_set_mem_eof_return(a, -1);
	BIO_set_mem_eof_return(b, -1);
	BIO_up_ref(a);
	BIO_up_ref(b);
	SSL_set_bio(server, a, b);
	SSL_set_bio(client, b, a);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	return true;
}

static void
shake_hands(SSL_CTX *server_context, SSL_CTX *client_context)
{
	SSL *server = SSL_new(server_context);
	SSL *client = SSL_new(client_context);
	char byte = 0;

	if (server != NULL && client != NULL && connect_both(server, client)) {
		for (int i = 0; i < ROUNDS; i++)
			if (SSL_do_handshake(client) == 1 &&
			    serve(SSL_do_handshake, server))
				break;
			else
				serve(SSL_do_handshake, server);
		SSL_write(client, &byte, 1);
		serve(echo, server);
		SSL_read(client, &byte, 1);
	}
	SSL_free(server);
	SSL_free(client);
}

void
tls_warm(SSL_CTX *real, void (*turn)(bool begins))
{
	SSL_CTX *server = SSL_CTX_new(TLS_server_method());
	SSL_CTX *client = SSL_CTX_new(TLS_client_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key == NULL ? NULL : own_certificate(key);

	served = turn;
	tls_unprepare();

	if (server != NULL && client != NULL && x != NULL &&
	    SSL_CTX_use_certificate(server, x) == 1 &&
	    SSL_CTX_use_PrivateKey(server, key) == 1) {
		SSL_CTX_set_num_tickets(server, 1);
		shake_hands(server, client);
		if (real != NULL)
			shake_hands(real, client);
		SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
		shake_hands(server, client);
	}
	X509_free(x);
	EVP_PKEY_free(key);
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	ERR_clear_error(); /* it was for speed alone */
}
