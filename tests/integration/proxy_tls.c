/*
 * proxy_tls.c - --proxy for clients that come by TLS, in HTTP/1.1 and HTTP/2,
 * and as a part of the suite.
 */
#include "proxy_start.h"
#include "tls_start.h"

static void
passes_on(const char *const *program)
{
	const char *argv[24];
	size_t n = 0;
	static struct rig_script s;
	static char proxy[64];
	struct rig *r;

	s = (struct rig_script){ .once = true,
		.answers = (const char *const[]){
		    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
		    NULL } };
	snprintf(proxy, sizeof(proxy), "/api=http://localhost:%u",
	    rig_stand_in(rig_play_http, &s));
	while (program[n] != NULL) {
		argv[n] = program[n];
		n++;
	}
	for (const char *const *more =
		 RIG("--tls-listen", "127.0.0.1:0", "--tls-cert", "cert.pem",
		     "--tls-key", "key.pem", "--proxy", proxy, "site");
	     *more != NULL; more++)
		argv[n++] = *more;
	argv[n] = NULL;
	r = tls_start(argv);
	tls_expect(rig_port(r, "https"),
	    "berth-http --cacert cert.pem https://localhost:$P/api/x", 0,
	    "ok\n");
	tls_expect(rig_port(r, "https"),
	    "printf 'GET /api/y HTTP/1.1\\r\\nHost: localhost\\r\\n"
	    "Connection: close\\r\\n\\r\\n' | timeout 20 openssl s_client "
	    "-connect 127.0.0.1:$P -CAfile cert.pem -quiet "
	    "2>&1 | grep -x ok",
	    0, "ok\n");
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_eq(s.clients, 2);
	cr_expect(strstr(s.heard, "\r\nX-Forwarded-Proto: https\r\n"));
	cr_expect(strstr(s.heard, "\r\nX-Forwarded-Host: localhost:"));
}

Test(proxy_tls, by_tls)
{
	passes_on(RIG("berth-httpd", "-l", "127.0.0.1:0"));
}

Test(proxy_tls, in_the_suite)
{
	passes_on(RIG("berth", "--http", "127.0.0.1:0", "--smtp", "off",
	    "--inbox", "off"));
}
