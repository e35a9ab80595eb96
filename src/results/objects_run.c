/* The tables of tool and run, and of what a run holds. */
#include "results/objects.h"

#define STATE_WORDS(count) .words = ptl_state_names, .word_count = (count)

static const char *const portolan[] = {"portolan"};

/* ---- tool ---- */

static const struct ptl_key tool_keys[] = {
    {"name", &ptl_key_fixed, PTL_WORDS(portolan), .about = "always portolan"},
    {"version", &ptl_key_chars, PTL_AT(struct ptl_run_info, tool_version),
     .about = "version that carried the run out"},
};
const struct ptl_object ptl_object_tool = PTL_OBJECT(struct ptl_run_info, tool_keys, "tool");

/* ---- run ---- */

static const struct ptl_key sentinel_keys[] = {
    {"asked", &ptl_key_number, PTL_AT(struct ptl_path_info, sentinels_asked),
     .about = "ports that had answered and were asked again; not among the attempts"},
    {"lost", &ptl_key_number, PTL_AT(struct ptl_path_info, sentinels_lost),
     .about = "those of them that did not answer again"},
};
static const struct ptl_object sentinels =
    PTL_OBJECT(struct ptl_path_info, sentinel_keys, "run.paths.sentinels");

static const struct ptl_key outage_keys[] = {
    {"at_ms", &ptl_key_number, PTL_AT(struct ptl_outage, at_ms),
     .about = "from the run's start to the last answer before it"},
    {"lasted_ms", &ptl_key_number, PTL_AT(struct ptl_outage, lasted_ms),
     .about = "how long nothing answered"},
    {"target", &ptl_key_chars, PTL_AT(struct ptl_outage, ip), .is_nullable = true,
     .about = "address that fell silent; null: everything did"},
};
static const struct ptl_object outage =
    PTL_OBJECT(struct ptl_outage, outage_keys, "run.paths.outages");

static const struct ptl_key point_keys[] = {
    {"at_ms", &ptl_key_number, PTL_AT(struct ptl_path_point, at_ms),
     .about = "from the run's start"},
    {"limit", &ptl_key_number, PTL_AT(struct ptl_path_point, limit),
     .about = "attempts a second; 0: none"},
    {"answers_per_second", &ptl_key_number, PTL_AT(struct ptl_path_point, answers_per_second),
     .about = "since the point before"},
};
static const struct ptl_object point =
    PTL_OBJECT(struct ptl_path_point, point_keys, "run.paths.course");

static const char *const everything[] = {"all"};
static const struct ptl_key path_keys[] = {
    {"via", &ptl_key_fixed, PTL_WORDS(everything), .about = "always all: one path for all targets"},
    {"targets", &ptl_key_number, PTL_AT(struct ptl_path_info, targets), .about = "asked over it"},
    {"limit", &ptl_key_number, PTL_AT(struct ptl_path_info, limit), .is_nullable = true,
     .about = "attempts a second at the end; null: none was found"},
    {"limited_by", &ptl_key_word, PTL_AT(struct ptl_path_info, limited_by),
     PTL_WORDS(ptl_limited_by_names),
     .about = "what held the run back: this machine (local), what targets answer, what they share "
              "(path), or concurrency or rate of the profile (ceiling)"},
    {"answers_per_second", &ptl_key_number, PTL_AT(struct ptl_path_info, answers_per_second),
     .about = "over the whole run"},
    {"round_trip_us", &ptl_key_number, PTL_AT(struct ptl_path_info, round_trip_us),
     .is_nullable = true, .about = "smoothed, at the end; null: nothing answered"},
    {"sentinels", &ptl_key_object, .object = &sentinels, .about = "what loss is told by"},
    {"unanswered_peak", &ptl_key_number, PTL_AT(struct ptl_path_info, unanswered_peak),
     .about = "attempts within 120 s that nothing answered, at most"},
    {"outages", &ptl_key_list, PTL_AT(struct ptl_path_info, outages),
     PTL_COUNT_AT(struct ptl_path_info, outage_count), .max = PTL_OUTAGES_LISTED, .object = &outage,
     .about = "times of a second and more without an answer from what had answered"},
    {"course", &ptl_key_array, PTL_AT(struct ptl_path_info, points),
     PTL_COUNT_AT(struct ptl_path_info, point_count), .max = PTL_PATH_POINTS, .object = &point,
     .about = "the limit and the answers over time"},
};
static const struct ptl_object path = PTL_OBJECT(struct ptl_path_info, path_keys, "run.paths");

