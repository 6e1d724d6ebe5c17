/*
 * An agent that leaves on command and says when: the clock of the exit-latency row.
 *
 * Connects to the driver's socket, says which ticket it works on, waits for one byte, sends back
 * CLOCK_MONOTONIC in nanoseconds (eight bytes, host order) and exits in the next instruction.
 * If the driver goes away instead, it exits 1.
 *
 * Usage: departing_agent SOCKET TICKET
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: departing_agent SOCKET TICKET\n");
        return 2;
    }
    strcpy(address.sun_path, argv[1]);
    int driver = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(driver, (struct sockaddr *)&address, sizeof address)) {
        perror("departing_agent: connect");
        return 1;
    }
    dprintf(driver, "%s\n", argv[2]);

    char word;
    if (read(driver, &word, 1) != 1) return 1;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    uint64_t nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
    _exit(send(driver, &nanoseconds, sizeof nanoseconds, MSG_NOSIGNAL) == sizeof nanoseconds ? 0 : 1);
}
