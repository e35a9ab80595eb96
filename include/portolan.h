/*
 * portolan for programs that embed it: load a profile, run it, read what was found, write reports.
 * docs/embedding.md shows a whole program.
 *
 * Objects. Every type whose members are not shown here is made and freed by the functions that say
 * so; freeing NULL is nothing. What an out-parameter hands over is yours; what else is returned by
 * pointer is borrowed, as long as the text says. An object that was made from another keeps what it
 * needs of it: a profile may be freed while its results are read.
 *
 * Structs. One that begins with `size` is zeroed by you, and `size` set to its sizeof: the library
 * neither reads nor writes beyond it, so that a program and a library of different age go together.
 * Later versions add members at the end only, and change nothing of a struct without `size`, but
 * for struct portolan_progress, which you never make. Where a struct of options is asked for, NULL
 * stands for all zeros.
 *
 * Errors. Functions that can fail return a status and, where `problems` is not NULL, add to it what
 * is wrong, with its place in a file. Out-parameters are then as they were.
 *
 * Threads. Different objects may be used by different threads at the same time, several runs too;
 * a function that takes none may be called by any thread.
 * One object is for one thread at a time, but for profiles and results, which any number of them
 * may read (functions that take results without `const` are no reading), and for
 * portolan_stop_trigger.
 *
 * The process. The library neither prints nor ends it, and leaves umask, limits, signals, locale
 * and allocators alone; a write that fails raises no signal. Of the environment it reads what
 * portolan_profile_load_name says, and sets nothing. Whoever calls it raises RLIMIT_NOFILE if much
 * is to be in flight: a run uses what is granted.
 *
 * Lawful use: a profile's `scope` is all that a run may touch; without one that is loopback.
 */
#ifndef PORTOLAN_H
#define PORTOLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORTOLAN_API __attribute__((visibility("default")))

/* "1.2.3", of the library in use. Static. Any thread. */
PORTOLAN_API const char *portolan_version(void);

/* ---- what went wrong ---- */

enum portolan_status {
    PORTOLAN_OK = 0,
    PORTOLAN_INVALID,   /* a profile, a file or an argument is wrong; nothing was sent */
    PORTOLAN_SYSTEM,    /* a system call failed */
    PORTOLAN_NO_MEMORY, /* memory, or a limit that protects it, ran out */
    PORTOLAN_OUTPUT,    /* an output could not be written */
    PORTOLAN_CANCELLED, /* portolan_stop_trigger ended a wait */
};

/* Problems in the order in which they were found. At most 100 are kept; the last tells how many
 * more there were. */
struct portolan_problems;

struct portolan_problem {
    size_t size;
    enum portolan_status status;
    int system_errno;    /* 0: none */
    unsigned line;       /* from 1; 0: none */
    unsigned column;     /* from 1, in bytes; 0: none */
    const char *file;    /* as it was named; NULL: none */
    const char *message; /* without place and errno */
    char text[2048];     /* all of it: "FILE:LINE:COLUMN: message: what the errno says" */
};

/* An empty list, yours (portolan_problems_free). NULL: no memory; it may be passed on as it is. */
PORTOLAN_API struct portolan_problems *portolan_problems_new(void);
/* How many there are. NULL has none. */
PORTOLAN_API size_t portolan_problems_count(const struct portolan_problems *problems);
/* Fills in the one of that number, from 0. `file` and `message` are borrowed until a problem is
 * added. False: there is none, or `size` is not set. */
PORTOLAN_API bool portolan_problems_get(const struct portolan_problems *problems, size_t number,
                                        struct portolan_problem *problem);
PORTOLAN_API void portolan_problems_free(struct portolan_problems *problems);

/* ---- profiles ---- */

/* What to scan and how (docs/profile.md). Constant once loaded: any number of threads. */
struct portolan_profile;

/* A key of the profile set anew, as by `portolan run --set`: "report.json", with a value in YAML.
 */
struct portolan_setting {
    const char *key;
    const char *value;
};

