/*
 * tls_start.h - a place with a certificate in it, and lines of sh that look at
 * a server with TLS, mostly by openssl s_client.
 */
#ifndef TLS_START_H
#define TLS_START_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/rig.h"

/* What is in the place: cert.pem and key.pem, of localhost; a site. */
static inline const char *
tls_place(void)
{
	const char *place = rig_sh_place();

	setenv("HOME", place, 1);
	setenv("XDG_DATA_HOME", rig_in(place, "data"), 1);
	rig_file(place, "site/index.html", "<h1>secure</h1>\n");
	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
	    "-nodes -keyout key.pem -out cert.pem -days 30 "
	    "-subj /CN=localhost -addext "
	    "subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null",
	    0, "", ""));
	return place;
}

/* Start a server of ours in the place. */
static inline struct rig *
tls_start(const char *const *argv)
{
	return rig_start_how(
	    &(struct rig_how){ .argv = argv, .dir = tls_place() });
}

/* The line ends with code, and says out (NULL: anything). */
static inline void
tls_expect(unsigned port, const char *line, int code, const char *out)
{
	cr_expect(rig_sh(port, line, code, out, NULL), "%s", line);
}

/* The page, by s_client with these options. */
#define TLS_GET(options)                                    \
	"printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\n" \
	"Connection: close\\r\\n\\r\\n' | timeout 20 "      \
	"openssl s_client -connect 127.0.0.1:$P -CAfile "   \
	"cert.pem -verify_return_error -quiet " options " 2>&1"

/* A site in the place, in clear and secure. */
#define TLS_SERVER                                                             \
	RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", \
	    "--tls-cert", "cert.pem", "--tls-key", "key.pem", "site")

/* Whoever comes now has the page, of a server that lost no process. */
static inline void
tls_goes_on(struct rig *r)
{
	tls_expect(rig_port(r, "https"),
	    "berth-http --cacert cert.pem https://localhost:$P/", 0,
	    "<h1>secure</h1>\n");
	cr_expect_eq(rig_count(r, "signal"), 0, "%s", rig_err(r));
	cr_expect_eq(rig_count(r, "key keeper ended"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

#endif
