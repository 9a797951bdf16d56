/*
 * provider.c - a provider of OpenSSL: keys without a private half here
 * (provider_key.c), and signatures that the key keeper makes.
 *
 * What is to be signed comes here as a whole, and only in the two forms that a
 * server's handshake has.  It is taken apart, and the keeper is told the parts.
 */
#include "tls/provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tls/ask.h"
#include "tls/provider_key.h"

#define PROVIDER "berth-keeper"

/* RFC 8446 4.4.3 */
#define SPACES  64
#define CONTEXT "TLS 1.3, server CertificateVerify"
#define RANDOM  32

struct signing {
	const struct provider_key *key;
	int bits; /* of the digest; 0: the scheme has its own */
	bool pss;
};

/* ---- the parts ---- */

static uint16_t
scheme(const struct signing *s)
{
	int step = s->bits == 256 ? 0 : s->bits == 384 ? 1 : 2;

	if (s->key->kind == PROVIDER_ED25519)
		return 0x0807;
	if (s->key->kind == PROVIDER_EC)
		return (uint16_t)(0x0403 + step * 0x100);
	return (uint16_t)(s->pss ? 0x0804 + step : 0x0401 + step * 0x100);
}

static bool
is_of_13(const unsigned char *bytes, size_t n)
{
	static const char head[SPACES + 1] = "                                "
					     "                                ";

	return n > SPACES + sizeof(CONTEXT) &&
	    memcmp(bytes, head, SPACES) == 0 &&
	    memcmp(bytes + SPACES, CONTEXT, sizeof(CONTEXT)) == 0;
}

static bool
take_apart(struct keeper_ask *ask, const unsigned char *bytes, size_t n)
{
	if (is_of_13(bytes, n)) {
		ask->version = KEEPER_TLS13;
		bytes += SPACES + sizeof(CONTEXT);
		n -= SPACES + sizeof(CONTEXT);
	} else {
		ask->version = KEEPER_TLS12;
	}
	if (n > KEEPER_DATA)
		return false;
	memcpy(ask->data, bytes, n);
	ask->n = (uint16_t)n;
	return true;
}

static int
sign(void *context, unsigned char *to, size_t *n, size_t size,
    const unsigned char *bytes, size_t count)
{
	const struct signing *s = context;
	struct keeper_ask ask = { .kind = KEEPER_SIGN };
	uint8_t data[KEEPER_DATA];
	ssize_t got;

	if (to == NULL) {
		*n = (size_t)EVP_PKEY_get_size(s->key->public);
		return 1;
	}
	if (s->key->number < 0 || !take_apart(&ask, bytes, count))
		return 0;
	ask.key = (uint8_t)s->key->number;
	ask.scheme = scheme(s);
	got = tls_ask(&ask, data);
	if (got <= 0 || (size_t)got > size) {
		ERR_raise_data(ERR_LIB_USER, ERR_R_INTERNAL_ERROR,
		    "the key keeper does not sign");
		return 0;
	}
	memcpy(to, data, (size_t)got);
	*n = (size_t)got;
	return 1;
}

/* ---- a signature under way ---- */

static void *
new_signing(void *provider, const char *properties)
{
	(void)provider;
	(void)properties;
	return calloc(1, sizeof(struct signing));
}

static void
free_signing(void *context)
{
	free(context);
}

static int
set_signing(void *context, const OSSL_PARAM params[])
{
	struct signing *s = context;
	const OSSL_PARAM *p =
	    OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
	int mode = 0;

	if (p == NULL)
		return 1;
	if (p->data_type == OSSL_PARAM_UTF8_STRING)
		s->pss = strcmp(p->data, OSSL_PKEY_RSA_PAD_MODE_PSS) == 0;
	else if (OSSL_PARAM_get_int(p, &mode))
		s->pss = mode == RSA_PKCS1_PSS_PADDING;
	return 1;
}

