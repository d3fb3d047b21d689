// SPDX-License-Identifier: GPL-2.0
/*
 * What a packet costs on its way through this network namespace.
 *
 * A write to /dev/sipsteer_bench is a struct bench_request and a packet, from
 * the IP header on.  The packet is sent that many times, each time in a buffer
 * of its own, with a number of its own where the request wants it.  A read
 * gives, for each of them, a u32: the cycles that the way of this one took, or
 * 0 if the clock ticked in between.
 *
 * In a virtual machine whose clock counts instructions, so does the cycle
 * counter: then the figures are exact, and those of caches, of branches guessed
 * wrong and of the bus are not in them.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/timex.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip6_checksum.h>
#include <net/net_namespace.h>
#include <net/udp.h>

#define PACKET_MAX	2048
#define COUNT_MAX	1000000
/* So many packets a device may hand over before others get their turn. */
#define BATCH		64

enum bench_way {
	BENCH_RECEIVE,		/* arrives at a device */
	BENCH_DELIVER,		/* the same, and there is a socket for it */
	BENCH_SEND,		/* leaves from a socket */
};

/**
 * struct bench_request - what to send; offsets are from the IP header, 0: none
 * @way: enum bench_way
 * @ifindex: where it arrives
 * @count: how many
 * @first: the number of the first
 * @number_at: where to write the number, eight hexadecimal digits
 * @port_at: where there is a port to add the number to
 * @ports: how many ports there are
 * @seq_at: where there is a sequence number that grows
 * @seq_step: by how much
 */
struct bench_request {
	u32 way;
	u32 ifindex;
	u32 count;
	u32 first;
	u32 number_at;
	u32 port_at;
	u32 ports;
	u32 seq_at;
	u32 seq_step;
};

/**
 * struct bench - one opening of the device
 * @request: what was asked for last
 * @size: of the packet
 * @packet: the packet
 * @numbered: where to write that of a number, if it has no buffer of its own
 * @l4: offset of its transport header
 * @proto: its transport protocol
 * @dev: where it arrives
 * @sock: the one that gets or sends it, or NULL
 * @to: where that one sends it to
 * @to_size: size of that
 * @cycles: what each packet took
 */
struct bench {
	struct bench_request request;
	u32 size;
	u8 packet[PACKET_MAX];
	u8 numbered[PACKET_MAX];
	unsigned int l4;
	u8 proto;
	struct net_device *dev;
	struct socket *sock;
	struct sockaddr_storage to;
	int to_size;
	u32 *cycles;
};

static bool is_v4(const struct bench *bench)
{
	return bench->packet[0] >> 4 == 4;
}

/* Neither IP options nor extension headers. */
static int read_headers(struct bench *bench)
{
	const struct iphdr *v4 = (const void *)bench->packet;
	const struct ipv6hdr *v6 = (const void *)bench->packet;

	bench->l4 = is_v4(bench) ? sizeof(*v4) : sizeof(*v6);
	if (bench->size < bench->l4 + sizeof(struct tcphdr))
		return -EINVAL;
	bench->proto = is_v4(bench) ? v4->protocol : v6->nexthdr;
	return 0;
}

static void fix_check(const struct bench *bench, u8 *packet)
{
	unsigned int size = bench->size - bench->l4;
	const struct ipv6hdr *v6 = (const void *)packet;
	struct iphdr *v4 = (void *)packet;
	__sum16 *check;
	__wsum sum;

	check = (__sum16 *)(packet + bench->l4 +
			    (bench->proto == IPPROTO_TCP ?
			     offsetof(struct tcphdr, check) :
			     offsetof(struct udphdr, check)));
	*check = 0;
	sum = csum_partial(packet + bench->l4, size, 0);
	if (is_v4(bench)) {
		*check = csum_tcpudp_magic(v4->saddr, v4->daddr, size,
					   bench->proto, sum);
		v4->check = 0;
		v4->check = ip_fast_csum(v4, v4->ihl);
	} else {
		*check = csum_ipv6_magic(&v6->saddr, &v6->daddr, size,
					 bench->proto, sum);
	}
}