const char *const ptl_stop_names[PTL_SEGMENT_KILLED + 1] = {
    [PTL_STOP_NONE] = NULL,         [PTL_STOP_SIGNAL] = "signal", [PTL_STOP_DEADLINE] = "deadline",
    [PTL_STOP_MEMORY] = "memory",   [PTL_STOP_OUTAGE] = "outage", [PTL_STOP_OUTPUT] = "output",
    [PTL_SEGMENT_KILLED] = "killed"};
static const struct ptl_key segment_keys[] = {
    {"started", &ptl_key_time, PTL_AT(struct ptl_segment, started_ms), .about = "when it began"},
    {"finished", &ptl_key_time, PTL_AT(struct ptl_segment, finished_ms),
     .about = "when it ended; where it was killed, when it last said something"},
    {"probes", &ptl_key_number, PTL_AT(struct ptl_segment, probes),
     .about = "that got their verdict in it"},
    {"reason", &ptl_key_word, PTL_AT(struct ptl_segment, reason), PTL_WORDS(ptl_stop_names),
     .is_nullable = true, .about = "why it ended; null: the run came to its end"},
};
static const struct ptl_object segment =
    PTL_OBJECT(struct ptl_segment, segment_keys, "run.segments");

static const struct ptl_key resumed_keys[] = {
    {"taken_over", &ptl_key_number, PTL_AT(struct ptl_resumed, taken_over),
     .about = "verdicts of the segments before"},
    {"asked_again", &ptl_key_number, PTL_AT(struct ptl_resumed, asked_again),
     .about =
         "probes that were on their way, or had ended in error, when segments ended; where one "
         "was killed, as far as its last word tells"},
    {"oldest", &ptl_key_time, PTL_AT(struct ptl_resumed, oldest_ms),
     .about = "time of the oldest verdict; 1970: there was none"},
    {"salvaged", &ptl_key_bool, PTL_AT(struct ptl_resumed, salvaged),
     .about = "the journal was damaged: what was whole of it was taken"},
};
static const struct ptl_object resumed =
    PTL_OBJECT(struct ptl_resumed, resumed_keys, "run.resumed");

static const struct ptl_key shard_name_keys[] = {
    {"name", &ptl_key_chars, PTL_AT(struct ptl_shard_name, name), .about = "as in hosts"},
    {"ip", &ptl_key_chars, PTL_AT(struct ptl_shard_name, ip), .about = "an address of it"},
};
static const struct ptl_object shard_name =
    PTL_OBJECT(struct ptl_shard_name, shard_name_keys, "run.shard.names");

static const struct ptl_key shard_keys[] = {
    {"index", &ptl_key_number, PTL_AT(struct ptl_shard_info, index), .max = PTL_SHARDS_MAX,
     .about = "which slice of the plan this is, from 1"},
    {"count", &ptl_key_number, PTL_AT(struct ptl_shard_info, count), .max = PTL_SHARDS_MAX,
     .about = "of how many"},
    {"plan_sha256", &ptl_key_chars, PTL_AT(struct ptl_shard_info, plan_sha256),
     .about = "SHA-256 over the whole plan; slices of one plan agree in it"},
    {"machine", &ptl_key_chars, PTL_AT(struct ptl_shard_info, machine), .is_later = true,
     .about = "host name of the machine that ran it"},
    {"targets", &ptl_key_number, PTL_AT(struct ptl_shard_info, targets), .max = PTL_TARGETS_MAX,
     .is_later = true, .about = "of the whole plan; 0: not known"},
    {"ports", &ptl_key_number, PTL_AT(struct ptl_shard_info, ports), .max = 65535, .is_later = true,
     .about = "of each target, in the whole plan; 0: not known"},
    {"names", &ptl_key_list, PTL_AT(struct ptl_shard_info, names),
     PTL_COUNT_AT(struct ptl_shard_info, name_count), .max = PTL_SHARD_NAMES_LISTED,
     .object = &shard_name,
     .about = "what the names of the whole plan stood for, at most 2,048 of them"},
    {"options", &ptl_key_copy, PTL_AT(struct ptl_shard_info, options), .max = PTL_OPTIONS_MAX,
     .is_later = true, .is_omitted = true,
     .about = "what the profile was loaded with, a word of a command line and a newline each"},
    {"expect_sha256", &ptl_key_chars, PTL_AT(struct ptl_shard_info, expect_sha256),
     .is_later = true, .is_omitted = true,
     .about = "SHA-256 over expect; slices that differ in it leave something unjudged"},
};
static const struct ptl_object shard = PTL_OBJECT(struct ptl_shard_info, shard_keys, "run.shard");

