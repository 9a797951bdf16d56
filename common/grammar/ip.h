/*
 * ip.h - IP addresses as they are written, to the bytes that they mean.
 */
#ifndef IP_H
#define IP_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

#define IP_V4_SIZE 4
#define IP_V6_SIZE 16

/*
 * Is the whole slice one?  Then its bytes, as they travel, are in to; else to
 * is undefined.  Four decimal numbers without leading zeros, or RFC 4291 2.2
 * without a zone.
 */
bool ip_v4(struct slice, uint8_t to[IP_V4_SIZE]);
bool ip_v6(struct slice, uint8_t to[IP_V6_SIZE]);

#endif