struct portolan_load_options {
    size_t size;
    const struct portolan_setting *settings; /* applied in this order */
    size_t setting_count;
    const char *file;     /* of a text: what messages name it; NULL: "profile" */
    const char *base_dir; /* of a text: what its paths are relative to; NULL: the current folder */
    /* What messages call each setting, "--ports"; such a one's value is plain text, not YAML. NULL,
     * also of one: it is called --set. */
    const char *const *setting_names;
};

/*
 * Loads a profile with its `extends`, applies the settings and validates the whole; *profile is
 * yours (portolan_profile_free). No name is resolved. Every problem is found at once. Errors:
 * PORTOLAN_INVALID, also for a file that cannot be read; PORTOLAN_NO_MEMORY.
 *
 * From the file at `path`; "-" is standard input.
 */
PORTOLAN_API enum portolan_status
portolan_profile_load_file(const char *path, const struct portolan_load_options *options,
                           struct portolan_profile **profile, struct portolan_problems *problems);
/* A saved one: NAME.yaml, or NAME.yml, in the first of these folders that has it: those of the
 * environment's PORTOLAN_PATH, parted by colons, ./configs, $XDG_CONFIG_HOME/portolan (else
 * $HOME/.config/portolan), /etc/portolan. A name with a slash, or that ends in .yaml or .yml, is a
 * path; "-" is standard input. */
PORTOLAN_API enum portolan_status
portolan_profile_load_name(const char *name, const struct portolan_load_options *options,
                           struct portolan_profile **profile, struct portolan_problems *problems);
/* From `length` bytes of YAML; "{}" where the settings say everything. */
PORTOLAN_API enum portolan_status
portolan_profile_load_text(const char *text, size_t length,
                           const struct portolan_load_options *options,
                           struct portolan_profile **profile, struct portolan_problems *problems);
/* The effective profile as YAML that loads again to the same one, with a NUL; *text is yours
 * (free). Errors: PORTOLAN_NO_MEMORY. */
PORTOLAN_API enum portolan_status portolan_profile_show(const struct portolan_profile *profile,
                                                        char **text,
                                                        struct portolan_problems *problems);

/* What a profile asks of whoever runs it. The texts are borrowed from it. */
struct portolan_profile_info {
    size_t size;
    const char *name;
    const char *file;           /* as it was named */
    const char *journal;        /* a pattern for portolan_path_expand; NULL: none */
    const char *history;        /* the folder of `history.dir`; NULL: none */
    uint32_t shard, shards;     /* the slice of the plan; 0 of any: "auto", 0 of 0: all of it */
    const char *const *reports; /* patterns, by the number of their format; NULL: none */
    size_t report_count;
};
/* False: `size` is not set. */
PORTOLAN_API bool portolan_profile_get(const struct portolan_profile *profile,
                                       struct portolan_profile_info *info);
PORTOLAN_API void portolan_profile_free(struct portolan_profile *profile);

/* ---- paths ---- */

struct portolan_path_values {
    size_t size;
    const char *profile;    /* its name */
    int64_t started_ms;     /* since 1970, UTC */
    uint32_t shard, shards; /* 0 of 0: the whole plan */
};

/* Replaces {profile}, {started} and {shard} in a pattern (docs/outputs.md); *path is yours (free).
 * Errors: PORTOLAN_INVALID: another brace, a profile's name with a slash; PORTOLAN_NO_MEMORY. */
PORTOLAN_API enum portolan_status portolan_path_expand(const char *pattern,
                                                       const struct portolan_path_values *values,
                                                       char **path,
                                                       struct portolan_problems *problems);
/*
 * What a report to this path would replace, links followed: one text for every path that leads
 * there, "-" for standard output by any name. Yours (free). NULL: what several may write to (a
 * device, a named pipe), what cannot be reached, no memory.
 */
PORTOLAN_API char *portolan_path_place(const char *path);

/* ---- stopping ---- */

/* Stops whatever it is given to, once and for all; it may be given to several runs. */
struct portolan_stop;

