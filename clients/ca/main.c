/*
 * berth-ca - a certificate authority for this machine's own servers.
 *
 * It may vouch for localhost and the like and for nothing else: so whoever
 * steals its key cannot pose as any site of the web.
 */
#include "ca.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "system/args.h"
#include "system/io.h"
#include "system/log.h"

bool ca_quiet;

static const struct arg own[] = {
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &ca_quiet },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-ca",
	.synopsis = "[install | uninstall | leaf [NAME]...]",
	.about =
	    "Makes certificates for servers on this machine, by an authority "
	    "of your own that\nmay vouch for localhost, *.localhost, *.test, "
	    "*.internal, this machine's name and\nprivate addresses alone.",
	.examples =
	    "  berth-ca install              have browsers trust it\n"
	    "  berth-ca leaf app.test        a certificate and its key\n"
	    "  berth-ca uninstall\n",
	.tables = tables,
};

static void
describe(const struct authority *a)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	X509_digest(a->certificate, EVP_sha256(), digest, &n);
	printf("certificate  %s\nSHA-256      ", a->path);
	for (unsigned i = 0; i < n; i++)
		printf("%02X%s", digest[i], i + 1 < n ? ":" : "\n");
	printf("trusted      see berth-ca install, berth-ca uninstall\n");
}

static int
install(const struct authority *a)
{
	int browsers = nss_install(a), machine = system_install(a);

	if (machine < 0 || browsers < 0)
		return EXIT_UNAVAILABLE;
	if (!ca_quiet)
		printf("browsers and programs of this machine trust the "
		       "certificates of berth-ca\n");
	return 0;
}

static int
uninstall(const struct authority *a)
{
	int browsers = nss_uninstall(a), machine = system_uninstall(a);

	return browsers < 0 || machine < 0 ? EXIT_UNAVAILABLE : 0;
}

int
main(int argc, char **argv)
{
	struct authority a;
	int first, code = 0;
	const char *what;

	io_fill_standard();
	log_init("berth-ca", SAY_INFO);
	first = args_parse(&args, argc, argv);
	log_init("berth-ca", ca_quiet ? SAY_WARN : SAY_INFO);
	what = first < argc ? argv[first] : "";
	if (strcmp(what, "leaf") != 0 && argc - first > 1)
		die(EXIT_USAGE, "%s: one operand too many", argv[first + 1]);
	if (strcmp(what, "") != 0 && strcmp(what, "leaf") != 0 &&
	    strcmp(what, "install") != 0 && strcmp(what, "uninstall") != 0)
		die(EXIT_USAGE,
		    "%s: not install, uninstall or leaf (see --help)", what);
	folder_lock();
	if (strcmp(what, "uninstall") == 0)
		authority_find(&a);
	else
		authority_open(&a);
	if (strcmp(what, "leaf") == 0)
		leaf(&a, argv + first + 1, argc - first - 1);
	else if (strcmp(what, "install") == 0)
		code = install(&a);
	else if (strcmp(what, "uninstall") == 0)
		code = uninstall(&a);
	else
		describe(&a);
	authority_close(&a);
	if (fflush(stdout) != 0)
		code = EXIT_OSERR;
	return code;
}