#define AT(member) PTL_AT(struct ptl_shard_run, member)
static const struct ptl_key shard_run_keys[] = {
    {"index", &ptl_key_number, AT(index), .max = PTL_SHARDS_MAX, .about = "its run.shard.index"},
    {"machine", &ptl_key_chars, AT(machine), .about = "its run.shard.machine"},
    {"source_address", &ptl_key_chars, AT(source_address), .is_nullable = true,
     .about = "its run.source_address"},
    {"started", &ptl_key_time, AT(started_ms), .about = "its run.started"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "its run.finished"},
    {"elapsed_ms", &ptl_key_decimal, AT(elapsed_ms), .steps = 1000, .about = "its run.elapsed_ms"},
    {"complete", &ptl_key_bool, AT(complete), .about = "its run.complete"},
    {"stopped_by", &ptl_key_word, AT(stopped_by), PTL_WORDS(ptl_stop_names), .is_nullable = true,
     .about = "what ended it early; null: nothing"},
    {"targets", &ptl_key_number, AT(targets), .max = PTL_TARGETS_MAX,
     .about = "its summary.targets"},
    {"probes", &ptl_key_number, AT(probes), .about = "its summary.probes"},
    {"effective_concurrency", &ptl_key_number, AT(effective_concurrency),
     .about = "its run.effective_concurrency"},
    {"workers", &ptl_key_number, AT(workers), .about = "its run.workers"},
    {"rate", &ptl_key_number, AT(rate), .about = "its part of run.rate; 0: no limit"},
    {"limit", &ptl_key_number, AT(limit), .is_nullable = true,
     .about = "attempts a second at its end; null: none was found"},
    {"limited_by", &ptl_key_word, AT(limited_by), PTL_WORDS(ptl_limited_by_names),
     .about = "its run.paths.limited_by"},
    {"answers_per_second", &ptl_key_number, AT(answers_per_second),
     .about = "its run.paths.answers_per_second"},
};
#undef AT
static const struct ptl_object shard_run =
    PTL_OBJECT(struct ptl_shard_run, shard_run_keys, "run.shards");

static const char *const stops[] = {
    [PTL_STOP_NONE] = NULL,   [PTL_STOP_SIGNAL] = "signal", [PTL_STOP_DEADLINE] = "deadline",
    [PTL_STOP_MEMORY] = NULL, [PTL_STOP_OUTAGE] = NULL,     [PTL_STOP_OUTPUT] = NULL};

