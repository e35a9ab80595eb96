/*
 * floor [--threads N] [--events IN_FLIGHT] [--sends] ADDRESS HOSTS FIRST LAST
 *
 * The least that a connect scan can be, as the floor to measure scanners against: no profile, no
 * plan, no retries, no permits, no results but the open ports, printed as "ADDRESS PORT" lines.
 * It probes ports FIRST to LAST of HOSTS addresses from ADDRESS upward, taking hosts in turn.
 *
 * Without --events each thread has one blocking socket: a refused one is connected again, so a
 * closed port costs one system call. That is the fastest there is on loopback, where the answer is
 * there before connect() returns. With --events each thread is an event loop with its share of
 * IN_FLIGHT sockets; it works on a network too. It gives up what has no answer after 3 s in which
 * nothing at all happened, so it is no scanner for silent ports.
 *
 * --sends only starts the connects, each on a socket of its own, waits for no answer, and prints
 * how many nanoseconds that took: what it takes to send so many SYNs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 128, EVENTS = 256, IDLE_MS = 3000, MAX_THREADS = 64 };

/* Set before the threads start; only `taken` changes afterwards. */
static struct {
    uint32_t first_address, hosts, first_port, ports;
    unsigned threads, in_flight;
    bool sends;
    atomic_ullong taken;
} job;

struct hand {
    uint64_t next, end; /* the block of probes in hand */
};

struct slot {
    int fd;
    bool busy;
    uint64_t probe;
};

static bool next_probe(struct hand *hand, uint64_t *probe)
{
    if (hand->next == hand->end) {
        uint64_t all = (uint64_t)job.hosts * job.ports;
        uint64_t start = atomic_fetch_add_explicit(&job.taken, BLOCK, memory_order_relaxed);
        if (start >= all)
            return false;
        hand->next = start;
        hand->end = start + BLOCK < all ? start + BLOCK : all;
    }
    *probe = hand->next++;
    return true;
}

static struct sockaddr_in address_of(uint64_t probe)
{
    struct sockaddr_in to;
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(job.first_address + (uint32_t)(probe % job.hosts));
    to.sin_port = htons((uint16_t)(job.first_port + probe / job.hosts));
    return to;
}

/* A probe of a local port can be given that port as its source, and meets itself. */
static bool met_itself(int fd)
{
    struct sockaddr_in here;
    struct sockaddr_in there;
    socklen_t here_length = sizeof(here);
    socklen_t there_length = sizeof(there);
    return getsockname(fd, (struct sockaddr *)&here, &here_length) == 0 &&
           getpeername(fd, (struct sockaddr *)&there, &there_length) == 0 &&
           here.sin_port == there.sin_port && here.sin_addr.s_addr == there.sin_addr.s_addr;
}

static void print_open(uint64_t probe)
{
    struct sockaddr_in to = address_of(probe);
    char text[INET_ADDRSTRLEN];
    printf("%s %u\n", inet_ntop(AF_INET, &to.sin_addr, text, sizeof(text)), ntohs(to.sin_port));
}

static int new_socket(int flags)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0) {
        perror("socket");
        exit(1);
    }
    /* An open port's connection ends by RST: nothing is left in TIME_WAIT. */
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    return fd;
}

static void *block_loop(void *unused)
{
    (void)unused;
    struct hand hand = {0, 0};
    uint64_t probe;
    int fd = new_socket(0);
    while (next_probe(&hand, &probe)) {
        struct sockaddr_in to = address_of(probe);
        bool again;
        do {
            again = false;
            if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0) {
                again = met_itself(fd);
                if (!again)
                    print_open(probe);
                close(fd);
                fd = new_socket(0);
            }
        } while (again);
    }
    close(fd);
    return NULL;
}

static void *send_loop(void *unused)
{
    (void)unused;
    struct hand hand = {0, 0};
    uint64_t probe;
    while (next_probe(&hand, &probe)) {
        struct sockaddr_in to = address_of(probe);
        int fd = new_socket(SOCK_NONBLOCK); /* the end of the process closes it */
        connect(fd, (struct sockaddr *)&to, sizeof(to));
    }
    return NULL;
}

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct loop {
    int epoll;
    struct hand hand;
    struct slot *slots;
    int pays; /* above 0: looking right after the first connect() has paid lately */
};

