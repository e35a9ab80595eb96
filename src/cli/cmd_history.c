#include "cli/commands.h"
#include "cli/reports.h"

#include "base/clock.h"
#include "history/telling.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a word means: a folder, and of a profile what it keeps. */
struct place {
    char *folder, *name;
    struct ptl_profile *profile; /* NULL: a folder was named */
};

static void free_place(struct place *place)
{
    free(place->folder);
    free(place->name);
    ptl_profile_free(place->profile);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool has_index(const char *folder)
{
    char *path;
    bool is_there = asprintf(&path, "%s/index.jsonl", folder) >= 0;
    if (is_there) {
        is_there = access(path, F_OK) == 0;
        free(path);
    }
    return is_there;
}

/* The one history below a folder. NULL: none, or several, which is said. */
static char *find_below(const char *folder)
{
    DIR *entries = opendir(folder);
    char *found = NULL, *other = NULL, *path;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.' || asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
            continue;
        if (!has_index(path)) {
            free(path);
        } else if (found == NULL) {
            found = path;
        } else {
            free(other);
            other = path;
        }
    }
    if (entries != NULL)
        closedir(entries);
    if (found == NULL)
        print_line("portolan history: no history is in %s: no index.jsonl, and no folder with one",
                   folder);
    else if (other != NULL)
        print_line("portolan history: several histories are in %s: name one, as %s", folder, found);
    if (other != NULL) {
        free(found);
        found = NULL;
    }
    free(other);
    return found;
}

static int place_of_folder(const char *word, struct place *place)
{
    place->folder = has_index(word) ? strdup(word) : find_below(word);
    if (place->folder == NULL)
        return EXIT_REJECTED;
    size_t length = strlen(place->folder);
    while (length > 1 && place->folder[length - 1] == '/')
        place->folder[--length] = '\0';
    const char *slash = strrchr(place->folder, '/');
    place->name = strdup(slash != NULL && slash[1] != '\0' ? slash + 1 : place->folder);
    return place->name != NULL ? EXIT_DONE : EXIT_INCOMPLETE;
}

static int place_of_profile(const char *word, const struct arguments *arguments,
                            struct place *place)
{
    place->profile = load_ptl_profile(word, arguments);
    if (place->profile == NULL)
        return EXIT_REJECTED;
    if (place->profile->history_dir == NULL) {
        print_line("portolan history: the profile %s has no key history: name the folder, or say "
                   "--history DIR",
                   place->profile->name);
        return EXIT_REJECTED;
    }
    place->name = strdup(place->profile->name);
    if (place->name == NULL ||
        asprintf(&place->folder, "%s/%s", place->profile->history_dir, place->name) < 0)
        return EXIT_INCOMPLETE;
    return EXIT_DONE;
}

/* ---- removing ---- */

struct gone {
    const char *folder;
    bool dry;
    uint64_t files, bytes;
};

static void tell_gone(void *context, const struct ptl_history_run *run, uint64_t bytes)
{
    struct gone *gone = context;
    printf("%s %s/%s\n", gone->dry ? "would remove" : "removed", gone->folder, run->file);
    gone->files++;
    gone->bytes += bytes;
}

static int prune(const struct arguments *arguments, const struct place *place)
{
    struct ptl_error error;
    struct gone gone = {.folder = place->folder, .dry = arguments->given[OPTION_DRY_RUN]};
    if (place->profile == NULL) {
        print_line("portolan history: --prune wants a PROFILE: its history.keep says what is kept");
        return EXIT_USAGE;
    }
    const struct ptl_history_keep keep = {.all_ms = place->profile->history_all_ms,
                                          .daily_ms = place->profile->history_daily_ms};
    enum ptl_status status =
        ptl_history_prune(place->folder, &keep, ptl_clock_wall_ms(),
                          arguments->given[OPTION_DRY_RUN], tell_gone, &gone, &error);
    if (status != PTL_OK)
        return print_failure(&error);
    printf("%" PRIu64 " results file%s, %" PRIu64 " KiB%s\n", gone.files,
           gone.files == 1 ? "" : "s", gone.bytes / 1024, gone.dry ? " would go" : " went");
    return end_output(EXIT_DONE);
}

/* ---- telling ---- */

static enum ptl_status write_telling(const void *what, enum ptl_format format, const char *path,
                                     struct ptl_error *error)
{
    return ptl_telling_write(what, format, path, error);
}

static int write_ports(const struct arguments *arguments, struct ptl_telling *telling)
{
    const char *path = arguments->texts[OPTION_CSV_PORTS];
    struct ptl_error error;
    if (path == NULL)
        return EXIT_DONE;
    telling->by_port = true;
    if (ptl_telling_write(telling, PTL_FORMAT_CSV, path, &error) != PTL_OK) {
        print_error(&error);
        return EXIT_OUTPUT;
    }
    if (!arguments->given[OPTION_QUIET] && strcmp(path, "-") != 0)
        print_line("wrote %s", path);
    return EXIT_DONE;
}