static const OSSL_PARAM *
settable_signing(void *context, void *provider)
{
	static const OSSL_PARAM known[] = {
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
		OSSL_PARAM_utf8_string(
		    OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
		OSSL_PARAM_END,
	};

	(void)context;
	(void)provider;
	return known;
}

static int
begin_signing(
    void *context, const char *digest, void *key, const OSSL_PARAM params[])
{
	struct signing *s = context;

	s->key = key;
	if (digest == NULL || digest[0] == '\0')
		s->bits = 0;
	else if (strstr(digest, "256") != NULL)
		s->bits = 256;
	else if (strstr(digest, "384") != NULL)
		s->bits = 384;
	else if (strstr(digest, "512") != NULL)
		s->bits = 512;
	else
		return 0;
	return params == NULL || set_signing(context, params);
}

#define ENTRY(number, function)                    \
	{                                          \
		number, (void (*)(void))(function) \
	}

static const OSSL_DISPATCH signing[] = {
	ENTRY(OSSL_FUNC_SIGNATURE_NEWCTX, new_signing),
	ENTRY(OSSL_FUNC_SIGNATURE_FREECTX, free_signing),
	ENTRY(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, begin_signing),
	ENTRY(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign),
	ENTRY(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_signing),
	ENTRY(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable_signing),
	{ 0, NULL },
};

/* ---- the provider ---- */

static const OSSL_ALGORITHM signatures[] = {
	{ "ECDSA", "provider=" PROVIDER, signing, NULL },
	{ "RSA:rsaEncryption", "provider=" PROVIDER, signing, NULL },
	{ "ED25519", "provider=" PROVIDER, signing, NULL },
	{ NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM keys[] = {
	{ "EC:id-ecPublicKey:1.2.840.10045.2.1", "provider=" PROVIDER,
	    tls_key_ec, NULL },
	{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", "provider=" PROVIDER,
	    tls_key_rsa, NULL },
	{ "ED25519:1.3.101.112", "provider=" PROVIDER, tls_key_ed25519, NULL },
	{ NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_cache)
{
	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_SIGNATURE ? signatures :
	    operation == OSSL_OP_KEYMGMT      ? keys :
						NULL;
}

static const OSSL_DISPATCH functions[] = {
	ENTRY(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
	{ 0, NULL },
};

static int
start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	static char ours; /* nothing is kept, but NULL is a failure */

	(void)handle;
	(void)in;
	*provider = &ours;
	*out = functions;
	return 1;
}

static OSSL_LIB_CTX *
own_context(void)
{
	static OSSL_LIB_CTX *context;

	if (context != NULL)
		return context;
	context = OSSL_LIB_CTX_new();
	if (context != NULL &&
	    OSSL_PROVIDER_add_builtin(context, PROVIDER, start) == 1 &&
	    OSSL_PROVIDER_load(context, PROVIDER) != NULL)
		return context;
	OSSL_LIB_CTX_free(context);
	context = NULL;
	return NULL;
}

static const char *
type_of(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "EC") ? "EC" :
	    EVP_PKEY_is_a(key, "RSA")   ? "RSA" :
					  "ED25519";
}

EVP_PKEY *
tls_key(EVP_PKEY *public, int number)
{
	OSSL_PARAM *of_key = NULL, *all = NULL;
	OSSL_PARAM more[] = {
		OSSL_PARAM_construct_int(PROVIDER_NUMBER, &number),
		OSSL_PARAM_construct_end(),
	};
	OSSL_LIB_CTX *own = own_context();
	EVP_PKEY_CTX *context = own == NULL ?
	    NULL :
	    EVP_PKEY_CTX_new_from_name(own, type_of(public), NULL);
	EVP_PKEY *key = NULL;

	if (context != NULL &&
	    EVP_PKEY_todata(public, EVP_PKEY_PUBLIC_KEY, &of_key) == 1)
		all = OSSL_PARAM_merge(of_key, more);
	if (all != NULL && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, all);
	OSSL_PARAM_free(all);
	OSSL_PARAM_free(of_key);
	EVP_PKEY_CTX_free(context);
	return key;
}
