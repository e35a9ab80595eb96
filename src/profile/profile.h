/*
 * The profile: what to scan and how. Loaded from YAML through one table of fields
 * (src/profile/fields.c), constant afterwards; any thread may read.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/buf.h"
#include "base/error.h"
#include "target/address.h"
#include "target/hosts.h"
#include "target/portset.h"
#include "target/resolve.h"
#include "target/scope.h"

enum ptl_engine { PTL_ENGINE_SEQUENTIAL, PTL_ENGINE_THREADS, PTL_ENGINE_EVENTS, PTL_ENGINE_POOL };
#define PTL_ENGINE_COUNT 4
enum ptl_order { PTL_ORDER_INTERLEAVED, PTL_ORDER_SEQUENTIAL, PTL_ORDER_RANDOM };
enum ptl_resolve_mode { PTL_RESOLVE_FIRST, PTL_RESOLVE_ALL };

/* States of a probe (the contract's words), also the order in which they are counted. */
enum ptl_state { PTL_OPEN, PTL_CLOSED, PTL_FILTERED, PTL_ERROR, PTL_UNPROBED };
#define PTL_STATE_COUNT 5
extern const char *const ptl_state_names[PTL_STATE_COUNT]; /* "open", ... */
extern const char *const ptl_engine_names[PTL_ENGINE_COUNT];
extern const char *const ptl_order_names[3];
extern const char *const ptl_family_names[3];
extern const char *const ptl_resolve_names[2];

/*
 * The report formats, one row each: the enum's word, the name (the profile's key under `report`,
 * the option, and ptl_writer_NAME), what it is. The enum, the names, the keys, the options and the
 * array of writers all come from here.
 */
#define PTL_FORMATS(ROW)                                                                           \
    ROW(JSON, json, "results.json")                                                                \
    ROW(JSONL, jsonl, "one result a line, written as found")                                       \
    ROW(CSV, csv, "the CSV table")                                                                 \
    ROW(TEXT, text, "the text for people")                                                         \
    ROW(HTML, html, "one page for a browser, with charts")                                         \
    ROW(HOSTPORT, hostport, "a host:port line for each open port")                                 \
    ROW(XML, xml, "XML as nmap writes it")                                                         \
    ROW(JUNIT, junit, "JUnit XML")                                                                 \
    ROW(PROM, prom, "Prometheus metrics")

#define PTL_FORMAT_ENUM(word, name, what) PTL_FORMAT_##word,
enum ptl_format { PTL_FORMATS(PTL_FORMAT_ENUM) PTL_FORMAT_COUNT };
#undef PTL_FORMAT_ENUM
extern const char *const ptl_format_names[PTL_FORMAT_COUNT];

#define PTL_CONCURRENCY_UNLIMITED UINT32_MAX
#define PTL_CONCURRENCY_AUTO                                                                       \
    (UINT32_MAX - 1) /* what the network bears is found while the run lasts */
/* "unlimited" or "auto"; NULL: it is a number. */
const char *ptl_concurrency_word(uint32_t concurrency);

struct ptl_texts { /* entries as given, for `show` */
    char **items;
    size_t count;
};

#define PTL_EXPECT_MAX 1000 /* rules; each holds sets of ports */

struct ptl_expect { /* one rule of `expect` */
    struct ptl_hosts hosts;
    struct ptl_texts hosts_text; /* as given; the paths of host files absolute */
    struct ptl_portset *open;    /* NULL: not given */
    struct ptl_portset *closed;  /* NULL: not given */
    struct ptl_portset *only;    /* NULL: not given */
    unsigned line, column;
};

static inline bool ptl_expect_has_open(const struct ptl_expect *rule, uint16_t port)
{
    return ptl_portset_contains(rule->open, port) || ptl_portset_contains(rule->only, port);
}

#define PTL_OPTIONS_MAX ((size_t)16 * 1024)
#define PTL_FILE_OPTIONS "command line" /* `file`, where the options are all there is */