/* *stop is yours (portolan_stop_free). Errors: PORTOLAN_SYSTEM, PORTOLAN_NO_MEMORY. */
PORTOLAN_API enum portolan_status portolan_stop_new(struct portolan_stop **stop,
                                                    struct portolan_problems *problems);
/* Stops. Any thread, any signal handler. No new probe starts beyond 100 ms later; a run ends in
 * order, with results that say so. */
PORTOLAN_API void portolan_stop_trigger(struct portolan_stop *stop);
/* Not before what it was given to has ended. */
PORTOLAN_API void portolan_stop_free(struct portolan_stop *stop);

/* ---- running ---- */

/* All that is known before the first probe. */
struct portolan_prepared;

struct portolan_prepare_options {
    size_t size;
    /* Ends the wait for names, which is no error: the run then asks nothing, says that it was
     * stopped, and begins no journal. NULL: nothing ends it. */
    struct portolan_stop *stop;
    /* A file that keeps what is settled while the run lasts, so that it can go on after a crash
     * (docs/journal.md); NULL: none. */
    const char *journal;
    bool resume;  /* go on with the unfinished run in it, if there is one; else one is refused */
    bool salvage; /* with `resume`: take what is whole where it is damaged */
    uint64_t max_age_ms; /* with `resume`: ask again what is older; 0: of any age */
    /* With `resume`: a journal that is of another plan or damaged is renamed, to PATH.old, when the
     * run begins; a warning of the results says so. */
    bool set_aside;
    uint32_t shard,
        shards; /* scan slice `shard`, from 1, of `shards`; 0 of 0: as the profile says */
};

struct portolan_prepared_info {
    size_t size;
    uint64_t targets;       /* addresses */
    uint64_t probes;        /* pairs of a target and a port */
    uint64_t worst_case_ms; /* every probe silent, every attempt made; UINT64_MAX: unbounded */
    uint32_t workers;       /* threads */
    uint32_t concurrency;   /* most probes in flight, as descriptors allow */
    size_t unresolved;      /* hosts without an address */
    bool stopped;           /* before it was prepared: the run will ask nothing */
};

/*
 * Resolves names, which takes 10 seconds at most (a lookup that hangs in the system's resolver has
 * a thread of the library's until that ends), checks the scope and what this machine grants.
 * Sends no probe. *prepared is yours, for portolan_run or portolan_prepared_free. A host that does
 * not resolve is no error. Errors: PORTOLAN_INVALID: an address outside the scope, an exclude that
 * does not resolve, no target left, a shard of which is not said which, a journal that is
 * unfinished, in use, damaged or of another plan; PORTOLAN_SYSTEM, PORTOLAN_NO_MEMORY.
 */
PORTOLAN_API enum portolan_status portolan_prepare(struct portolan_profile *profile,
                                                   const struct portolan_prepare_options *options,
                                                   struct portolan_prepared **prepared,
                                                   struct portolan_problems *problems);
/* False: `size` is not set. */
PORTOLAN_API bool portolan_prepared_get(const struct portolan_prepared *prepared,
                                        struct portolan_prepared_info *info);
/* Makes the journal now, and not in portolan_run: one that cannot be made is known before others
 * run. Nothing where it is made, none was asked for, or the run was stopped already. Errors:
 * PORTOLAN_OUTPUT; PORTOLAN_INVALID: another run has made it meanwhile; PORTOLAN_NO_MEMORY. */
PORTOLAN_API enum portolan_status
portolan_prepared_begin_journal(struct portolan_prepared *prepared,
                                struct portolan_problems *problems);
PORTOLAN_API void portolan_prepared_free(struct portolan_prepared *prepared);

enum portolan_state {
    PORTOLAN_OPEN,
    PORTOLAN_CLOSED,   /* the target itself refused */
    PORTOLAN_FILTERED, /* silence, or an ICMP refusal */
    PORTOLAN_ERROR,    /* this machine failed to ask */
    PORTOLAN_UNPROBED, /* not asked: the run was stopped, or the target given up */
};
/* "open", ...; "" for a number that is no state. Static. Any thread. */
PORTOLAN_API const char *portolan_state_name(enum portolan_state state);

