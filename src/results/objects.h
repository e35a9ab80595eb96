/*
 * The objects of a results file, a table of keys each (objects.c), and the structs that hold the
 * keys of those whose model has another shape. Texts are borrowed.
 */
#ifndef RESULTS_OBJECTS_H
#define RESULTS_OBJECTS_H

#include "results/estimate.h"
#include "results/keys.h"
#include "results/results.h"

#define PTL_MERGED_LISTED 100000

/* The open ones among these results; of a list that was read, how many there are. */
struct ptl_open_ports {
    const struct ptl_result *items;
    size_t count;
};

#define PTL_ALL_OPEN "all-open"
struct ptl_target_keys {
    const char *input, *host, *ip;
    struct ptl_open_ports open_ports;
    uint16_t states[PTL_STATE_COUNT];
    bool gave_up;
    const char *suspicious; /* PTL_ALL_OPEN */
    struct ptl_estimate estimate;
    struct ptl_evidence evidence;
    bool has_evidence;
};

struct ptl_result_keys {
    const char *host, *ip;
    uint16_t port;
    uint8_t protocol, state, reason;
    const char *service;
    uint32_t rtt_us, connect_us;
    uint8_t attempts;
    const char *confirmed; /* "2/3": of three further probes two found it open */
    uint32_t offset_ms;
};

struct ptl_expectation_keys {
    const char *host, *ip;
    struct ptl_expectation one;
};

struct ptl_disagreement_keys {
    const char *host, *ip;
    uint16_t port;
    uint8_t protocol;
    struct ptl_disagreement *seen; /* when read, the caller's */
    size_t seen_count;
};

extern const struct ptl_object ptl_object_results; /* the root: for schema and reference */
/* Why a run or a segment ended, by enum ptl_stop and PTL_SEGMENT_KILLED; NULL: it came to its end.
 */
extern const char *const ptl_stop_names[];
extern const struct ptl_object ptl_object_tool, ptl_object_run;      /* of struct ptl_run_info */
extern const struct ptl_object ptl_object_summary;                   /* of struct ptl_results */
extern const struct ptl_object ptl_object_unresolved;                /* of struct ptl_unresolved */
extern const struct ptl_object ptl_object_merged;                    /* of struct ptl_merged_run */
extern const struct ptl_object ptl_object_untouched;                 /* of struct ptl_untouched */
extern const struct ptl_object ptl_object_target, ptl_object_result; /* of the structs above */
extern const struct ptl_object ptl_object_expectation, ptl_object_disagreement;
extern const struct ptl_object ptl_object_latency; /* of struct ptl_latency */

/* One row for each state, of an array by enum ptl_state. */
#define PTL_STATE_KEYS(of, member, noun)                                                           \
    {"open", &ptl_key_number, PTL_AT(of, member[PTL_OPEN]), .about = noun " that are open"},       \
        {"closed", &ptl_key_number, PTL_AT(of, member[PTL_CLOSED]),                                \
         .about = noun " that the target refused"},                                                \
        {"filtered", &ptl_key_number, PTL_AT(of, member[PTL_FILTERED]),                            \
         .about = noun " without an answer, or refused on the way"},                               \
        {"error", &ptl_key_number, PTL_AT(of, member[PTL_ERROR]),                                  \
         .about = noun " that this machine failed to ask"},                                        \
    {                                                                                              \
        "unprobed", &ptl_key_number, PTL_AT(of, member[PTL_UNPROBED]),                             \
            .about = noun " that were not asked, or not to the end"                                \
    }

/* Types of keys (key_evidence.c): struct ptl_evidence, with a count; struct ptl_estimate. */
extern const struct ptl_key_type ptl_key_evidence, ptl_key_estimate;
/* For a type of key that reads an estimate back. */
void ptl_estimate_print(const struct ptl_key *key, const void *object, struct ptl_buf *buf);
void ptl_estimate_describe(const struct ptl_key *key, struct ptl_json *schema);

/* Types of keys beside those of keys.h (key_ports.c). */
extern const struct ptl_key_type ptl_key_concurrency; /* uint32_t: a number or a word for one */
extern const struct ptl_key_type ptl_key_open_ports;  /* struct ptl_open_ports */
extern const struct ptl_key_type ptl_key_states;      /* uint8_t: a bit for each of words */
extern const struct ptl_key_type ptl_key_flags;       /* bool[]: one for each of words */
extern const struct ptl_key_type ptl_key_reason;      /* uint8_t: enum ptl_reason */
extern const struct ptl_key_type ptl_key_ranges;      /* of struct ptl_untouched */

#endif