/* Write the packet of this number. */
static void number_packet(const struct bench *bench, u8 *packet, u32 number)
{
	const struct bench_request *request = &bench->request;
	char digits[9];

	memcpy(packet, bench->packet, bench->size);
	if (request->number_at) {
		snprintf(digits, sizeof(digits), "%08x", number);
		memcpy(packet + request->number_at, digits, 8);
	}
	if (request->port_at)
		be16_add_cpu((__be16 *)(packet + request->port_at),
			     number % request->ports);
	if (request->seq_at)
		be32_add_cpu((__be32 *)(packet + request->seq_at),
			     number * request->seq_step);
	fix_check(bench, packet);
}

/* As it comes from a device that has found the checksum to be good. */
static struct sk_buff *make_skb(const struct bench *bench, u32 number)
{
	struct sk_buff *skb;

	skb = alloc_skb(NET_SKB_PAD + ETH_HLEN + bench->size, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + ETH_HLEN);
	number_packet(bench, skb_put(skb, bench->size), number);
	skb_reset_network_header(skb);
	skb_set_mac_header(skb, -ETH_HLEN);
	eth_zero_addr(eth_hdr(skb)->h_source);
	ether_addr_copy(eth_hdr(skb)->h_dest, bench->dev->dev_addr);
	skb->protocol = is_v4(bench) ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	eth_hdr(skb)->h_proto = skb->protocol;
	skb->dev = bench->dev;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

static int receive(const struct bench *bench, u32 number, cycles_t *begin)
{
	struct sk_buff *skb = make_skb(bench, number);

	if (!skb)
		return -ENOMEM;
	*begin = get_cycles();
	netif_receive_skb(skb);
	return 0;
}

static int send(struct bench *bench, u32 number, cycles_t *begin)
{
	unsigned int at = bench->l4 + sizeof(struct udphdr);
	struct msghdr msg = {
		.msg_name = &bench->to,
		.msg_namelen = bench->to_size,
	};
	struct kvec vec = {
		.iov_base = bench->numbered + at,
		.iov_len = bench->size - at,
	};
	int sent;

	number_packet(bench, bench->numbered, number);
	*begin = get_cycles();
	sent = kernel_sendmsg(bench->sock, &msg, &vec, 1, vec.iov_len);
	return min(sent, 0);
}

static int run_one(struct bench *bench, u32 i)
{
	u32 number = bench->request.first + i;
	unsigned long ticks = jiffies;
	cycles_t begin, end;
	int err;

	if (bench->request.way == BENCH_SEND)
		err = send(bench, number, &begin);
	else
		err = receive(bench, number, &begin);
	end = get_cycles();
	ticks = jiffies - ticks;
	bench->cycles[i] = ticks ? 0 : end - begin;
	return err;
}

/* As a device's poll does: what else is to be done waits for the batch's end. */
static int run_batch(struct bench *bench, u32 first, u32 end)
{
	int err = 0;
	u32 i;

	local_bh_disable();
	for (i = first; i < end && !err; i++)
		err = run_one(bench, i);
	local_bh_enable();
	return err;
}

static int run(struct bench *bench)
{
	u32 i, end;
	int err;

	for (i = 0; i < bench->request.count; i = end) {
		end = min(i + BATCH, bench->request.count);
		err = run_batch(bench, i, end);
		if (err)
			return err;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* The packet's source or its destination. */
static int packet_end(const struct bench *bench, bool src,
		      struct sockaddr_storage *addr)
{
	const struct udphdr *udp = (const void *)(bench->packet + bench->l4);
	const struct ipv6hdr *v6 = (const void *)bench->packet;
	const struct iphdr *v4 = (const void *)bench->packet;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	if (is_v4(bench)) {
		*in = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_addr.s_addr = src ? v4->saddr : v4->daddr,
			.sin_port = src ? udp->source : udp->dest,
		};
		return sizeof(*in);
	}
	*in6 = (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_addr = src ? v6->saddr : v6->daddr,
		.sin6_port = src ? udp->source : udp->dest,
	};
	return sizeof(*in6);
}

/* In place of waking up a reader: read. */
static void take(struct sock *sk)
{
	struct sk_buff *skb;
	int err;

	skb = skb_recv_udp(sk, MSG_DONTWAIT, &err);
	if (skb)
		skb_consume_udp(sk, skb, skb->len);
}

static int open_socket(struct bench *bench, struct net *net)
{
	bool sends = bench->request.way == BENCH_SEND;
	struct sockaddr_storage own;
	int own_size = packet_end(bench, sends, &own);
	int err;

	if (bench->proto != IPPROTO_UDP)
		return -EINVAL;
	bench->to_size = packet_end(bench, !sends, &bench->to);
	err = sock_create_kern(net, own.ss_family, SOCK_DGRAM, IPPROTO_UDP,
			       &bench->sock);
	if (err)
		return err;
	bench->sock->sk->sk_data_ready = take;
	return kernel_bind(bench->sock, (struct sockaddr *)&own, own_size);
}

static void clean_up(struct bench *bench)
{
	if (bench->sock)
		sock_release(bench->sock);
	bench->sock = NULL;
	dev_put(bench->dev);
	bench->dev = NULL;
}

static bool fits(const struct bench *bench, u32 at, u32 size)
{
	return at <= bench->size - size;
}

static int check_request(const struct bench *bench)
{
	const struct bench_request *request = &bench->request;

	if (request->way > BENCH_SEND ||
	    !request->count || request->count > COUNT_MAX ||
	    !fits(bench, request->number_at, 8) ||
	    !fits(bench, request->port_at, 2) ||
	    !fits(bench, request->seq_at, 4) ||
	    (request->port_at && !request->ports))
		return -EINVAL;
	return 0;
}

static int prepare(struct bench *bench)
{
	struct net *net = current->nsproxy->net_ns;

	bench->dev = dev_get_by_index(net, bench->request.ifindex);
	if (!bench->dev)
		return -ENODEV;
	kvfree(bench->cycles);
	bench->cycles = kvcalloc(bench->request.count, sizeof(u32), GFP_KERNEL);
	if (!bench->cycles)
		return -ENOMEM;
	return bench->request.way == BENCH_RECEIVE ? 0 :
						     open_socket(bench, net);
}

static ssize_t bench_write(struct file *file, const char __user *buf,
			   size_t size, loff_t *pos)
{
	struct bench *bench = file->private_data;
	struct bench_request *request = &bench->request;
	int err;

	if (size <= sizeof(*request) || size > sizeof(*request) + PACKET_MAX)
		return -EINVAL;
	bench->size = size - sizeof(*request);
	if (copy_from_user(request, buf, sizeof(*request)) ||
	    copy_from_user(bench->packet, buf + sizeof(*request), bench->size))
		return -EFAULT;
	err = read_headers(bench) ?: check_request(bench) ?: prepare(bench) ?:
	      run(bench);
	clean_up(bench);
	*pos = 0;
	return err ?: size;
}

static ssize_t bench_read(struct file *file, char __user *buf, size_t size,
			  loff_t *pos)
{
	const struct bench *bench = file->private_data;

	if (!bench->cycles)
		return 0;
	return simple_read_from_buffer(buf, size, pos, bench->cycles,
				       bench->request.count * sizeof(u32));
}

static int bench_open(struct inode *inode, struct file *file)
{
	struct bench *bench = kvzalloc(sizeof(*bench), GFP_KERNEL);

	file->private_data = bench;
	return bench ? 0 : -ENOMEM;
}

static int bench_release(struct inode *inode, struct file *file)
{
	struct bench *bench = file->private_data;

	kvfree(bench->cycles);
	kvfree(bench);
	return 0;
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.open = bench_open,
	.write = bench_write,
	.read = bench_read,
	.release = bench_release,
};

static struct miscdevice bench_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sipsteer_bench",
	.fops = &bench_fops,
	.mode = 0600,
};

module_misc_device(bench_device);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Cost of packets, one by one");