struct portolan_names {
    size_t size;
    char input[256]; /* the entry of the profile that named it */
    char host[256];  /* the name, or the address */
    char ip[48];
};

struct portolan_result {
    size_t size;
    uint32_t target; /* its number, for portolan_results_names */
    uint16_t port;
    enum portolan_state state;
    char reason[32];     /* "syn-ack", "conn-refused", ...; of an error the errno's: "EMFILE" */
    const char *service; /* NULL: none known. Borrowed from the results */
    int64_t rtt_us;      /* the kernel's measure of the handshake; -1: it has none */
    int64_t connect_us;  /* from connect() to the answer; -1: there was none */
    uint32_t attempts;
    uint32_t confirm_asked; /* further probes of an open port... */
    uint32_t confirm_open;  /* ...and how many of them found it open */
    uint32_t offset_ms;     /* from the run's start to the verdict */
};

struct portolan_progress { /* members are added at the end only */
    uint64_t probes;
    uint64_t done; /* with a verdict */
    uint64_t open, closed, filtered, error;
    uint64_t attempts;
    uint64_t elapsed_ms;
    uint32_t in_flight;
    bool paused; /* nothing answers: the run waits for what has answered before */
};

/* What was found; also the reading end of a file. */
struct portolan_results;
/* One destination of a report. */
struct portolan_report;

/*
 * The callbacks are called one at a time, on a thread of the library's, the last ones on the
 * thread that called portolan_run. They may wait: meanwhile nothing else is told, but the scan goes
 * on, and a stop and a deadline end it in time; portolan_run returns once the last call has. They
 * may trigger a stop, and must not free what the run was given. Signals are blocked in the
 * library's threads.
 */
struct portolan_run_options {
    size_t size;
    struct portolan_stop *stop; /* NULL: only the profile's deadline ends it early */
    void *context;              /* handed to the callbacks */
    unsigned tick_ms;           /* how often they are called; 0: every 200 ms */
    void (*progress)(void *context, const struct portolan_progress *progress); /* or NULL */
    /* Each result that the profile's report.states keeps (and every error), once, by offset_ms;
     * soon after its verdict. Both are valid during the call. NULL: not told. */
    void (*found)(void *context, const struct portolan_names *names,
                  const struct portolan_result *result);
    /* The journal cannot be written any more, once; the run goes on without it. NULL: not told. */
    void (*journal_failed)(void *context, const struct portolan_problem *problem);
    /* Those that were opened `live` are written while the run lasts, and it stops when none of the
     * reports can be written any more. They stay yours, for portolan_report_write. */
    struct portolan_report *const *reports;
    size_t report_count;
    bool goes_on; /* it does not stop for that: what is found is wanted otherwise */
    /* Something is about to be written to a live report, which may share a terminal with what
     * `progress` shows. NULL: not told. */
    void (*writing)(void *context);
};

/*
 * Scans; returns when it is done. Takes `prepared` over, which is freed in every case. *results is
 * yours (portolan_results_free). A run that was stopped, or has passed its deadline, is no error:
 * its results say so. The profile's `report`, `journal` and `history` are the caller's to
 * honour. Errors: PORTOLAN_SYSTEM and PORTOLAN_NO_MEMORY, where it could not start or not tell what
 * it found; else as portolan_prepared_begin_journal.
 */
PORTOLAN_API enum portolan_status portolan_run(struct portolan_prepared *prepared,
                                               const struct portolan_run_options *options,
                                               struct portolan_results **results,
                                               struct portolan_problems *problems);

/* ---- results ---- */

/* How many open ports may have been missed (docs/estimates.md), at a level of 0.95. */
struct portolan_estimate {
    bool known;                   /* false: only `basis` means anything */
    const char *basis;            /* what it rests on, or why there is none. Static */
    double missed_open;           /* as expected */
    uint64_t missed_open_at_most; /* but for one case in twenty */
    double recall_at_least;       /* 0 to 1: share of the open ports that was found */
};