#define AT(member) PTL_AT(struct ptl_run_info, member)
#define ASKED(member) AT(member), .is_asked = true
#define SETTING(member) ASKED(member), .is_setting = true
static const struct ptl_key run_keys[] = {
    {"profile", &ptl_key_copy, ASKED(profile), .about = "name of the profile"},
    {"description", &ptl_key_copy, ASKED(description), .is_later = true,
     .about = "the profile's, or empty"},
    {"file", &ptl_key_copy, ASKED(file), .about = "the profile's, as it was named"},
    {"profile_sha256", &ptl_key_chars, ASKED(profile_sha256),
     .about = "SHA-256 of what `portolan show` prints of it"},
    {"plan_sha256", &ptl_key_chars, ASKED(plan_sha256), .is_later = true, .is_omitted = true,
     .about = "SHA-256 of the hosts and ports that the profile asks, however it asks them"},
    {"started", &ptl_key_time, ASKED(started_ms), .about = "when the run began"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "when it ended"},
    {"elapsed_ms", &ptl_key_decimal, AT(elapsed_ms), .steps = 1000,
     .about = "how long it took, on the monotonic clock"},
    {"complete", &ptl_key_bool, AT(complete), .about = "it went to its end"},
    {"stopped_by", &ptl_key_word, AT(stopped_by), PTL_WORDS(stops), .is_nullable = true,
     .about =
         "what ended it early; null: nothing, or something else: memory, an outage, no reader"},
    {"out_of_memory", &ptl_key_is, AT(stopped_by), .none = PTL_STOP_MEMORY, .is_later = true,
     .about = "memory ran out"},
    {"cut", &ptl_key_bool, AT(cut), .is_later = true, .is_omitted = true,
     .about = "true: not even all targets are known: jsonl without its end, or shards that were "
              "missing"},
    {"ports", &ptl_key_copy, ASKED(ports), .max = PTL_PORTS_BYTES,
     .about = "the ports asked, as 1-1024,8080"},
    {"states", &ptl_key_flags, ASKED(states), STATE_WORDS(PTL_UNPROBED),
     .about = "the states that results lists"},
    {"engine", &ptl_key_word, SETTING(engine), PTL_WORDS(ptl_engine_names),
     .about = "the profile's, as all settings below"},
    {"concurrency", &ptl_key_concurrency, SETTING(concurrency), .max = UINT32_MAX - 2,
     .about = "as asked"},
    {"effective_concurrency", &ptl_key_number, AT(effective_concurrency), .is_setting = true,
     .about = "the lowest limit in force"},
    {"workers", &ptl_key_number, AT(workers), .is_setting = true, .about = "threads that probed"},
    {"timeout_ms", &ptl_key_number, SETTING(timeout_ms), .max = UINT32_MAX,
     .about = "of one attempt"},
    {"adaptive_timeout", &ptl_key_bool, SETTING(adaptive_timeout),
     .about = "an overdue attempt gave its permit back"},
    {"adaptive", &ptl_key_bool, SETTING(adaptive), .about = "congestion control for each target"},
    {"retries", &ptl_key_number, SETTING(retries), .max = UINT32_MAX,
     .about = "further attempts after no answer"},
    {"loss_retries", &ptl_key_number, SETTING(loss_retries),
     .about = "attempts beyond them where loss is proven"},
    {"min_recall", &ptl_key_share, SETTING(min_recall_e4), .steps = PTL_SHARE_ONE, .is_later = true,
     .is_omitted = true, .about = "the recall that each target has to reach, at 95 %"},
    {"confirm", &ptl_key_number, SETTING(confirm), .is_later = true,
     .about = "further probes of each open port"},
    {"rate", &ptl_key_number, SETTING(rate), .about = "attempts a second; 0: no limit"},
    {"order", &ptl_key_word, SETTING(order), PTL_WORDS(ptl_order_names), .about = "of the probes"},
    {"seed", &ptl_key_number, ASKED(seed), .about = "of order random; drawn, where none was given"},
    {"give_up_after", &ptl_key_number, SETTING(give_up_after), .is_later = true,
     .about = "probes of a target without an answer after which its rest is left; 0: never"},
    {"per_target", &ptl_key_number, SETTING(per_target), .is_later = true,
     .about = "most probes waiting on one target; 0: no ceiling of its own"},
    {"outage_ms", &ptl_key_number, ASKED(outage_ms), .is_later = true, .is_nullable = true,
     .about = "how long it waits when what had answered is silent; null: not known"},
    {"deadline_ms", &ptl_key_number, ASKED(deadline_ms), .is_later = true, .is_nullable = true,
     .about = "of the whole run; null: none"},
    {"address_family", &ptl_key_word, SETTING(address_family), PTL_WORDS(ptl_family_names),
     .is_later = true, .about = "which addresses of a name are used"},
    {"resolve", &ptl_key_word, SETTING(resolve), PTL_WORDS(ptl_resolve_names), .is_later = true,
     .about = "the first address of a name, or all"},
    {"source_address", &ptl_key_chars, SETTING(source_address), .is_later = true,
     .is_nullable = true, .about = "connected from; null: what the system takes"},
    {"paths", &ptl_key_array, AT(path), PTL_COUNT_AT(struct ptl_run_info, has_path),
     .object = &path, .is_later = true, .is_omitted = true,
     .about = "what held the run back, one entry; merged results lack it"},
    {"segments", &ptl_key_list, AT(segments), PTL_COUNT_AT(struct ptl_run_info, segment_count),
     .max = PTL_SEGMENTS_LISTED, .object = &segment, .is_later = true, .is_omitted = true,
     .about = "of a run that was resumed: its stretches of work"},
    {"resumed", &ptl_key_object, AT(resumed), PTL_COUNT_AT(struct ptl_run_info, segment_count),
     .object = &resumed, .is_later = true, .is_omitted = true,
     .about = "of a run that was resumed: what the last segment took over"},
    {"shard", &ptl_key_object, ASKED(shard), PTL_COUNT_AT(struct ptl_run_info, shard.count),
     .object = &shard, .is_later = true, .is_omitted = true,
     .about = "of a slice of a plan: which one"},
    {"shards", &ptl_key_list, AT(shards), PTL_COUNT_AT(struct ptl_run_info, shard_count),
     .max = PTL_SHARD_RUNS_LISTED, .object = &shard_run, .is_later = true, .is_omitted = true,
     .about = "of merged slices of a plan: each of them"},
    {"missing_shards", &ptl_key_copy, AT(missing_shards), .max = PTL_PORTS_BYTES, .is_later = true,
     .is_omitted = true,
     .about = "of merged slices of a plan: those that were not there, as 3,5-7/8"},
};
#undef AT
#undef ASKED
#undef SETTING
const struct ptl_object ptl_object_run = PTL_OBJECT(struct ptl_run_info, run_keys, "run");
