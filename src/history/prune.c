/* Which results files are kept, and how the others go. */
#include "history/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_MS (24LL * 3600 * 1000)

struct pruning {
    const struct ptl_history_store *store;
    const struct ptl_history *history;
    const struct ptl_history_keep *keep;
    int64_t now_ms;
    uint64_t *bytes; /* of each run's file; UINT64_MAX: it is not there, or none of ours */
    bool *stays;
};

static int64_t day_of(const struct ptl_history_run *run)
{
    return run->when_ms / DAY_MS;
}

static bool is_within(const struct pruning *pruning, const struct ptl_history_run *run,
                      uint64_t limit_ms)
{
    int64_t age_ms = pruning->now_ms - run->when_ms;
    return limit_ms == PTL_KEPT_FOREVER || age_ms <= (int64_t)limit_ms;
}

static uint64_t size_of(const struct ptl_history_store *store, const char *name)
{
    struct stat info;
    int64_t when_ms;
    bool is_ours = ptl_history_parse_name(name, &when_ms) &&
                   fstatat(store->folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISREG(info.st_mode);
    return is_ours ? (uint64_t)info.st_size : UINT64_MAX;
}

/* The run that a day keeps; SIZE_MAX: none is there. */
static size_t best_of_day(const struct pruning *pruning, int64_t day)
{
    size_t best = SIZE_MAX;
    for (size_t i = pruning->history->run_count; i-- > 0;) {
        const struct ptl_history_run *run = &pruning->history->runs[i];
        if (pruning->bytes[i] == UINT64_MAX || day_of(run) != day)
            continue;
        if (run->complete)
            return i;
        best = best == SIZE_MAX ? i : best;
    }
    return best;
}

static void choose(struct pruning *pruning)
{
    const struct ptl_history *history = pruning->history;
    bool has_newest = false, has_complete = false;
    int64_t last_day = INT64_MIN;
    for (size_t i = history->run_count; i-- > 0;) {
        const struct ptl_history_run *run = &history->runs[i];
        if (pruning->bytes[i] == UINT64_MAX)
            continue;
        pruning->stays[i] = pruning->stays[i] || !has_newest || (run->complete && !has_complete) ||
                            is_within(pruning, run, pruning->keep->all_ms);
        has_newest = true;
        has_complete = has_complete || run->complete;
        if (day_of(run) == last_day || !is_within(pruning, run, pruning->keep->daily_ms))
            continue;
        last_day = day_of(run);
        pruning->stays[best_of_day(pruning, last_day)] = true;
    }
}

static void count_from_run_before(struct pruning *pruning)
{
    const struct ptl_history *history = pruning->history;
    if (history->run_count < 2)
        return;
    int64_t before_ms = history->runs[history->run_count - 2].when_ms;
    if (before_ms < pruning->now_ms)
        pruning->now_ms = before_ms;
}

static enum ptl_status remove_others(const struct pruning *pruning, bool dry,
                                     ptl_history_gone *gone, void *context, struct ptl_error *error)
{
    const struct ptl_history *history = pruning->history;
    bool any = false;
    for (size_t i = 0; i < history->run_count; i++) {
        const struct ptl_history_run *run = &history->runs[i];
        if (pruning->bytes[i] == UINT64_MAX || pruning->stays[i])
            continue;
        if (!dry && unlinkat(pruning->store->folder, run->file, 0) != 0 && errno != ENOENT)
            return ptl_error_errno(error, PTL_E_OUTPUT, errno, "cannot remove %s/%s",
                                   pruning->store->path, run->file);
        any = true;
        if (gone != NULL)
            gone(context, run, pruning->bytes[i]);
    }
    if (any && !dry)
        fsync(pruning->store->folder); /* some file systems cannot */
    return PTL_OK;
}

enum ptl_status ptl_history_prune(const char *folder, const struct ptl_history_keep *keep,
                                  int64_t now_ms, bool dry, ptl_history_gone *gone, void *context,
                                  struct ptl_error *error)
{
    struct ptl_history_store store;
    struct ptl_history *history = NULL;
    struct pruning pruning = {.store = &store, .keep = keep, .now_ms = now_ms};
    enum ptl_status status =
        ptl_history_store_open(folder, dry ? PTL_STORE_READ : PTL_STORE_WRITE, &store, error);
    if (status == PTL_OK)
        status = ptl_history_read_index(&store, &history, error);
    if (status == PTL_OK) {
        pruning.history = history;
        pruning.bytes = calloc(history->run_count + 1, sizeof(*pruning.bytes));
        pruning.stays = calloc(history->run_count + 1, sizeof(*pruning.stays));
        if (pruning.bytes == NULL || pruning.stays == NULL)
            status = ptl_error_no_memory(error);
    }
    for (size_t i = 0; status == PTL_OK && i < history->run_count; i++)
        pruning.bytes[i] = size_of(&store, history->runs[i].file);
    if (status == PTL_OK) {
        if (keep->is_of_run_before)
            count_from_run_before(&pruning);
        choose(&pruning);
        status = remove_others(&pruning, dry, gone, context, error);
    }
    free(pruning.bytes);
    free(pruning.stays);
    ptl_history_free(history);
    ptl_history_store_close(&store);
    return status;
}