struct portolan_summary {
    size_t size;
    const char *profile;        /* its name. The texts are borrowed from the results */
    const char *profile_sha256; /* of what portolan_profile_show gives, in hexadecimal */
    int64_t started_ms;         /* since 1970, UTC */
    int64_t finished_ms;
    double elapsed_ms;
    bool complete; /* not stopped, no target lost */
    /* Why it is not whole, for people: stopped, a host without an address, errors of this machine.
     * NULL: it is whole. */
    const char *incomplete;
    /* NULL; "signal": by portolan_stop_trigger; "deadline", "memory", "outage", "output" */
    const char *stopped_by;
    uint64_t targets, probes; /* open + closed + filtered + error + unprobed = probes */
    uint64_t open, closed, filtered, error, unprobed;
    uint64_t retried; /* probes that took more than one attempt */
    uint64_t attempts;
    double probes_per_second;
    uint32_t peak_in_flight;
    uint32_t rtt_min_us, rtt_p50_us, rtt_p90_us, rtt_p99_us, rtt_max_us; /* of the open ports */
    uint64_t rtt_count; /* 0: the five mean nothing */
    struct portolan_estimate estimate;
    size_t results;                        /* for portolan_results_get */
    size_t warnings, unresolved;           /* for the functions of these names */
    size_t expectations;                   /* that are listed */
    uint64_t passed, failed, inconclusive; /* of all expectations */
    uint64_t changes; /* ports and hosts that changed, by portolan_results_compare */
};

struct portolan_target {
    size_t size;
    uint64_t place[4]; /* the library's own: zero before the first call, then left alone */
    uint32_t number;
    char input[256], host[256], ip[48]; /* as in struct portolan_names */
    uint32_t open, closed, filtered, error, unprobed;
    bool gave_up;    /* by the profile's give_up_after */
    bool suspicious; /* everything is open: something answers for it */
    struct portolan_estimate estimate;
    size_t first_result, result_count; /* its results, ports ascending */
};

struct portolan_expectation {
    size_t size;
    char host[256];
    char ip[48];          /* "": it did not resolve */
    uint16_t port;        /* 0: all ports of the host that it does not list, together */
    const char *expected; /* "open", "closed", "not-open". These are static */
    const char *state;    /* "open", ...; "": none of these ports is open */
    const char *verdict;  /* "pass", "fail", "inconclusive" */
    char text[256];       /* all of it but the host, for people */
};

/* Reads a results.json or jsonl file of any version 1, or what a run's journal has settled; "-" is
 * standard input. *results is yours. Errors: PORTOLAN_INVALID with line and column,
 * PORTOLAN_NO_MEMORY. */
PORTOLAN_API enum portolan_status portolan_results_read(const char *path,
                                                        struct portolan_results **results,
                                                        struct portolan_problems *problems);
/* False: `size` is not set; so it is below. */
PORTOLAN_API bool portolan_results_summary(const struct portolan_results *results,
                                           struct portolan_summary *summary);
/* Walks the targets in order, one a call. Of more than 65,536, those with something open, in error
 * or unprobed though begun. False: there is none left. */
PORTOLAN_API bool portolan_results_next_target(const struct portolan_results *results,
                                               struct portolan_target *target);
/* Result `number`, from 0, by target and port; those that the profile's report.states keeps, and
 * every error. False: there is none. */
PORTOLAN_API bool portolan_results_get(const struct portolan_results *results, size_t number,
                                       struct portolan_result *result);
/* The names of a result's or an expectation's target. False: there is none of that number. */
PORTOLAN_API bool portolan_results_names(const struct portolan_results *results, uint32_t target,
                                         struct portolan_names *names);
/* Warning `number`, from 0, for people; NULL: there is none. Borrowed. */
PORTOLAN_API const char *portolan_results_warning(const struct portolan_results *results,
                                                  size_t number);
/* A host without an address, and why. False: there is none of that number. Borrowed. */
PORTOLAN_API bool portolan_results_unresolved(const struct portolan_results *results, size_t number,
                                              const char **input, const char **message);