/* Which slice of the plan is to be scanned. */
struct ptl_shard {
    uint32_t index; /* 1 to count; 0: "auto", which whoever runs it has to replace */
    uint32_t count; /* 0: the whole plan is scanned */
};
#define PTL_SHARDS_MAX 100000

#define PTL_KEPT_FOREVER UINT64_MAX
#define PTL_SHARE_ONE 10000 /* shares are kept as ten-thousandths */

/*
 * How a run asks. What the profile says of it is what the run's record keeps: one struct, which
 * both have, and whose members are their own. A member is a row of the field table, and one of the
 * keys of a run (results/objects.c) where results are to tell of it.
 */
#define PTL_SETTINGS                                                                               \
    enum ptl_family address_family;                                                                \
    enum ptl_resolve_mode resolve;                                                                 \
    uint64_t timeout_ms;                                                                           \
    bool adaptive_timeout;                                                                         \
    uint32_t retries;                                                                              \
    bool adaptive;                                                                                 \
    uint32_t loss_retries;                                                                         \
    uint32_t min_recall_e4; /* of PTL_SHARE_ONE; 0: none is asked for */                           \
    uint32_t confirm;                                                                              \
    uint32_t give_up_after;                                                                        \
    uint32_t per_target;  /* most attempts waiting on one target; 0: no bound of its own */        \
    uint64_t outage_ms;   /* how long it waits for what has fallen silent; 0: an old file's */     \
    uint32_t concurrency; /* or one of the two words above; the engine's default is filled in */   \
    enum ptl_engine engine;                                                                        \
    uint64_t rate; /* attempts a second; 0: no limit */                                            \
    enum ptl_order order;                                                                          \
    uint64_t seed;        /* 0: to be drawn */                                                     \
    uint64_t deadline_ms; /* 0: none */
struct ptl_settings {
    PTL_SETTINGS
};

struct ptl_profile {
    char *name;
    char *description;
    char *file; /* as the user named it; "-" for standard input */
    /* The settings that it was loaded with, as words of a command line, each with a newline behind
     * it; but for `shard`. NULL: they are longer than PTL_OPTIONS_MAX, or one has a newline. */
    char *options;
    struct ptl_hosts hosts;
    struct ptl_texts hosts_text; /* as given; the paths of host files absolute */
    struct ptl_hosts exclude_hosts;
    struct ptl_texts exclude_hosts_text;
    struct ptl_portset *ports;         /* exclude_ports taken out; sealed; never empty */
    struct ptl_portset *exclude_ports; /* as given, for `show`; NULL: none */
    struct ptl_portset *all_ports;     /* `ports` as given, for `show` */
    struct ptl_scope scope;
    struct ptl_texts scope_text; /* as given, for `show` */
    bool has_source_address;
    struct ptl_address source_address;
    union {
        struct ptl_settings settings;
        struct {
            PTL_SETTINGS
        };
    };
    uint32_t workers; /* 0: one per usable CPU */
    char *journal;    /* NULL: none */
    struct ptl_shard shard;
    char *history_dir;                         /* NULL: no history is kept */
    uint64_t history_all_ms, history_daily_ms; /* how long runs are kept; PTL_KEPT_FOREVER */
    uint32_t changes_after; /* runs in which a port was seen otherwise before that is a change */
    struct ptl_expect *expects;
    size_t expect_count;
    char *report_paths[PTL_FORMAT_COUNT]; /* NULL: not asked for */
    bool report_given; /* false: the default, text to "-" (already in report_paths) */
    bool report_states[PTL_STATE_COUNT]; /* which states results keep; error is always true */
};

/* One --set KEY=VALUE. KEY may be dotted ("report.json"); VALUE is YAML ("[1, 2]") . */
struct ptl_setting {
    const char *key;
    const char *value;
    const char *option; /* NULL: --set; else the option it came by, whose VALUE is plain text */
};