static void renew(struct loop *loop, struct slot *slot)
{
    if (slot->fd >= 0)
        close(slot->fd);
    slot->fd = new_socket(SOCK_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = slot}};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, slot->fd, &event) != 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

/* One connect() for the probe of the slot. False: the answer is still to come. */
static bool step(struct loop *loop, struct slot *slot)
{
    struct sockaddr_in to = address_of(slot->probe);
    if (connect(slot->fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        if (errno == EINPROGRESS || errno == EALREADY)
            return false;
        if (errno != EISCONN)
            return true; /* refused: connect() has reset the socket */
    }
    bool itself = met_itself(slot->fd);
    if (!itself)
        print_open(slot->probe);
    renew(loop, slot);
    return itself ? step(loop, slot) : true;
}

/* Probes with this slot until an answer has to be waited for. False: nothing is left to probe. */
static bool run_slot(struct loop *loop, struct slot *slot)
{
    for (;;) {
        slot->busy = next_probe(&loop->hand, &slot->probe);
        if (!slot->busy)
            return false;
        if (step(loop, slot))
            continue;
        if (loop->pays > -8) {
            if (!step(loop, slot)) {
                loop->pays--;
                return true;
            }
            if (loop->pays < 8)
                loop->pays++;
            continue;
        }
        return true;
    }
}

static void *event_loop(void *unused)
{
    (void)unused;
    unsigned count = job.in_flight / job.threads > 0 ? job.in_flight / job.threads : 1;
    struct loop loop = {.epoll = epoll_create1(EPOLL_CLOEXEC), .pays = 0};
    loop.slots = calloc(count, sizeof(*loop.slots));
    if (loop.epoll < 0 || !loop.slots) {
        perror("floor");
        exit(1);
    }
    unsigned busy = 0;
    for (unsigned i = 0; i < count; i++) {
        loop.slots[i].fd = -1;
        renew(&loop, &loop.slots[i]);
        if (!run_slot(&loop, &loop.slots[i]))
            break;
        busy++;
    }
    struct epoll_event events[EVENTS];
    while (busy > 0) {
        int got = epoll_wait(loop.epoll, events, EVENTS, IDLE_MS);
        if (got <= 0)
            break;
        for (int i = 0; i < got; i++) {
            struct slot *slot = events[i].data.ptr;
            /* Not busy, or an answer that an early look has already taken: an old event. */
            if (slot->busy && step(&loop, slot) && !run_slot(&loop, slot))
                busy--;
        }
    }
    free(loop.slots);
    return NULL;
}

static bool parse(int argc, char **argv)
{
    int i = 1;
    job.threads = 2;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--sends") == 0)
            job.sends = true;
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            job.threads = (unsigned)atoi(argv[++i]);
        else if (strcmp(argv[i], "--events") == 0 && i + 1 < argc)
            job.in_flight = (unsigned)atoi(argv[++i]);
        else
            return false;
    }
    struct in_addr address;
    if (argc - i != 4 || inet_pton(AF_INET, argv[i], &address) != 1)
        return false;
    job.first_address = ntohl(address.s_addr);
    job.hosts = (uint32_t)atoi(argv[i + 1]);
    job.first_port = (uint32_t)atoi(argv[i + 2]);
    uint32_t last_port = (uint32_t)atoi(argv[i + 3]);
    job.ports = last_port - job.first_port + 1;
    return job.threads >= 1 && job.threads <= MAX_THREADS && job.hosts >= 1 &&
           job.first_port >= 1 && last_port >= job.first_port && last_port <= 65535;
}

int main(int argc, char **argv)
{
    if (!parse(argc, argv)) {
        fputs(
            "usage: floor [--threads N] [--events IN_FLIGHT] [--sends] ADDRESS HOSTS FIRST LAST\n",
            stderr);
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    void *(*loop)(void *) = job.sends ? send_loop : job.in_flight > 0 ? event_loop : block_loop;
    long long start = now_ns();
    pthread_t threads[MAX_THREADS];
    for (unsigned i = 0; i < job.threads; i++)
        if (pthread_create(&threads[i], NULL, loop, NULL) != 0)
            return 1;
    for (unsigned i = 0; i < job.threads; i++)
        pthread_join(threads[i], NULL);
    if (job.sends)
        printf("%lld\n", now_ns() - start);
    return fflush(stdout) == 0 ? 0 : 1;
}
