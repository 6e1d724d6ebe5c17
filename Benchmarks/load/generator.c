/*
 * Closed-loop load on a newline-framed Unix stream socket, from one thread with one epoll.
 *
 * Each of N connections keeps P requests in flight: every answer that arrives is followed by one
 * new request in one write of its own, until M requests were sent in all. A request's latency runs
 * from its write to the arrival of an answer; with P > 1 answers are matched in order of sending,
 * so that only the rate is exact then. SIGINT ends the run early and still prints the result.
 *
 * Usage: generator --socket PATH --line TEXT --requests M [--connections N] [--pipeline P] [--cpu C]
 * Prints one JSON object. "errors" counts answers that hold an error object; one that is split over
 * two reads goes uncounted, which cannot happen to all of many.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    PIPELINE_LIMIT = 256,
    CONNECTION_LIMIT = 16384,
    REQUEST_LIMIT = 20 * 1000 * 1000,
    READ_SIZE = 1 << 20,
    STALL_MILLISECONDS = 30 * 1000,
};
static const char error_mark[] = "\"error\":{";

struct connection {
    int fd;
    unsigned sent, answered;
    uint64_t sent_at[PIPELINE_LIMIT];
};

struct load {
    const char *socket_path;
    char *line;
    size_t line_length;
    long connections, pipeline, requests;
    long cpu; /* -1: wherever the scheduler likes */
};

struct tally {
    uint64_t *latencies;
    long sent, answered, errors;
    uint64_t started, ended;
};

static volatile sig_atomic_t interrupted;
static void interrupt(int signal) { (void)signal; interrupted = 1; }

static void fail(const char *what) {
    fprintf(stderr, "generator: %s\n", what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static long number(const char *text, long low, long high) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < low || value > high) fail("number out of range");
    return value;
}

static struct load parse(int argc, char **argv) {
    static const struct option options[] = {
        {"socket", required_argument, NULL, 's'},      {"line", required_argument, NULL, 'l'},
        {"requests", required_argument, NULL, 'm'},    {"connections", required_argument, NULL, 'n'},
        {"pipeline", required_argument, NULL, 'p'},    {"cpu", required_argument, NULL, 'c'},
        {0},
    };
    struct load load = {.connections = 1, .pipeline = 1, .cpu = -1};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': load.socket_path = optarg; break;
        case 'l':
            load.line_length = strlen(optarg) + 1;
            load.line = malloc(load.line_length + 1);
            sprintf(load.line, "%s\n", optarg);
            break;
        case 'm': load.requests = number(optarg, 1, REQUEST_LIMIT); break;
        case 'n': load.connections = number(optarg, 1, CONNECTION_LIMIT); break;
        case 'p': load.pipeline = number(optarg, 1, PIPELINE_LIMIT); break;
        case 'c': load.cpu = number(optarg, 0, CPU_SETSIZE - 1); break;
        default: exit(2);
        }
    }
    if (!load.socket_path || !load.line || !load.requests) fail("--socket, --line and --requests are needed");
    return load;
}

static void pin_to(size_t cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set)) fail("cannot pin to that CPU");
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) fail("socket path too long");
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void send_request(const struct load *load, struct connection *connection, struct tally *tally) {
    connection->sent_at[connection->sent++ % PIPELINE_LIMIT] = now();
    tally->sent++;
    for (size_t done = 0; done < load->line_length;) {
        ssize_t sent = send(connection->fd, load->line + done, load->line_length - done, MSG_NOSIGNAL);
        if (sent > 0) {
            done += (size_t)sent;
        } else if (errno == EAGAIN) {
            struct pollfd writable = {.fd = connection->fd, .events = POLLOUT};
            if (poll(&writable, 1, STALL_MILLISECONDS) == 0) fail("the server stopped reading");
        } else if (errno != EINTR) {
            fail("the server closed the connection");
        }
    }
}

/* Reads once, counts the answers in it and sends as many new requests. */
static void receive(const struct load *load, struct connection *connection, struct tally *tally) {
    static char buffer[READ_SIZE];
    ssize_t received = read(connection->fd, buffer, sizeof buffer);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (received <= 0) fail("the server closed the connection");
    uint64_t arrival = now();
    const char *end = buffer + received;

    for (const char *at = buffer; (at = memmem(at, (size_t)(end - at), error_mark, strlen(error_mark))); at++)
        tally->errors++;
    for (const char *at = buffer; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        if (connection->answered == connection->sent) fail("an answer without a request");
        tally->latencies[tally->answered++] = arrival - connection->sent_at[connection->answered++ % PIPELINE_LIMIT];
        if (tally->sent < load->requests && !interrupted) send_request(load, connection, tally);
    }
}

static struct tally run(const struct load *load) {
    struct tally tally = {.latencies = malloc((size_t)load->requests * sizeof(uint64_t))};
    struct connection *connections = calloc((size_t)load->connections, sizeof *connections);
    if (!tally.latencies || !connections) fail("out of memory");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (long i = 0; i < load->connections; i++) {
        connections[i].fd = connect_to(load->socket_path);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event)) fail("epoll_ctl");
    }

    tally.started = now();
    for (long depth = 0; depth < load->pipeline; depth++)
        for (long i = 0; i < load->connections && tally.sent < load->requests; i++)
            send_request(load, &connections[i], &tally);
    while (tally.answered < tally.sent) {
        struct epoll_event events[256];
        int count = epoll_wait(epoll, events, 256, STALL_MILLISECONDS);
        if (count == 0) fail("the server stopped answering");
        for (int i = 0; i < count; i++) receive(load, events[i].data.ptr, &tally);
    }
    tally.ended = now();
    return tally;
}

static int ascending(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static double microseconds(const struct tally *tally, double quantile) {
    return (double)tally->latencies[(long)((double)(tally->answered - 1) * quantile)] / 1000.0;
}

int main(int argc, char **argv) {
    struct load load = parse(argc, argv);
    if (load.cpu >= 0) pin_to((size_t)load.cpu);
    signal(SIGINT, interrupt);
    struct tally tally = run(&load);
    double seconds = (double)(tally.ended - tally.started) / 1e9;
    qsort(tally.latencies, (size_t)tally.answered, sizeof(uint64_t), ascending);
    printf("{\"requests\":%ld,\"errors\":%ld,\"seconds\":%.6f,\"rate\":%.1f,\"p50_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f}\n",
           tally.answered, tally.errors, seconds, (double)tally.answered / seconds,
           microseconds(&tally, 0.50), microseconds(&tally, 0.99), microseconds(&tally, 1.0));
    return 0;
}