/*
 * Loads a profile from `path` ("-": standard input, once) with its `extends`, then applies the
 * settings in order, then validates. Every problem found is added to `problems`, with its place;
 * a setting's problems name the file "--set", or its option. Names are not resolved; scope is
 * checked here for literal addresses less the literal excludes, for resolved ones when the run is
 * prepared. On success (no problem) *profile is yours; else NULL and PTL_E_INVALID, or
 * PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_profile_load(const char *path, const struct ptl_setting *settings, size_t count,
                                 struct ptl_profile **profile, struct ptl_problems *problems);
/* The same from memory: `file` names it in messages, `base_dir` is what paths are relative to. */
enum ptl_status ptl_profile_load_text(const char *text, size_t length, const char *file,
                                      const char *base_dir, const struct ptl_setting *settings,
                                      size_t count, struct ptl_profile **profile,
                                      struct ptl_problems *problems);
void ptl_profile_free(struct ptl_profile *profile);
/* What a profile is called that has no name: its file's stem, made to fit the rules of a name; "-"
 * is called stdin. The caller's; NULL: no memory. */
char *ptl_profile_stem(const char *file);

/* Bytes of what is appended below, at most: a list of a million hosts is 20 MiB. */
#define PTL_PROFILE_SHOWN_MAX ((size_t)256 << 20)
/* The effective profile as YAML that loads again to the same profile, appended to buf. */
void ptl_profile_show(const struct ptl_profile *profile, struct ptl_buf *buf);
/*
 * The keys that decide what a run finds, one after the other, and their values as far as they
 * matter for that, appended to `value` (NULL: not asked for): two profiles that agree in all of
 * them ask the same probes in the same way. False past the last. *key is borrowed.
 */
bool ptl_profile_decides(const struct ptl_profile *profile, size_t number, const char **key,
                         struct ptl_buf *value);
#define PTL_SHA256_SIZE 65 /* in hexadecimal, with the NUL */
/* SHA-256 (FIPS 180-4) of what ptl_profile_show prints, in hexadecimal; of every slice of a plan
 * that of the whole one. */
enum ptl_status ptl_profile_sha256(const struct ptl_profile *profile, char hex[PTL_SHA256_SIZE],
                                   struct ptl_error *error);
/* The same of what is asked, however it is asked: hosts, less those excluded, and ports. */
enum ptl_status ptl_profile_plan_sha256(const struct ptl_profile *profile,
                                        char hex[PTL_SHA256_SIZE], struct ptl_error *error);
/* The same of what is expected; the paths of host files count for their names alone, as they are
 * absolute and every machine has its own. */
enum ptl_status ptl_profile_expect_sha256(const struct ptl_profile *profile,
                                          char hex[PTL_SHA256_SIZE], struct ptl_error *error);
/* "3/8" or "auto/8". PTL_E_INVALID: neither, or no such slice. */
enum ptl_status ptl_shard_parse(const char *text, struct ptl_shard *shard, struct ptl_error *error);

/* JSON Schema, draft-07, of the profile, from the field table; pretty-printed, with a newline. */
void ptl_profile_schema(struct ptl_buf *buf);
/* docs/profile.md, from the field table. */
void ptl_profile_reference(struct ptl_buf *buf);

/* Every known top-level key, for completions. False past the last. Borrowed. */
bool ptl_profile_key(size_t number, const char **key, const char **summary);

/*
 * The path of a saved profile: `word` itself when it is "-", contains "/" or ends in .yaml or
 * .yml; else NAME.yaml (or NAME.yml) in $PORTOLAN_PATH, ./configs, $XDG_CONFIG_HOME/portolan (or
 * ~/.config/portolan), /etc/portolan. *path is yours. Not found: PTL_E_INVALID with the places
 * searched and the nearest name.
 */
enum ptl_status ptl_profile_find(const char *word, char **path, struct ptl_error *error);

struct ptl_saved_profile {
    char *name;
    char *path;
    char *description; /* "" when it has none; the first problem's text when it does not load */
    bool loads;
};
/* All saved profiles, in search order, by name within a directory; one hidden by an earlier
 * directory is left out. *saved is yours (ptl_profile_list_free). */
enum ptl_status ptl_profile_list(struct ptl_saved_profile **saved, size_t *count,
                                 struct ptl_error *error);
void ptl_profile_list_free(struct ptl_saved_profile *saved, size_t count);

#endif
