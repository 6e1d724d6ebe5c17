/*
 * The floor of the `terminal-flood` row: the master side of a pseudo-terminal, read as fast as it comes. Nothing is
 * done with what is read, but for the question after the cursor's place with which a flood ends.
 *
 * Usage: bare_terminal COLUMNS ROWS PROGRAM [ARGUMENT...]
 */

#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char question[] = "\033[6n", answer[] = "\033[1;1R";
enum { QUESTION_LENGTH = sizeof question - 1, CHUNK = 128 << 10 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: bare_terminal COLUMNS ROWS PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    struct winsize size = {.ws_col = (unsigned short)atoi(argv[1]), .ws_row = (unsigned short)atoi(argv[2])};
    int master;
    pid_t program = forkpty(&master, NULL, NULL, &size);
    if (program < 0) fail("forkpty");
    if (program == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }

    /* The last bytes of what came before stay in front of each chunk: the question may come in two parts. */
    static char buffer[QUESTION_LENGTH + CHUNK];
    for (;;) {
        ssize_t length = read(master, buffer + QUESTION_LENGTH, CHUNK);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break; /* EIO: nobody has the other side open any more */
        if (memcmp(buffer + length, question, QUESTION_LENGTH) == 0 && write(master, answer, sizeof answer - 1) < 0) fail("write");
        memmove(buffer, buffer + length, QUESTION_LENGTH);
    }
    int status;
    waitpid(program, &status, 0);
    return 0;
}
