/*
 * portolan: runs saved scan profiles. The map of the tree, from the ground up:
 *
 *   src/base/      errors, buffers, time, numbers, text, JSON values
 *   src/target/    addresses, ports, hosts, scope, names, the targets of a run
 *   src/profile/   THE field table; YAML in, a constant profile out
 *   src/results/   the model of a run: verdicts kept, counted, sorted
 *   src/journal/   what is settled, on the disk while a run lasts
 *   src/scan/      plan, permits, probe, the two engines, the run itself
 *   src/report/    one writer a format; atomic outputs
 *   src/compare/   variants run side by side: rounds, processes, statistics, advice
 *   src/finished/  what is done with runs that were read back: diff, merge, shards
 *   src/history/   the kept runs of a profile
 *   src/embed/     include/portolan.h, for `run` and for programs that embed the library
 *   src/cli/       one file a command, each with its table of options
 *
 * A file includes only what lies on lower storeys. The way of the data has one direction:
 * profile -> plan -> engine -> results -> writers. docs/architecture.md tells the rest.
 */
#include "cli/commands.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* In the order in which help lists them. */
static const struct command *const commands[] = {&command_run,         &command_check,
                                                 &command_show,        &command_plan,
                                                 &command_list,        &command_compare,
                                                 &command_diff,        &command_merge,
                                                 &command_convert,     &command_history,
                                                 &command_schema,      &command_help,
                                                 &command_run_variant, NULL};

/*
 * A closed pipe is an error to report, not an end, and so is a file that may not grow any more
 * (ulimit -f). And where a standard stream is closed, the next
 * file opened would take its number and then be written to: these fail instead.
 */
static void guard_streams(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    print_patiently();
}

/* What a run may open is what this system grants. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    guard_streams();
    raise_descriptors();
    if (argc < 2) {
        print_line("usage: portolan COMMAND [OPTIONS] [ARGUMENTS]; see portolan help");
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0) {
        if (argc > 2) {
            print_line("portolan --version: too many arguments");
            return EXIT_USAGE;
        }
        printf("portolan %s\n", PTL_VERSION);
        return end_output(EXIT_DONE);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    const struct command *command = command_find(commands, name);
    if (command == NULL)
        return command_unknown(commands, name);

    struct arguments arguments = {.commands = commands};
    int status = EXIT_USAGE;
    if (options_parse(command, argc - 2, argv + 2, &arguments)) {
        if (arguments.given[OPTION_HELP]) {
            options_print_help(command);
            status = end_output(EXIT_DONE);
        } else {
            status = command->run(&arguments);
        }
    }
    arguments_free(&arguments);
    return status;
}
