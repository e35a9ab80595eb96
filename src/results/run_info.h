/*
 * The run itself, in its results: what was asked and how, on which machines, in how many stretches,
 * how fast and what held it back.
 */
#ifndef RESULTS_RUN_INFO_H
#define RESULTS_RUN_INFO_H

#include "profile/profile.h"
#include "target/address.h"

enum ptl_stop {
    PTL_STOP_NONE,
    PTL_STOP_SIGNAL,
    PTL_STOP_DEADLINE,
    PTL_STOP_MEMORY,
    PTL_STOP_OUTAGE, /* everything that had answered fell silent and did not come back */
    PTL_STOP_OUTPUT  /* nothing that was asked for can be written any more */
};

/* What had answered fell silent, and answered again, or did not. */
struct ptl_outage {
    uint32_t at_ms; /* from the run's start to the last answer before it */
    uint32_t lasted_ms;
    char ip[PTL_ADDRESS_SIZE]; /* of the one target that fell silent; "": everything did */
};
#define PTL_OUTAGES_LISTED 1000

enum ptl_limited_by {
    PTL_LIMITED_BY_NOTHING,
    PTL_LIMITED_BY_LOCAL,  /* this machine ran short of something */
    PTL_LIMITED_BY_TARGET, /* targets lost what they were asked beyond a limit of their own */
    PTL_LIMITED_BY_PATH,   /* so did what all targets share */
    PTL_LIMITED_BY_CEILING /* `concurrency` or `rate` of the profile */
};
#define PTL_LIMITED_BY_COUNT 5
extern const char *const ptl_limited_by_names[PTL_LIMITED_BY_COUNT];

/* How fast the run was allowed to be at a time of it. */
struct ptl_path_point {
    uint32_t at_ms;
    uint32_t limit;              /* attempts a second; 0: none */
    uint32_t answers_per_second; /* since the point before */
};
#define PTL_PATH_POINTS 240

/* What limited the run, how that is known, and when nothing answered. */
struct ptl_path_info {
    uint64_t targets;
    uint64_t limit; /* attempts a second, at the end; 0: none was found */
    enum ptl_limited_by limited_by;
    uint64_t answers_per_second; /* over the whole run */
    uint32_t round_trip_us;      /* smoothed, at the end; 0: nothing answered */
    uint64_t sentinels_asked, sentinels_lost;
    uint32_t unanswered_peak; /* attempts within 120 s that nothing answered, at most */
    struct ptl_outage *outages;
    size_t outage_count, outage_capacity;
    struct ptl_path_point points[PTL_PATH_POINTS];
    uint32_t point_count;
};

/* A stretch of work of a run that was resumed. */
struct ptl_segment {
    int64_t started_ms, finished_ms; /* wall clock */
    uint64_t probes;                 /* that got their verdict in it */
    uint32_t reason;                 /* why it ended: enum ptl_stop, or PTL_SEGMENT_KILLED */
};
#define PTL_SEGMENTS_LISTED 1000000
#define PTL_SEGMENT_KILLED (PTL_STOP_OUTPUT + 1) /* nobody could say so any more */

/* What a resumed run took over from those before. */
struct ptl_resumed {
    uint64_t taken_over;  /* verdicts */
    uint64_t asked_again; /* probes that were on their way when the journal was written last */
    int64_t oldest_ms;    /* the oldest verdict, wall clock; 0: there is none */
    bool salvaged;        /* from a journal that was damaged */
};

#define PTL_MACHINE_SIZE 65 /* HOST_NAME_MAX and the NUL */

#define PTL_NAME_BYTES 255 /* of a host, an entry, a service */

/* A name of the plan with an address that it stands for. */
struct ptl_shard_name {
    char name[PTL_NAME_BYTES + 1];
    char ip[PTL_ADDRESS_SIZE];
};
#define PTL_SHARD_NAMES_LISTED 2048

/* Which slice of a plan a run is of. Shards of one plan have the same `count` and `plan_sha256`. */
struct ptl_shard_info {
    uint32_t index, count; /* 1 to count; 0 of 0: the run is of the whole plan */
    char plan_sha256[PTL_SHA256_SIZE];
    char machine[PTL_MACHINE_SIZE]; /* host name of the one that ran it */
    uint64_t targets;               /* of the whole plan */
    uint32_t ports;                 /* of each, in the whole plan */
    struct ptl_shard_name *names;   /* of the whole plan, the first of them: why two plans differ */
    size_t name_count;
    char *options;                       /* as the profile's; NULL: not known */
    char expect_sha256[PTL_SHA256_SIZE]; /* of what the profile expects; "": not known */
};

/* One of the shards that a merged file was made of. */
struct ptl_shard_run {
    uint32_t index;
    char machine[PTL_MACHINE_SIZE];
    char source_address[PTL_ADDRESS_SIZE]; /* "": none was asked for */
    int64_t started_ms, finished_ms;
    double elapsed_ms;
    bool complete;
    enum ptl_stop stopped_by;
    uint64_t targets, probes;
    uint32_t effective_concurrency, workers;
    uint64_t rate;
    uint64_t limit; /* attempts a second, at its end; 0: none was found */
    enum ptl_limited_by limited_by;
    uint64_t answers_per_second;
};
#define PTL_SHARD_RUNS_LISTED 10000 /* so many fit into one object that can be read back */

/* What was asked and how it went: the "run" object, less what the profile holds. */
struct ptl_run_info {
    char tool_version[32];
    char *profile;     /* name */
    char *description; /* NULL: none */
    char *file;
    char profile_sha256[PTL_SHA256_SIZE];
    char plan_sha256[PTL_SHA256_SIZE]; /* of the hosts and ports asked; "": a file of an older
                                          version */
    int64_t started_ms;                /* wall clock */
    int64_t finished_ms;
    double elapsed_ms; /* monotonic; written with three decimals at most */
    bool complete;
    bool cut; /* jsonl without its end, missing shards: not even all targets are known */
    enum ptl_stop stopped_by; /* memory is written as null, and "out_of_memory": true; so are, as
                               * null, outage and output */
    char *ports;              /* "1-1024,8080" */
    bool states[PTL_STATE_COUNT];
    union {
        struct ptl_settings settings; /* the profile's, with the seed that was drawn */
        struct {
            PTL_SETTINGS
        };
    };
    uint32_t effective_concurrency;
    uint32_t workers;                      /* that there were */
    char source_address[PTL_ADDRESS_SIZE]; /* "": none */
    struct ptl_segment *segments;          /* none: the run was not resumed */
    size_t segment_count;
    struct ptl_resumed resumed;
    struct ptl_shard_info shard;
    struct ptl_shard_run *shards; /* of merged shards: those that there were, by their number */
    size_t shard_count;
    char *missing_shards; /* "3,5-7/8": those that were not there; NULL: none */
    bool has_path;        /* false: a file of an older version, or one that was merged */
    struct ptl_path_info path;
};

/* Frees what it holds, not itself. */
void ptl_run_info_free(struct ptl_run_info *info);

#endif
