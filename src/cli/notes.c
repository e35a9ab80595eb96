#include "cli/notes.h"

#include "cli/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNMET_SHOWN 10

/* The first that have this verdict; returns how many may still be shown. */
static int print_unmet(const struct portolan_results *results, const char *verdict,
                       const char *word, int left)
{
    struct portolan_expectation one = {.size = sizeof(one)};
    for (size_t i = 0; left > 0 && portolan_results_expectation(results, i, &one); i++) {
        if (strcmp(one.verdict, verdict) != 0)
            continue;
        print_line("%s: %s %s", word, one.host, one.text);
        left--;
    }
    return left;
}

/* Does the text go to where standard error goes, one terminal or one log? It says all of this, too.
 */
static bool is_beside(const char *text)
{
    struct stat out, err;
    char *place = text != NULL ? portolan_path_place(text) : NULL;
    bool beside = place != NULL && strcmp(place, "-") == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
                  fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
                  out.st_ino == err.st_ino;
    free(place);
    return beside;
}

static void print_expectations(const struct portolan_results *results,
                               const struct portolan_summary *summary, const char *text)
{
    uint64_t unmet = summary->failed + summary->inconclusive;
    if (unmet == 0)
        return;
    print_line("expectations of %s: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64
               " inconclusive",
               summary->profile, summary->passed, summary->failed, summary->inconclusive);
    if (text != NULL)
        return;
    int left = print_unmet(results, "fail", "FAILED", UNMET_SHOWN);
    print_unmet(results, "inconclusive", "INCONCLUSIVE", left);
    if (unmet > UNMET_SHOWN)
        print_line("... and %" PRIu64 " more", unmet - UNMET_SHOWN);
}

/* What whoever started it cannot know from the profile. NULL: nothing of the kind. */
static const char *cause_of_stop(const char *stopped_by)
{
    if (stopped_by != NULL && strcmp(stopped_by, "output") == 0)
        return "stopped: nothing that was asked for can be written any more";
    return stopped_by != NULL && strcmp(stopped_by, "signal") == 0 ? "stopped by a signal" : NULL;
}

void notes_print(const struct portolan_results *results, const struct portolan_summary *summary,
                 const char *text)
{
    bool is_told = is_beside(text);
    const char *input, *message;
    for (size_t i = 0; !is_told && portolan_results_unresolved(results, i, &input, &message); i++)
        print_line("unresolved: %s: %s", input, message);
    for (size_t i = 0; !is_told && i < summary->warnings; i++)
        print_line("warning: %s", portolan_results_warning(results, i));
    if (!is_told)
        print_expectations(results, summary, text);
    const char *cause = cause_of_stop(summary->stopped_by);
    if (cause != NULL)
        print_line("portolan: %s: %s; %" PRIu64 " of %" PRIu64 " probes have no verdict",
                   summary->profile, cause, summary->unprobed, summary->probes);
}

int notes_status(const struct portolan_summary *summary, bool is_slice,
                 const struct arguments *arguments)
{
    if (summary->incomplete != NULL)
        return EXIT_INCOMPLETE;
    if (is_slice)
        return EXIT_DONE; /* what a slice sees is a part: whoever has all of them judges */
    bool unmet = summary->failed > 0 ||
                 (summary->inconclusive > 0 && !arguments->given[OPTION_ALLOW_INCONCLUSIVE]);
    bool changed = arguments->given[OPTION_FAIL_ON_CHANGE] && summary->changes > 0;
    return unmet || changed ? EXIT_DIFFERENT : EXIT_DONE;
}
