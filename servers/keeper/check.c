/*
 * check.c - does a key belong to a certificate?  Asked before a server starts,
 * in a process of its own: the server never has the key in its memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper/keeper.h"
#include "system/path.h"

static X509 *
read_certificate(const char *path)
{
	BIO *bio = BIO_new_file(path, "r");
	X509 *x =
	    bio == NULL ? NULL : PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return x;
}

static EVP_PKEY *
read_key(const char *path, char why[KEEPER_WHY_MAX])
{
	int fd = path_open_trusted(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	const char *reason = NULL;
	EVP_PKEY *key;

	if (fd < 0) {
		snprintf(why, KEEPER_WHY_MAX, "%s", path_why(errno));
		return NULL;
	}
	key = keeper_key_read(fd, &reason);
	if (key == NULL)
		snprintf(why, KEEPER_WHY_MAX, "%s", reason);
	close(fd);
	return key;
}

int
keeper_check(
    const char *certificate, const char *path, char why[KEEPER_WHY_MAX])
{
	EVP_PKEY *key = read_key(path, why);
	X509 *x = key == NULL ? NULL : read_certificate(certificate);
	int status = -1;

	if (key != NULL && x == NULL)
		snprintf(
		    why, KEEPER_WHY_MAX, "no certificate to compare it with");
	else if (key != NULL && X509_check_private_key(x, key) != 1)
		snprintf(why, KEEPER_WHY_MAX,
		    "it is not the key of the certificate %.128s", certificate);
	else if (key != NULL)
		status = 0;
	X509_free(x);
	EVP_PKEY_free(key);
	return status;
}
