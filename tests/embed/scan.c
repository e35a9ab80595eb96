/* Scans what the profile of the command line says; ^C ends it in order. */
#include <portolan.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct portolan_stop *stop;

static void on_signal(int number)
{
    (void)number;
    portolan_stop_trigger(stop);
}

static void on_found(void *context, const struct portolan_names *names,
                     const struct portolan_result *result)
{
    (void)context;
    printf("found %s %u %s %s\n", names->host, result->port, portolan_state_name(result->state),
           result->reason);
    fflush(stdout); /* whoever reads along sees it now */
}

static void print_problems(const struct portolan_problems *problems)
{
    for (size_t i = 0; i < portolan_problems_count(problems); i++) {
        struct portolan_problem problem;
        memset(&problem, 0, sizeof(problem));
        problem.size = sizeof(problem);
        if (portolan_problems_get(problems, i, &problem))
            fprintf(stderr, "%s\n", problem.text);
    }
}

/* Loads, prepares, runs. NULL: `problems` tell why. */
static struct portolan_results *scan(const char *path, struct portolan_problems *problems)
{
    struct portolan_profile *profile = NULL;
    struct portolan_prepared *prepared = NULL;
    struct portolan_results *results = NULL;
    struct portolan_prepare_options preparing;
    struct portolan_run_options running;
    memset(&preparing, 0, sizeof(preparing));
    preparing.size = sizeof(preparing);
    preparing.stop = stop;
    memset(&running, 0, sizeof(running));
    running.size = sizeof(running);
    running.stop = stop;
    running.found = on_found;

    if (portolan_profile_load_file(path, NULL, &profile, problems) == PORTOLAN_OK &&
        portolan_prepare(profile, &preparing, &prepared, problems) == PORTOLAN_OK)
        portolan_run(prepared, &running, &results, problems);
    portolan_profile_free(profile); /* the results keep what they need of it */
    return results;
}

static void print_targets(const struct portolan_results *results)
{
    struct portolan_target target;
    memset(&target, 0, sizeof(target));
    target.size = sizeof(target);
    while (portolan_results_next_target(results, &target)) {
        printf("%s: %" PRIu32 " open, %" PRIu32 " closed\n", target.host, target.open,
               target.closed);
        for (size_t i = 0; i < target.result_count; i++) {
            struct portolan_result result;
            result.size = sizeof(result);
            if (portolan_results_get(results, target.first_result + i, &result))
                printf("  %u %s, %" PRId64 " us\n", result.port, portolan_state_name(result.state),
                       result.connect_us);
        }
    }
}

int main(int argc, char **argv)
{
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_results *results = NULL;
    struct portolan_report *report = NULL;
    struct portolan_summary summary;
    memset(&summary, 0, sizeof(summary));
    summary.size = sizeof(summary);

    if (argc != 3) {
        fprintf(stderr, "usage: %s PROFILE.yaml RESULTS.json\n", argv[0]);
        return 2;
    }
    /* First of all: a path that cannot be written is known before anything is sent. */
    if (portolan_report_open("json", argv[2], NULL, &report, problems) == PORTOLAN_OK &&
        portolan_stop_new(&stop, problems) == PORTOLAN_OK) {
        signal(SIGINT, on_signal);
        results = scan(argv[1], problems);
    }
    if (results != NULL) {
        portolan_results_summary(results, &summary);
        print_targets(results);
        printf("%" PRIu64 " of %" PRIu64 " ports are open; %s\n", summary.open, summary.probes,
               summary.incomplete != NULL ? summary.incomplete : "every one was asked");
        if (portolan_report_write(report, results, problems) != PORTOLAN_OK)
            summary.incomplete = "it is not written";
    } else {
        portolan_report_abandon(report);
    }
    print_problems(problems);
    int status = results != NULL && summary.incomplete == NULL ? 0 : 1;
    portolan_results_free(results);
    signal(SIGINT, SIG_DFL);
    portolan_stop_free(stop);
    portolan_problems_free(problems);
    return status;
}
