/*
 * moved.c - what has been going on over somebody's TCP connection.
 */
#include "system/moved.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/addr.h"

#define STATES ((1U << 1) | (1U << 4) | (1U << 5) | (1U << 8)) /* data flows */

static int
ask(const struct addr *peer)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} q = {
		.head = { .nlmsg_len = sizeof(q),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = (unsigned char)peer->sa.sa_family,
		    .sdiag_protocol = IPPROTO_TCP,
		    .idiag_ext = 1 << (INET_DIAG_INFO - 1),
		    .idiag_states = STATES,
		    .id.idiag_dport = htons((uint16_t)addr_port(peer)) },
	};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_SOCK_DIAG);

	if (fd >= 0 && send(fd, &q, sizeof(q), 0) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
is_its(const struct inet_diag_msg *m, const struct addr *peer)
{
	if (m->idiag_family != peer->sa.sa_family)
		return false;
	if (m->idiag_family == AF_INET)
		return memcmp(m->id.idiag_dst, &peer->in.sin_addr, 4) == 0;
	return memcmp(m->id.idiag_dst, &peer->in6.sin6_addr, 16) == 0;
}

static uint64_t
bytes_of(struct nlmsghdr *head)
{
	struct inet_diag_msg *m = NLMSG_DATA(head);
	unsigned left = head->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof(*m));
	struct tcp_info info = { 0 };

	for (struct rtattr *a = (struct rtattr *)(m + 1); left >= sizeof(*a) &&
	     a->rta_len >= sizeof(*a) && a->rta_len <= left;
	     a = RTA_NEXT(a, left)) {
		size_t n = RTA_PAYLOAD(a);

		if (a->rta_type == INET_DIAG_INFO)
			memcpy(&info, RTA_DATA(a),
			    n < sizeof(info) ? n : sizeof(info));
	}
	return info.tcpi_bytes_acked + info.tcpi_bytes_received;
}

uint64_t
moved_bytes(const struct addr *peer)
{
	static _Alignas(struct nlmsghdr) char answer[16384];
	uint64_t sum = 0;
	ssize_t got;
	int fd;

	if (peer->len == 0 ||
	    (peer->sa.sa_family != AF_INET && peer->sa.sa_family != AF_INET6))
		return 0;
	fd = ask(peer);
	while (fd >= 0 && (got = recv(fd, answer, sizeof(answer), 0)) > 0) {
		size_t left = (size_t)got;

		for (struct nlmsghdr *h = (struct nlmsghdr *)answer;
		     NLMSG_OK(h, left) && h->nlmsg_type == SOCK_DIAG_BY_FAMILY;
		     h = NLMSG_NEXT(h, left))
			if (is_its(NLMSG_DATA(h), peer))
				sum += bytes_of(h);
	}
	if (fd >= 0)
		close(fd);
	return sum;
}
