/*
 * berth-keeper - holds the keys of a server's certificates, and signs.
 *
 * A helper of a server with TLS, started by its master: no process that talks
 * to clients has a key.  By hand it checks a key.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper/keeper.h"
#include "system/helper_main.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"

static uint64_t key_fds;
static bool check, quiet;

static const struct arg own[] = {
	{ "check", NULL,
	    "is FILE the key of the certificate? says why not, and ends",
	    .flag = &check },
	{ "key-fds", "N",
	    "so many keys are open, behind the socket that the server has "
	    "given",
	    .number = &key_fds, .min = 1, .max = KEEPER_KEYS_MAX },
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &quiet },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = KEEPER_PROGRAM,
	.synopsis = "--check CERTIFICATE FILE",
	.about = "Holds the keys of a server's certificates and signs with "
		 "them for the server's\nprocesses, which do not have them.  "
		 "Servers start it by themselves.",
	.examples = "  berth-keeper --check cert.pem key.pem\n",
	.tables = tables,
};

static void
take_keys(char *const *name)
{
	for (size_t i = 0; i < key_fds; i++) {
		int fd = IMAGE_HELPER_FD + 1 + (int)i;
		const char *why;
		EVP_PKEY *key = keeper_key_read(fd, &why);

		if (key == NULL)
			die(EXIT_CONFIG, "%s: %s",
			    name[i] != NULL ? name[i] : "a key", why);
		keeper_key_set(i, key);
		close(fd);
	}
}

int
main(int argc, char **argv)
{
	char why[KEEPER_WHY_MAX] = "";
	int first;

	first = helper_begin(&args, &quiet, argc, argv);
	if (check && argc - first != 2)
		die(EXIT_USAGE, "--check: a certificate and a file, please");
	if (check && keeper_check(argv[first], argv[first + 1], why) < 0) {
		puts(why);
		return EXIT_CONFIG;
	}
	if (check)
		return 0;
	if (key_fds == 0 || fcntl(IMAGE_HELPER_FD, F_GETFD) < 0)
		die(EXIT_USAGE, "servers start it by themselves (see --help)");
	io_fill_standard();
	take_keys(argv + first);
	close_range(IMAGE_HELPER_FD + 1, ~0U, 0);
	return keeper_serve(IMAGE_HELPER_FD);
}
