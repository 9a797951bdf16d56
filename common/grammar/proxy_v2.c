/*
 * proxy_v2.c - the header of a proxy, version 2: addresses, and behind them
 * what else there is to say, each with its type and its length.
 */
#include "grammar/proxy_v2.h"

#include <string.h>

/* Section 2.2: the version and the command, the family and the transport. */
#define LOCAL   0x20
#define PROXIED 0x21
#define STREAM  0x01
#define INET    0x10
#define INET6   0x20
#define UNIX    0x30

#define V4_SIZE   12
#define V6_SIZE   36
#define UNIX_SIZE 216

enum tlv {
	TLV_ALPN = 0x01,
	TLV_AUTHORITY = 0x02,
	TLV_CRC32C = 0x03,
	TLV_UNIQUE_ID = 0x05,
	TLV_SSL = 0x20,
	/* Within TLV_SSL: */
	TLV_SSL_VERSION = 0x21,
	TLV_SSL_CN = 0x22,
	TLV_SSL_CIPHER = 0x23,
};

#define UNIQUE_ID_MAX 128 /* section 2.2.5 */
#define SSL_FIXED     5   /* client, verify */
#define CLIENT_SSL    0x01
#define CLIENT_CERT   (0x02 | 0x04) /* on this connection, in this session */

static unsigned
u16(const char *p)
{
	return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static uint32_t
u32(const char *p)
{
	return (uint32_t)u16(p) << 16 | u16(p + 2);
}

/* RFC 3720 B.4, of the whole header with its own four bytes as zeros. */
static uint32_t
crc32c(struct slice s, size_t own)
{
	uint32_t crc = ~(uint32_t)0;

	for (size_t i = 0; i < s.n; i++) {
		if (i < own || i >= own + 4)
			crc ^= (unsigned char)s.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/*
 * Cut the first one off.  Returns its type, or -1 when what is left is none.
 */
static int
next(struct slice *rest, struct slice *value)
{
	int type;
	size_t n;

	if (rest->n < 3)
		return -1;
	type = (unsigned char)rest->p[0];
	n = u16(rest->p + 1);
	if (n > rest->n - 3)
		return -1;
	*value = (struct slice){ rest->p + 3, n };
	*rest = slice_from(*rest, 3 + n);
	return type;
}

static bool
take_ssl(struct slice s, struct proxy_header *h)
{
	struct slice rest = slice_from(s, SSL_FIXED), value;
	unsigned client;

	if (s.n < SSL_FIXED)
		return false;
	client = (unsigned char)s.p[0];
	h->tls = (client & CLIENT_SSL) != 0;
	h->certified = (client & CLIENT_CERT) != 0 && u32(s.p + 1) == 0;
	while (rest.n > 0) {
		int type = next(&rest, &value);

		if (type < 0)
			return false;
		if (type == TLV_SSL_VERSION)
			h->tls_version = value;
		else if (type == TLV_SSL_CN)
			h->common_name = value;
		else if (type == TLV_SSL_CIPHER)
			h->tls_cipher = value;
	}
	return true;
}

static long
take_tlv(struct slice all, int type, struct slice value, struct proxy_header *h)
{
	switch (type) {
	case TLV_ALPN:
		h->alpn = value;
		break;
	case TLV_AUTHORITY:
		h->authority = value;
		break;
	case TLV_UNIQUE_ID:
		if (value.n > UNIQUE_ID_MAX)
			return PROXY_BAD;
		h->unique_id = value;
		break;
	case TLV_CRC32C:
		if (value.n != 4)
			return PROXY_BAD;
		if (u32(value.p) != crc32c(all, (size_t)(value.p - all.p)))
			return PROXY_CHECKSUM;
		break;
	case TLV_SSL:
		if (!take_ssl(value, h))
			return PROXY_BAD;
		break;
	default: /* not ours, or of a later time */
		break;
	}
	return 0;
}

/* The size of the addresses, or -1; what the family is. */
static long
family_of(int byte, enum proxy_family *family)
{
	switch (byte) {
	case 0: /* not specified */
		*family = PROXY_UNKNOWN;
		return 0;
	case INET | STREAM:
		*family = PROXY_V4;
		return V4_SIZE;
	case INET6 | STREAM:
		*family = PROXY_V6;
		return V6_SIZE;
	case UNIX | STREAM:
		*family = PROXY_UNIX;
		return UNIX_SIZE;
	default: /* datagrams, or nothing that there is */
		return -1;
	}
}

static void
take_addresses(const char *p, struct proxy_header *h)
{
	size_t n = h->family == PROXY_V4 ? 4 : 16;

	if (h->family != PROXY_V4 && h->family != PROXY_V6)
		return;
	memcpy(h->from, p, n);
	memcpy(h->to, p + n, n);
	h->from_port = u16(p + 2 * n);
	h->to_port = u16(p + 2 * n + 2);
}

long
proxy_v2(struct slice in, struct proxy_header *h)
{
	int command = (unsigned char)in.p[12];
	size_t length = u16(in.p + 14), all = PROXY_V2_FIXED + length;
	long size = family_of((unsigned char)in.p[13], &h->family);
	struct slice rest, value;

	h->version = 2;
	h->local = command == LOCAL;
	/* What else a LOCAL one says is to be skipped, whatever it is. */
	if (!h->local &&
	    (command != PROXIED || size < 0 || (size_t)size > length))
		return PROXY_BAD;
	if (all > PROXY_HEADER_MAX)
		return PROXY_LONG;
	if (in.n < all)
		return 0;
	if (h->local) {
		h->family = PROXY_UNKNOWN;
		return (long)all;
	}
	take_addresses(in.p + PROXY_V2_FIXED, h);
	rest = (struct slice){ in.p + PROXY_V2_FIXED + size,
		length - (size_t)size };
	while (rest.n > 0) {
		int type = next(&rest, &value);
		long status = type < 0 ?
		    PROXY_BAD :
		    take_tlv((struct slice){ in.p, all }, type, value, h);

		if (status < 0)
			return status;
	}
	return (long)all;
}
