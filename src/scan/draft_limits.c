/* How many loops, threads and sockets a run uses, of what this machine grants, and how long it may
 * take. */
#include "scan/draft.h"
#include "scan/plan.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

#define DESCRIPTORS_RESERVED 24 /* reports, /etc/services, what libraries open */
#define LOOP_DESCRIPTORS 4      /* an eventfd, an epoll and two sockets for loopback */
#define LOOP_SOCKETS 2          /* with fewer a loop is of no use */
#define AUTO_MOST 32768         /* sockets that `auto` goes up to: 100 MB of the kernel's memory */
#define AUTO_WITHOUT 512        /* what it stands for where nothing is found out */

/* ---- what this machine grants ---- */

static uint32_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL)
        return 16; /* no /proc: a guess on the safe side */
    uint32_t count = 0;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

uint32_t ptl_limits_descriptors(uint32_t reserve)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    uint64_t used = (uint64_t)open_descriptors() + reserve;
    uint64_t all = limit.rlim_cur > UINT32_MAX ? UINT32_MAX : limit.rlim_cur;
    return all > used ? (uint32_t)(all - used) : 1;
}

static uint64_t read_setting(const char *path, uint64_t otherwise)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return otherwise;
    unsigned long long value;
    if (fscanf(file, "%20llu", &value) != 1)
        value = otherwise;
    fclose(file);
    return value;
}

uint32_t ptl_limits_threads(void)
{
    /* Half of what the system has: the other half is everyone else's. */
    uint64_t most = read_setting("/proc/sys/kernel/threads-max", 4096) / 2;
    uint64_t pids = read_setting("/proc/sys/kernel/pid_max", 32768) / 2;
    /* A thread's stack and its guard page are two mappings. */
    uint64_t maps = read_setting("/proc/sys/vm/max_map_count", 65530) / 4;
    most = pids < most ? pids : most;
    most = maps < most ? maps : most;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur < most)
        most = limit.rlim_cur;
    return most > 0 ? (uint32_t)most : 1;
}

uint32_t ptl_limits_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (uint32_t)count : 1;
}

/* ---- what the run takes of it ---- */

/* How many loops or threads the engine may use, before it is known what there is to do. */
static bool clamp_workers(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    prepared->workers = 1;
    if (profile->engine != PTL_ENGINE_POOL)
        return true;
    uint32_t asked = profile->workers > 0 ? profile->workers : ptl_limits_cpus();
    uint32_t granted =
        ptl_limits_descriptors(DESCRIPTORS_RESERVED) / (LOOP_DESCRIPTORS + LOOP_SOCKETS);
    if (granted == 0)
        granted = 1;
    prepared->workers = asked < granted ? asked : granted;
    return profile->workers == 0 || asked <= granted || /* what nobody asked for is not missed */
           ptl_draft_warn(
               prepared,
               "workers %u are more than the descriptors that this system grants: %u are used",
               asked, granted);
}

static uint32_t asked_concurrency(const struct ptl_profile *profile)
{
    if (profile->engine == PTL_ENGINE_SEQUENTIAL)
        return 1;
    if (profile->concurrency != PTL_CONCURRENCY_AUTO)
        return profile->concurrency;
    return profile->adaptive && profile->engine != PTL_ENGINE_THREADS ? AUTO_MOST : AUTO_WITHOUT;
}

static bool clamp_concurrency(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    uint32_t asked = asked_concurrency(profile);
    /* A thread needs an eventfd beside its socket. */
    uint32_t granted =
        profile->engine == PTL_ENGINE_THREADS
            ? ptl_limits_descriptors(DESCRIPTORS_RESERVED) / 2
            : ptl_limits_descriptors(DESCRIPTORS_RESERVED + LOOP_DESCRIPTORS * prepared->workers);
    const char *what = "descriptors";
    if (profile->engine == PTL_ENGINE_THREADS && ptl_limits_threads() < granted) {
        granted = ptl_limits_threads();
        what = "threads";
    }
    if (granted == 0)
        granted = 1;
    prepared->effective_concurrency = asked < granted ? asked : granted;
    return asked <= granted || ptl_concurrency_word(profile->concurrency) != NULL ||
           ptl_draft_warn(prepared,
                          "concurrency %u is more than the %s that this system grants: %u are used",
                          asked, what, granted);
}

bool ptl_draft_clamp(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    if (!clamp_workers(prepared, profile) || !clamp_concurrency(prepared, profile))
        return false;
    if (profile->engine == PTL_ENGINE_THREADS)
        prepared->workers = prepared->effective_concurrency;
    if (prepared->workers > prepared->probes)
        prepared->workers = prepared->probes > 0 ? (uint32_t)prepared->probes : 1;
    return true;
}

uint64_t ptl_draft_worst_case_ms(const struct ptl_prepared *prepared,
                                 const struct ptl_profile *profile)
{
    double attempts = (double)prepared->probes * (1.0 + profile->retries);
    double waves = attempts / (double)prepared->effective_concurrency;
    double ms = (waves < 1.0 + profile->retries ? 1.0 + profile->retries : waves) *
                    (double)profile->timeout_ms +
                profile->retries * (double)PTL_RETRY_DELAY_MS;
    if (prepared->rate > 0 && ms < attempts * 1000.0 / (double)prepared->rate)
        ms = attempts * 1000.0 / (double)prepared->rate;
    if (prepared->probes == 0)
        ms = 0;
    if (profile->deadline_ms > 0 && ms > (double)profile->deadline_ms)
        ms = (double)profile->deadline_ms;
    return ms < 1e18 ? (uint64_t)ms : UINT64_MAX;
}
