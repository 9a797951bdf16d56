/*
 * words.c - what a signature is made of, and making it.
 *
 * The two forms cannot be taken for each other, nor for anything else that the
 * same key may sign: TLS 1.3 begins with 64 spaces and says what it is, TLS
 * 1.2 has a byte 3 (a named curve) where that stands.
 */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "keeper/keeper.h"

#define SPACES      64
#define RANDOMS     64 /* the client's and the server's */
#define NAMED_CURVE 3
#define POINT_MAX   133 /* of P-521 */

struct scheme {
	uint16_t number; /* RFC 8446 4.2.3 */
	const char *key;
	const char *digest; /* NULL: the scheme has its own */
	bool pss;
	bool only_12;
};

static const struct scheme schemes[] = {
	{ 0x0403, "EC", "SHA256", false, false },
	{ 0x0503, "EC", "SHA384", false, false },
	{ 0x0603, "EC", "SHA512", false, false },
	{ 0x0804, "RSA", "SHA256", true, false },
	{ 0x0805, "RSA", "SHA384", true, false },
	{ 0x0806, "RSA", "SHA512", true, false },
	{ 0x0401, "RSA", "SHA256", false, true },
	{ 0x0501, "RSA", "SHA384", false, true },
	{ 0x0601, "RSA", "SHA512", false, true },
	{ 0x0807, "ED25519", NULL, false, false },
};

/* RFC 8446 4.4.3; the hash is the cipher suite's: SHA-256 or SHA-384. */
static size_t
words_of_13(const struct keeper_ask *ask, uint8_t *words)
{
	static const char what[] = "TLS 1.3, server CertificateVerify";

	if (ask->n != 32 && ask->n != 48)
		return 0;
	memset(words, ' ', SPACES);
	memcpy(words + SPACES, what, sizeof(what));
	memcpy(words + SPACES + sizeof(what), ask->data, ask->n);
	return SPACES + sizeof(what) + ask->n;
}

/* RFC 8422 5.4: ServerECDHParams is a curve by name, and a point. */
static size_t
words_of_12(const struct keeper_ask *ask, uint8_t *words)
{
	const uint8_t *params = ask->data + RANDOMS;
	size_t n = ask->n > RANDOMS + 4 ? ask->n - RANDOMS : 0;

	if (n == 0 || params[0] != NAMED_CURVE || params[3] == 0 ||
	    params[3] > POINT_MAX || n != 4 + (size_t)params[3])
		return 0;
	memcpy(words, ask->data, ask->n);
	return ask->n;
}

size_t
keeper_words(const struct keeper_ask *ask, uint8_t words[KEEPER_WORDS_MAX])
{
	if (ask->version == KEEPER_TLS13)
		return words_of_13(ask, words);
	return ask->version == KEEPER_TLS12 ? words_of_12(ask, words) : 0;
}

static const struct scheme *
find(const struct keeper_ask *ask, const EVP_PKEY *key)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme *s = &schemes[i];

		if (s->number == ask->scheme && EVP_PKEY_is_a(key, s->key) &&
		    (!s->only_12 || ask->version == KEEPER_TLS12))
			return s;
	}
	return NULL;
}

static bool
begin(EVP_MD_CTX *context, const struct scheme *s, EVP_PKEY *key)
{
	EVP_PKEY_CTX *pkey;

	if (EVP_DigestSignInit_ex(
		context, &pkey, s->digest, NULL, NULL, key, NULL) != 1)
		return false;
	return !s->pss ||
	    (EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(
		    pkey, RSA_PSS_SALTLEN_DIGEST) == 1);
}

size_t
keeper_sign(const struct keeper_ask *ask, uint8_t data[KEEPER_DATA])
{
	EVP_PKEY *key = keeper_key(ask->key);
	const struct scheme *s = key == NULL ? NULL : find(ask, key);
	uint8_t words[KEEPER_WORDS_MAX];
	size_t n = s == NULL ? 0 : keeper_words(ask, words);
	size_t length = KEEPER_DATA;
	EVP_MD_CTX *context;

	if (n == 0)
		return 0;
	context = EVP_MD_CTX_new();
	if (context == NULL || !begin(context, s, key) ||
	    EVP_DigestSign(context, data, &length, words, n) != 1)
		length = 0;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return length;
}
