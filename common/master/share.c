/*
 * share.c - how much of the pool each service may take.
 */
#include "master/share.h"

bool
share_out(struct share *s, size_t most, size_t services, const uint64_t asked[],
    const bool offered[])
{
	size_t n = 0, even = 0, left = most, part;

	*s = (struct share){ .most = most, .services = services };
	for (size_t i = 0; i < services; i++) {
		if (!offered[i])
			continue;
		n++;
		if (asked[i] == SERVICE_SHARE) {
			even++;
			continue;
		}
		if (asked[i] > left)
			return false;
		s->reserve[i] = (size_t)asked[i];
		left -= s->reserve[i];
	}
	if (n < 2 || even == 0)
		return true;
	part = most / (2 * n) < left / even ? most / (2 * n) : left / even;
	for (size_t i = 0; i < services; i++)
		if (offered[i] && asked[i] == SERVICE_SHARE)
			s->reserve[i] = part;
	return true;
}

size_t
share_limit(const struct share *s, const size_t busy[], size_t service)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->services; i++)
		if (i != service && share_is_within(s, busy, i))
			kept += s->reserve[i] - busy[i];
	return s->most - kept;
}

bool
share_is_within(const struct share *s, const size_t busy[], size_t service)
{
	return busy[service] < s->reserve[service];
}

bool
share_gives_way(
    const struct share *s, const size_t busy[], size_t service, size_t to)
{
	return service == to || busy[service] > s->reserve[service];
}
