/* Keeping a run: its results file, then its line, then latest.json. Whatever ends it between two
 * of these, the next one goes on from there. */
#include "history/index.h"
#include "history/store.h"
#include "history/weigh.h"

#include "base/array.h"
#include "base/text.h"
#include "report/report.h"
#include "results/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LATEST "latest.json"
#define NAMES_MAX 100000 /* files without a line: so many are looked at */

static enum ptl_status write_results(const struct ptl_history_store *store, const char *name,
                                     bool compressed, const struct ptl_results *results,
                                     struct ptl_error *error)
{
    const struct ptl_report_options options = {.compressed = compressed};
    char *path;
    if (asprintf(&path, "%s/%s", store->path, name) < 0)
        return ptl_error_no_memory(error);
    enum ptl_status status = ptl_report_make(PTL_FORMAT_JSON, path, &options, results, error);
    free(path);
    return status;
}

/* PTL_E_INVALID: it holds no results. */
static enum ptl_status read_results(const struct ptl_history_store *store, const char *name,
                                    struct ptl_results **results)
{
    char *path;
    if (asprintf(&path, "%s/%s", store->path, name) < 0)
        return PTL_E_NO_MEMORY;
    enum ptl_status status = ptl_results_read(path, results, NULL);
    free(path);
    return status;
}

/* Appends the line of a run whose results file is in its place, and enters it in the history. */
static enum ptl_status add_line(const struct ptl_history_store *store, struct ptl_history *history,
                                const struct ptl_results *results, const char *file,
                                struct ptl_error *error)
{
    struct ptl_index_line line = {.run = ptl_index_run(results, file),
                                  .has_changes = results->changes != NULL};
    struct ptl_buf text;
    ptl_buf_init(&text, PTL_INDEX_LINE_MAX);
    enum ptl_status status = ptl_history_weigh(history, results, 1, NULL, &line.seen, error);
    if (status == PTL_OK) {
        if (results->changes != NULL)
            line.run.changes = *results->changes;
        ptl_object_print(&ptl_object_index_line, &line, &text);
        line.run.changes = (struct ptl_changes){.after = 0};
        ptl_buf_add_char(&text, '\n');
        if (text.failed)
            status = ptl_error_no_memory(error);
    }
    if (status == PTL_OK)
        status = ptl_history_append(store, history, &text, error);
    if (status == PTL_OK) {
        history->length += text.length;
        history->is_torn = false;
        if (!ptl_history_enter(history, &line))
            status = ptl_error_no_memory(error);
    }
    ptl_sightings_free(&line.seen);
    ptl_buf_free(&text);
    return status;
}

static bool has_line(const struct ptl_history *history, const char *name)
{
    for (size_t i = history->run_count; i-- > 0;) /* it is one of the last */
        if (strcmp(history->runs[i].file, name) == 0)
            return true;
    return false;
}

