/*
 * h2_frame.c - what is in a frame of HTTP/2.
 */
#include "rig/h2_frame.h"

uint32_t
rig_h2_read(const uint8_t *p, int bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *p++;
	return n;
}

bool
rig_h2_decode(nghttp2_hd_inflater *inflater, const uint8_t *p, size_t n,
    rig_h2_take *field, void *with)
{
	int flags = 0;
	nghttp2_nv nv;

	while ((flags & NGHTTP2_HD_INFLATE_FINAL) == 0) {
		ssize_t took =
		    nghttp2_hd_inflate_hd2(inflater, &nv, &flags, p, n, 1);

		if (took < 0)
			return false;
		p += took;
		n -= (size_t)took;
		if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
			field(with,
			    (struct slice){ (const char *)nv.name, nv.namelen },
			    (struct slice){
				(const char *)nv.value, nv.valuelen });
	}
	nghttp2_hd_inflate_end_headers(inflater);
	return true;
}
