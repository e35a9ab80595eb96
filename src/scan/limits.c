#include "scan/limits.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

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
