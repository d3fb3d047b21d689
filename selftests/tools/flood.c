// SPDX-License-Identifier: GPL-2.0
/*
 * flood DEVICE MILLISECONDS FILE...: send the frames of each file over and over, each file on a CPU
 * of its own, the first on CPU 0; with 0 milliseconds, once. In the file each frame comes after its
 * length, of 32 bits in the machine's own order.
 *
 * Prints of each CPU how many frames it has sent, in how many nanoseconds, and how many nanoseconds a
 * frame takes: the median of batches, so that it does not matter what else the machine does meanwhile.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH		32
#define TIMES_MAX	(1 << 20)

static void die(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static pthread_barrier_t together;
static uint64_t duration;

struct sender {
	pthread_t thread;
	int cpu;
	int fd;
	size_t frames;
	struct mmsghdr *messages;
	struct iovec *frame;
	uint64_t sent;
	uint64_t took;
	size_t times;
	uint32_t *time;		/* of the batches that were sent whole */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void sender_read(struct sender *sender, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	size_t room = 0;
	uint32_t size;
	char *data;
	off_t at;

	if (fd < 0 || fstat(fd, &stat))
		die(name);
	data = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		die(name);
	close(fd);
	for (at = 0; at < stat.st_size; at += sizeof(size) + size) {
		memcpy(&size, data + at, sizeof(size));
		if (sender->frames == room) {
			room = room ? 2 * room : 1024;
			sender->frame = reallocarray(sender->frame, room, sizeof(*sender->frame));
			if (!sender->frame)
				die(name);
		}
		sender->frame[sender->frames++] = (struct iovec){ data + at + sizeof(size), size };
	}
	sender->messages = calloc(sender->frames, sizeof(*sender->messages));
	sender->time = malloc(TIMES_MAX * sizeof(*sender->time));
	if (!sender->frames || !sender->messages || !sender->time)
		die(name);
	for (size_t i = 0; i < sender->frames; i++)
		sender->messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &sender->frame[i],
			.msg_iovlen = 1,
		};
}

static void sender_open(struct sender *sender, unsigned int device)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = device,
	};
	int on = 1;

	/* Protocol 0: it receives nothing. */
	sender->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sender->fd < 0 || bind(sender->fd, (const void *)&address, sizeof(address)))
		die("packet socket");
	if (setsockopt(sender->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		die("without a queue");
}

static int time_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double sender_median(struct sender *sender)
{
	qsort(sender->time, sender->times, sizeof(*sender->time), time_cmp);
	return sender->times ? sender->time[sender->times / 2] / (double)BATCH : 0;
}

static void *sender_run(void *data)
{
	struct sender *sender = data;
	uint64_t begin, last, end;
	size_t next = 0;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sender->cpu, &cpus);
	errno = pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	if (errno)
		die("no such CPU");
	pthread_barrier_wait(&together);
	begin = now();
	end = begin;
	do {
		size_t left = sender->frames - next;
		int sent = sendmmsg(sender->fd, &sender->messages[next],
				    left < BATCH ? left : BATCH, 0);

		if (sent < 0 && errno != ENOBUFS && errno != EAGAIN)
			die("send");
		if (sent > 0) {
			sender->sent += sent;
			next = (next + sent) % sender->frames;
		}
		last = end;
		end = now();
		if (sent == BATCH && sender->times < TIMES_MAX)
			sender->time[sender->times++] = end - last;
	} while (duration ? end - begin < duration : next);
	sender->took = end - begin;
	return NULL;
}

int main(int argc, char **argv)
{
	struct sender *senders;
	unsigned int device;
	int count, i;

	if (argc < 4) {
		fprintf(stderr, "Usage: %s DEVICE MILLISECONDS FILE...\n", argv[0]);
		return 2;
	}
	device = if_nametoindex(argv[1]);
	if (!device)
		die(argv[1]);
	duration = strtoull(argv[2], NULL, 0) * 1000000;
	count = argc - 3;
	senders = calloc(count, sizeof(*senders));
	if (!senders)
		die("memory");
	pthread_barrier_init(&together, NULL, count);
	for (i = 0; i < count; i++) {
		senders[i].cpu = i;
		sender_read(&senders[i], argv[3 + i]);
		sender_open(&senders[i], device);
	}
	for (i = 0; i < count; i++) {
		errno = pthread_create(&senders[i].thread, NULL, sender_run, &senders[i]);
		if (errno)
			die("thread");
	}
	for (i = 0; i < count; i++) {
		pthread_join(senders[i].thread, NULL);
		printf("%llu %llu %.0f\n", (unsigned long long)senders[i].sent,
		       (unsigned long long)senders[i].took, sender_median(&senders[i]));
	}
	return 0;
}