/* The first run of the last `since_ms`. One that a clock was wrong in lies alone among others. */
static size_t first_since(const struct ptl_history *history, int64_t from_ms)
{
    size_t first = history->run_count;
    while (first > 0 && (history->runs[first - 1].when_ms >= from_ms ||
                         (first > 1 && history->runs[first - 2].when_ms >= from_ms)))
        first--;
    return first;
}

static int tell(const struct arguments *arguments, const struct place *place,
                const struct ptl_history *history, uint64_t since_ms)
{
    struct ptl_telling telling = {.history = history,
                                  .folder = place->folder,
                                  .name = place->name,
                                  .now_ms = ptl_clock_wall_ms()};
    if (since_ms > 0)
        telling.first = first_since(history, telling.now_ms - (int64_t)since_ms);
    const struct ptl_run_info named = {.profile = place->name, .started_ms = telling.now_ms};
    /* Where the table of ports alone is asked for, it is all there is. */
    bool only_ports = arguments->texts[OPTION_CSV_PORTS] != NULL && !arguments->any_report;
    int status = only_ports ? EXIT_DONE
                            : reports_write("history", arguments, &named, PTL_FORMAT_TEXT,
                                            write_telling, &telling);
    int ports = status != EXIT_USAGE ? write_ports(arguments, &telling) : EXIT_DONE;
    return status > ports ? status : ports;
}

static int run(const struct arguments *arguments)
{
    struct place place = {.folder = NULL};
    struct ptl_history *history = NULL;
    struct ptl_error error;
    uint64_t since_ms;
    if (!options_take_age("history", arguments->texts[OPTION_SINCE], "since", "30d", &since_ms))
        return EXIT_USAGE;
    if (arguments->given[OPTION_DRY_RUN] && !arguments->given[OPTION_PRUNE]) {
        print_line("portolan history: --dry-run says what --prune would do: it wants --prune");
        return EXIT_USAGE;
    }
    const char *word = arguments->words[0];
    int status =
        is_folder(word) ? place_of_folder(word, &place) : place_of_profile(word, arguments, &place);
    if (status == EXIT_INCOMPLETE)
        print_no_memory();
    if (status == EXIT_DONE && arguments->given[OPTION_PRUNE]) {
        status = prune(arguments, &place);
    } else if (status == EXIT_DONE) {
        enum ptl_status read = ptl_history_read(place.folder, &history, &error);
        if (read == PTL_OK)
            status = tell(arguments, &place, history, since_ms);
        else
            status = print_failure(&error);
    }
    ptl_history_free(history);
    free_place(&place);
    return status;
}

static const struct option options[] = {
    {OPTION_SINCE, "since", "DURATION", .help = "tell of the runs of that time only, as 30d"},
    {OPTION_ROW_REPORT(JSON, "json", "write runs and ports there as JSON")},
    {OPTION_ROW_REPORT(CSV, "csv", "write a row a run there")},
    {OPTION_CSV_PORTS, "csv-ports", "PATH",
     .help = "write a row a port there: first and last open, how often"},
    {OPTION_ROW_REPORT(TEXT, "text", "write the text there (- where no output is named)")},
    {OPTION_ROW_REPORT(HTML, "html", "write one page for a browser there")},
    {OPTION_ROW_REPORT(PROM, "prom",
                       "write Prometheus metrics there: when the last complete run was")},
    {OPTION_HISTORY, "history", "DIR",
     .help = "where a PROFILE that does not say so keeps its runs"},
    {OPTION_SET, "set", "KEY=VALUE", .help = "override a key of the profile (repeatable)"},
    {OPTION_PRUNE, "prune", NULL,
     .help = "remove the results files that the profile's history.keep does not keep"},
    {OPTION_DRY_RUN, "dry-run", NULL, .help = "with --prune: only say which"},
    {OPTION_QUIET, "quiet", NULL, .help = "no notes on standard error"},
};

const struct command command_history = {
    .name = "history",
    .synopsis = "PROFILE|DIR [OPTIONS]",
    .summary = "Tell what changed, and since when, over the kept runs of a profile",
    .details =
        "A line a run, what changed in it, and of each port that was open when it was so first "
        "and\n"
        "last, and in how many runs. DIR is a folder of kept runs, or one that holds such a "
        "folder.\n\n"
        "Exit status: 0 done, 2 usage, 3 the profile or the index was rejected, 5 an output could\n"
        "not be written.",
    COMMAND_OPTIONS(options),
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
