/*
 * keys.c - the keys, from their files.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include "keeper/keeper.h"

#define FILE_MAX 65536

static EVP_PKEY *keys[KEEPER_KEYS_MAX];

/* Nobody is asked for a passphrase. */
static int
no_passphrase(char *to, int size, int writing, void *asked)
{
	(void)writing;
	if (size > 0)
		to[0] = '\0';
	*(bool *)asked = true;
	return -1;
}

/* By pread(2): a keeper that is started anew reads the same open file. */
static ssize_t
slurp(int fd, char *to, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = pread(fd, to + n, size - n, (off_t)n);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

EVP_PKEY *
keeper_key_read(int fd, const char **why)
{
	static char text[FILE_MAX];
	ssize_t n = slurp(fd, text, sizeof(text));
	bool asked = false;
	EVP_PKEY *key = NULL;
	BIO *bio;

	*why = "it cannot be read";
	if (n < 0)
		return NULL;
	bio = BIO_new_mem_buf(text, (int)n);
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);
	BIO_free(bio);
	OPENSSL_cleanse(text, sizeof(text));
	ERR_clear_error();
	*why = asked ? "it is encrypted: take its passphrase away with "
		       "openssl pkey -in FILE -out FILE" :
		       "no private key in PEM is in it";
	return key;
}

void
keeper_key_set(size_t number, EVP_PKEY *key)
{
	keys[number] = key;
}

EVP_PKEY *
keeper_key(size_t number)
{
	return number < KEEPER_KEYS_MAX ? keys[number] : NULL;
}