/* What was expected of a port, and seen. False: there is none of that number. */
PORTOLAN_API bool portolan_results_expectation(const struct portolan_results *results,
                                               size_t number,
                                               struct portolan_expectation *expectation);
/*
 * Of a run with a journal, once its reports are written: a run that is complete needs it no more,
 * so it is removed, or, with `keep`, marked as finished; that of another stays, to go on with.
 * Nothing for results without one. Errors: PORTOLAN_OUTPUT, also where it failed while the run
 * lasted.
 */
PORTOLAN_API enum portolan_status portolan_results_end_journal(struct portolan_results *results,
                                                               bool keep,
                                                               struct portolan_problems *problems);
PORTOLAN_API void portolan_results_free(struct portolan_results *results);

/* ---- history ---- */

/*
 * The kept runs of a profile, in a folder of their own (docs/history.md): `history`/`name` of
 * struct portolan_profile_info, as `portolan run` has it. The way of one: check it, run, compare,
 * write the reports, keep. Errors of all three: PORTOLAN_OUTPUT, PORTOLAN_NO_MEMORY;
 * PORTOLAN_INVALID: its index is damaged, the results are not those of a run of this process.
 *
 * Makes the folder, and sees that it can be written to and its index be read.
 */
PORTOLAN_API enum portolan_status portolan_history_check(const char *folder,
                                                         struct portolan_problems *problems);
/* What changed since the last complete run is from now on told by the results, and by reports that
 * are written of them; with `fails` these say that a change is a failure. */
PORTOLAN_API enum portolan_status portolan_results_compare(struct portolan_results *results,
                                                           const char *folder, bool fails,
                                                           struct portolan_problems *problems);
/* Keeps the run, and removes runs that the profile's `history.keep` does not keep any longer. Waits
 * for another process that does so, 30 seconds at most. */
PORTOLAN_API enum portolan_status portolan_results_keep(const struct portolan_results *results,
                                                        const char *folder,
                                                        struct portolan_problems *problems);

/* ---- reports ---- */

struct portolan_report_options {
    size_t size;
    bool live;  /* a format that can be (jsonl) is written while the run lasts, in place */
    bool color; /* of text, on a terminal */
    struct portolan_stop *stop; /* ends the wait for somebody who reads a pipe; NULL: nothing */
};

/* The formats, from 0: "json", "jsonl", "csv", "text", ...; NULL past the last. Static. */
PORTOLAN_API const char *portolan_format_name(size_t number);
/*
 * Opens a destination, before the scan, so that one that cannot be written is known before anything
 * is sent. A regular file is written beside its place and put there when it is whole; a pipe, a
 * terminal, a device in place; "-" is standard output. Folders that are missing are made. *report
 * is yours, for portolan_report_write or portolan_report_abandon. Beside the formats there are, of
 * a run's results, "profile": what was run, as YAML, and "expect": what is open, as expectations
 * for a profile to extend. Errors: PORTOLAN_INVALID: no such format; PORTOLAN_OUTPUT,
 * PORTOLAN_CANCELLED, PORTOLAN_NO_MEMORY.
 */
PORTOLAN_API enum portolan_status
portolan_report_open(const char *format, const char *path,
                     const struct portolan_report_options *options, struct portolan_report **report,
                     struct portolan_problems *problems);
/* Writes the results, puts the file in its place, and frees the report in every case. Errors:
 * PORTOLAN_OUTPUT, PORTOLAN_NO_MEMORY; PORTOLAN_INVALID: a profile or expectations, which these
 * results cannot tell. A regular file is then as it was. */
PORTOLAN_API enum portolan_status portolan_report_write(struct portolan_report *report,
                                                        const struct portolan_results *results,
                                                        struct portolan_problems *problems);
/* Leaves no trace, and frees the report. */
PORTOLAN_API void portolan_report_abandon(struct portolan_report *report);

#ifdef __cplusplus
}
#endif

#endif
