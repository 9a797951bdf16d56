/*
 * clients_tls.c - the clients over TLS: whom they trust, and what they end
 * with when they do not.
 */
#include <unistd.h>

#include "tls_start.h"

static struct rig *
site(void)
{
	return tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen",
	    "127.0.0.1:0", "--tls-cert", "cert.pem", "--tls-key", "key.pem",
	    "site"));
}

static void
expect(
    unsigned port, const char *line, int code, const char *out, const char *err)
{
	cr_expect(rig_sh(port, line, code, out, err), "%s", line);
}

Test(clients_tls, http)
{
	struct rig *r = site();
	unsigned port = rig_port(r, "https");

	expect(port, "berth-http --cacert cert.pem https://localhost:$P/", 0,
	    "<h1>secure</h1>\n", "");
	expect(port, "berth-http --cacert cert.pem https://127.0.0.1:$P/", 0,
	    "<h1>secure</h1>\n", "");
	expect(port, "berth-http https://localhost:$P/", 60, "",
	    "not to be trusted: ");
	expect(port, "berth-http -k https://localhost:$P/", 0,
	    "<h1>secure</h1>\n", "");
	expect(port, "berth-http --cacert key.pem https://localhost:$P/", 35,
	    "", "key.pem: ");
	expect(port, "berth-http --cacert none.pem https://localhost:$P/", 35,
	    "", "none.pem: No such file or directory");
	expect(port,
	    "berth-http -v --cacert cert.pem https://localhost:$P/ "
	    "https://localhost:$P/",
	    0, "<h1>secure</h1>\n<h1>secure</h1>\n", "kept");
	expect(port, "berth-http -vk https://localhost:$P/", 0, NULL,
	    "Secured by TLSv1.3, ");
	expect(port,
	    "berth-http -v --http2 -k https://localhost:$P/ 2>&1 | "
	    "grep -o 'for h2\\|HTTP/2 200\\|<h1>secure'",
	    0, "for h2\nHTTP/2 200\n<h1>secure\n", "");
	expect(port,
	    "head -c 3000000 /dev/urandom >site/much && berth-http --http2 -k "
	    "https://localhost:$P/much | cmp - site/much",
	    0, "", "");
	expect(rig_port(r, "http"), "berth-http -k https://localhost:$P/", 35,
	    "", "the server speaks without TLS");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_tls, another_servers_certificate)
{
	struct rig *r;

	tls_place();
	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ed25519 -nodes -keyout key.pem -out "
	    "other.pem -days 3 -subj /CN=localhost -addext "
	    "subjectAltName=DNS:other.test 2>/dev/null",
	    0, "", ""));
	r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-httpd", "-l", "127.0.0.1:0",
				   "--tls-listen", "127.0.0.1:0", "--tls-cert",
				   "other.pem", "--tls-key", "key.pem", "site"),
		.dir = rig_sh_place() });
	expect(rig_port(r, "https"),
	    "berth-http --cacert other.pem https://localhost:$P/", 51, "",
	    "not this server's: ");
	expect(rig_port(r, "https"),
	    "berth-http --cacert other.pem https://127.0.0.1:$P/", 51, "",
	    "not this server's: ");
	cr_assert_eq(rig_stop(r), 0);
}

static void
play_inject(int fd, void *with)
{
	char line[256];

	(void)with;
	rig_try(fd, "220 mx\r\n", 8);
	if (read(fd, line, sizeof(line)) <= 0)
		return;
	rig_try(fd, "250-mx\r\n250 STARTTLS\r\n", 22);
	if (read(fd, line, sizeof(line)) <= 0)
		return;
	rig_try(fd, "220 go\r\n250 evil\r\n", 18);
	(void)!read(fd, line, sizeof(line));
}

static void
play_without(int fd, void *with)
{
	char line[256];

	(void)with;
	rig_try(fd, "220 mx\r\n", 8);
	while (read(fd, line, sizeof(line)) > 0)
		rig_try(fd, "250 mx\r\n", 8);
}

Test(clients_tls, smtp)
{
	struct rig *r = tls_start(
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--smtps", "127.0.0.1:0",
		"--tls-cert", "cert.pem", "--tls-key", "key.pem", "mail"));
	unsigned port = rig_port(r, "smtp");

	expect(port,
	    "echo Hi | berth-smtp -v --starttls --cacert cert.pem "
	    "localhost:$P a@b.c d@e.f | grep -c -e '^TLS: TLSv1.3' "
	    "-e '^C: EHLO'",
	    0, "3\n", "");
	expect(port, "echo Hi | berth-smtp --starttls localhost:$P a@b.c d@e.f",
	    69, "", "not to be trusted: ");
	expect(port,
	    "echo Hi | berth-smtp --starttls -k localhost:$P a@b.c d@e.f", 0,
	    "", "");
	expect(port,
	    "echo Hi | berth-smtp --starttls=may localhost:$P a@b.c d@e.f", 0,
	    "", "");
	expect(rig_port(r, "smtps"),
	    "echo Hi | berth-smtp --tls --cacert cert.pem localhost:$P a@b.c "
	    "d@e.f",
	    0, "", "");
	expect(port,
	    "echo Hi | berth-smtp --starttls --cacert none.pem localhost:$P "
	    "a@b.c d@e.f",
	    69, "", "none.pem: No such file or directory");
	expect(port, "echo Hi | berth-smtp --tls -k localhost:$P a@b.c d@e.f",
	    69, "", "the server speaks without TLS");
	expect(port,
	    "echo Hi | berth-smtp --starttls=perhaps localhost:$P a@b.c d@e.f",
	    64, "", "--starttls=perhaps");
	cr_assert_eq(rig_stop(r), 0);
}

Test(clients_tls, smtp_with_somebody_in_between)
{
	unsigned port = rig_stand_in(play_inject, NULL);

	tls_place();
	expect(port,
	    "echo Hi | berth-smtp --starttls -k 127.0.0.1:$P a@b.c d@e.f", 76,
	    "", "more was said behind the answer to STARTTLS");
	port = rig_stand_in(play_without, NULL);
	expect(port,
	    "echo Hi | berth-smtp --starttls -k 127.0.0.1:$P a@b.c d@e.f", 69,
	    "", "it does not offer STARTTLS");
}