static bool is_regular(const struct ptl_history_store *store, const char *name)
{
    struct stat info;
    return fstatat(store->folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
}

/* The files of ours that no line names. False: no memory, or the folder cannot be read. */
static bool find_lost(const struct ptl_history_store *store, const struct ptl_history *history,
                      char ***names, size_t *count)
{
    int again = openat(store->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again >= 0 ? fdopendir(again) : NULL;
    bool good = entries != NULL;
    if (entries == NULL && again >= 0)
        close(again);
    for (const struct dirent *entry; good && (entry = readdir(entries)) != NULL;) {
        int64_t when_ms;
        if (*count >= NAMES_MAX || !ptl_history_parse_name(entry->d_name, &when_ms) ||
            !is_regular(store, entry->d_name) || has_line(history, entry->d_name))
            continue;
        char *name = strdup(entry->d_name);
        good = name != NULL && PTL_ROOM_FOR_FEW(*names, *count);
        if (good)
            (*names)[(*count)++] = name;
        else
            free(name);
    }
    if (entries != NULL)
        closedir(entries);
    if (*count > 0)
        qsort(*names, *count, sizeof(**names), ptl_text_order);
    return good;
}

/* A run that was killed after its results were in their place gets its line. What is no results
 * file stays, and stays without one. */
static enum ptl_status adopt(const struct ptl_history_store *store, struct ptl_history *history,
                             struct ptl_error *error)
{
    char **names = NULL;
    size_t count = 0;
    enum ptl_status status =
        find_lost(store, history, &names, &count)
            ? PTL_OK
            : ptl_error_errno(error, PTL_E_OUTPUT, errno, "cannot read the folder %s", store->path);
    for (size_t i = 0; i < count; i++) {
        struct ptl_results *results = NULL;
        enum ptl_status read =
            status == PTL_OK ? read_results(store, names[i], &results) : PTL_E_INVALID;
        if (read == PTL_OK)
            status = add_line(store, history, results, names[i], error);
        else if (read == PTL_E_NO_MEMORY)
            status = ptl_error_no_memory(error);
        ptl_results_free(results);
    }
    ptl_text_list_free(names, count);
    return status;
}

/* Two runs may have begun in one millisecond. */
static void choose_name(const struct ptl_history_store *store, int64_t when_ms,
                        char name[PTL_HISTORY_NAME_SIZE])
{
    struct stat info;
    do
        ptl_history_make_name(when_ms++, name);
    while (fstatat(store->folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0);
}

/* An output follows links, as a user's own path may ask; here nobody did. */
static enum ptl_status check_latest(const struct ptl_history_store *store, struct ptl_error *error)
{
    struct stat info;
    if (fstatat(store->folder, LATEST, &info, AT_SYMLINK_NOFOLLOW) != 0 || S_ISREG(info.st_mode))
        return PTL_OK;
    return ptl_error_set(error, PTL_E_OUTPUT, "%s/" LATEST " is no regular file", store->path);
}

static enum ptl_status read_and_mend(const struct ptl_history_store *store,
                                     struct ptl_history **history, struct ptl_error *error)
{
    enum ptl_status status = ptl_history_read_index(store, history, error);
    return status == PTL_OK ? adopt(store, *history, error) : status;
}

/* Is it this very run whose results the file holds? One that does not read is none. */
static enum ptl_status is_same_run(const struct ptl_history_store *store, const char *file,
                                   const struct ptl_results *results, bool *is_same,
                                   struct ptl_error *error)
{
    struct ptl_results *kept = NULL;
    enum ptl_status status = read_results(store, file, &kept);
    *is_same = status == PTL_OK && kept->run.started_ms == results->run.started_ms &&
               kept->run.seed == results->run.seed;
    ptl_results_free(kept);
    return status == PTL_E_NO_MEMORY ? ptl_error_no_memory(error) : PTL_OK;
}

/* A run that could not be kept to the end, or was killed then, comes again with its journal. (Two
 * may have begun in one millisecond.) */
static enum ptl_status look_for(const struct ptl_history_store *store,
                                const struct ptl_history *history,
                                const struct ptl_results *results, bool *is_kept,
                                struct ptl_error *error)
{
    const struct ptl_history_run this = ptl_index_run(results, "");
    enum ptl_status status = PTL_OK;
    for (size_t i = history->run_count; i-- > 0 && status == PTL_OK && !*is_kept;) {
        const struct ptl_history_run *run = &history->runs[i];
        if (run->when_ms == this.when_ms && run->complete == this.complete &&
            strcmp(run->plan_sha256, this.plan_sha256) == 0 &&
            memcmp(run->states, this.states, sizeof(run->states)) == 0)
            status = is_same_run(store, run->file, results, is_kept, error);
    }
    return status;
}

static enum ptl_status keep_in(const struct ptl_history_store *store,
                               const struct ptl_results *results, struct ptl_error *error)
{
    struct ptl_history *history = NULL;
    char name[PTL_HISTORY_NAME_SIZE];
    bool is_kept = false;
    enum ptl_status status = check_latest(store, error);
    if (status == PTL_OK)
        status = read_and_mend(store, &history, error);
    if (status == PTL_OK)
        status = look_for(store, history, results, &is_kept, error);
    if (status == PTL_OK && !is_kept) {
        choose_name(store, results->run.started_ms, name);
        status = write_results(store, name, true, results, error);
        if (status == PTL_OK)
            status = add_line(store, history, results, name, error);
    }
    if (status == PTL_OK)
        status = write_results(store, LATEST, false, results, error);
    ptl_history_free(history);
    return status;
}

enum ptl_status ptl_history_keep(const char *folder, const struct ptl_results *results,
                                 struct ptl_error *error)
{
    struct ptl_history_store store;
    enum ptl_status status = ptl_history_store_open(folder, PTL_STORE_WRITE, &store, error);
    if (status == PTL_OK)
        status = keep_in(&store, results, error);
    ptl_history_store_close(&store);
    return status;
}

enum ptl_status ptl_history_mend(const char *folder, struct ptl_error *error)
{
    struct ptl_history_store store;
    struct ptl_history *history = NULL;
    enum ptl_status status = ptl_history_store_open(folder, PTL_STORE_CHECK, &store, error);
    if (status == PTL_OK && flock(store.index, LOCK_EX | LOCK_NB) == 0)
        status = read_and_mend(&store, &history, error);
    ptl_history_free(history);
    ptl_history_store_close(&store);
    return status;
}

enum ptl_status ptl_history_check(const char *folder, struct ptl_error *error)
{
    struct ptl_history_store store;
    struct ptl_history *history = NULL;
    enum ptl_status status = ptl_history_store_open(folder, PTL_STORE_CHECK, &store, error);
    if (status == PTL_OK)
        status = check_latest(&store, error);
    if (status == PTL_OK)
        status = ptl_history_read_index(&store, &history, error);
    ptl_history_free(history);
    ptl_history_store_close(&store);
    return status;
}
