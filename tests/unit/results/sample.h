/* A small results file with a bit of everything, and a place to put what is made of it. */
#ifndef TESTS_RESULTS_SAMPLE_H
#define TESTS_RESULTS_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One literal: a file has as many keys as it has. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

#define SAMPLE_RUN                                                                                 \
    "{\"profile\":\"sample\",\"description\":\"A "                                                 \
    "\\\"bit\\\"\",\"file\":\"./"                                                                  \
    "sample.yaml\",\"profile_sha256\":\"00ff\",\"plan_sha256\":\"00aa\",\"started\":\"2026-01-"    \
    "31T12:00:00.000Z\","                                                                          \
    "\"finished\":\"2026-01-31T12:00:01.500Z\",\"elapsed_ms\":1500.25,\"complete\":true,"          \
    "\"stopped_by\":null,\"out_of_memory\":false,\"cut\":true,\"ports\":\"22,80-81\",\"states\":[" \
    "\"open\","                                                                                    \
    "\"filtered\",\"error\"],\"engine\":\"pool\",\"concurrency\":\"unlimited\",\"effective_"       \
    "concurrency\":100,\"workers\":2,\"timeout_ms\":900,\"adaptive_timeout\":false,\"adaptive\":"  \
    "true,\"retries\":1,\"loss_retries\":4,\"confirm\":3,\"rate\":0,\"order\":\"interleaved\","    \
    "\"seed\":7,\"give_up_after\":5,\"per_target\":9,\"outage_ms\":60000,\"deadline_ms\":"         \
    "86400000,\"address_family\":\"ipv4\",\"resolve\":\"all\",\"source_address\":\"198.18.0.9\","  \
    "\"paths\":[{\"via\":\"all\",\"targets\":4,\"limit\":2000,\"limited_by\":\"path\",\"answers_"  \
    "per_second\":4,\"round_trip_us\":25,\"sentinels\":{\"asked\":9,\"lost\":3},\"unanswered_"     \
    "peak\":6,\"outages\":[{\"at_ms\":100,\"lasted_ms\":1100,\"target\":null},{\"at_ms\":200,"     \
    "\"lasted_ms\":1200,\"target\":\"198.18.0.1\"}],\"course\":[{\"at_ms\":100,\"limit\":0,"       \
    "\"answers_per_second\":40}]}],\"shard\":{\"index\":2,\"count\":3,\"plan_sha256\":\""          \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"machine\":\"m1\","       \
    "\"targets\":9,\"ports\":3,\"names\":[{\"name\":\"db.example\",\"ip\":\"198.18.0.1\"}],"       \
    "\"options\":\"--set\\nrate=5\\n\",\"expect_sha256\":\"00ee\"},"                               \
    "\"shards\":[{\"index\":1,\"machine\":\"m1\",\"source_address\":\"198.18.0.9\",\"started\":"   \
    "\"2026-01-31T12:00:00.000Z\",\"finished\":\"2026-01-31T12:00:01.500Z\",\"elapsed_ms\":"       \
    "1500.25,\"complete\":true,\"stopped_by\":null,\"targets\":9,\"probes\":3,\"effective_"        \
    "concurrency\":100,\"workers\":2,\"rate\":50,\"limit\":2000,\"limited_by\":\"path\","          \
    "\"answers_per_second\":4}],\"missing_shards\":\"2-3/3\"}"
#define SAMPLE_SUMMARY                                                                             \
    "{\"targets\":2,\"probes\":6,\"open\":2,\"closed\":2,\"filtered\":1,\"error\":1,\"unprobed\":" \
    "0,\"retried\":1,\"attempts\":7,\"syn_resent\":5,\"probes_per_second\":4,\"peak_in_flight\":"  \
    "3,\"expectations\":{\"pass\":1,\"fail\":0,\"inconclusive\":1},\"estimate\":{\"missed_open\":" \
    "0.14,\"missed_open_at_most\":1,\"recall_at_least\":0.5,\"level\":0.95,\"basis\":\"both\"},"   \
    "\"evidence\":{\"open\":[0,1],\"closed\":[2],\"silent\":[0,1],\"sentinels\":{\"asked\":9,"     \
    "\"lost\":3,\"slices\":4,\"alike\":0.25,\"blind\":0.5}},\"rtt_us\":{\"count\":1,\"min\":25,"   \
    "\"p50\":25,\"p90\":25,\"p99\":25,\"max\":25}}"
#define SAMPLE_CHANGES                                                                             \
    "{\"since\":null,\"after\":2,\"fails\":true,\"opened_count\":1,\"opened\":[{"                  \
    "\"host\":\"b\",\"ip\":\"::7\",\"port\":8,\"service\":null,\"was\":[\"closed\"],"              \
    "\"is\":[\"open\"]}],\"closed_count\":9,\"closed\":[],\"perhaps_closed_count\":0,\"perhaps_"   \
    "closed\":[],\"flapping_count\":0,\"flapping\":[],\"come_count\":0,\"come\":[],\"gone_"        \
    "count\":0,\"gone\":[],\"perhaps_gone_count\":2,\"perhaps_gone\":[{\"host\":\"c\","            \
    "\"ip\":\"::8\"}],\"flapping_hosts_count\":0,\"flapping_hosts\":[]}"
#define SAMPLE_UNRESOLVED "{\"input\":\"gone.example\",\"message\":\"Name or service not known\"}"
#define SAMPLE_EXPECTATIONS                                                                        \
    "{\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":80,\"expected\":\"open\",\"state\":" \
    "\"open\",\"verdict\":\"pass\"},\n{\"host\":\"gone.example\",\"ip\":null,\"port\":81,"         \
    "\"expected\":\"open\",\"state\":\"unprobed\",\"verdict\":\"inconclusive\"}"
#define SAMPLE_TARGET_1                                                                            \
    "{\"input\":\"web.example\",\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"open_ports\":["   \
    "22,80],\"open\":2,\"closed\":0,\"filtered\":1,\"error\":0,\"unprobed\":0,\"gave_up\":false,"  \
    "\"suspicious\":null,\"estimate\":{\"missed_open\":0.2,\"missed_open_at_most\":1,\"recall_at_" \
    "least\":0.5,\"level\":0.95,\"basis\":\"both\"},\"evidence\":{\"open\":[0,1],\"closed\":[],"   \
    "\"silent\":[0,1],\"sentinels\":{\"asked\":5,\"lost\":2,\"slices\":3,\"alike\":0.125,"         \
    "\"blind\":1}}}"
#define SAMPLE_TARGET_2                                                                            \
    "{\"input\":\"2001:2::/"                                                                       \
    "127\",\"host\":\"2001:2::1\",\"ip\":\"2001:2::1\",\"open_ports\":[],\"open\":0,\"closed\":2," \
    "\"filtered\":0,\"error\":1,\"unprobed\":0,\"gave_up\":false,\"suspicious\":\"all-open\","     \
    "\"estimate\":{\"missed_open\":0,\"missed_open_at_most\":0,\"recall_at_least\":1,\"level\":0." \
    "95,\"basis\":\"answered\"},\"evidence\":{\"open\":[],\"closed\":[1],\"silent\":[],"           \
    "\"sentinels\":{\"asked\":0,\"lost\":0,\"slices\":0,\"alike\":0,\"blind\":0}}}"
#define SAMPLE_RESULT_1                                                                            \
    "{\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":22,\"protocol\":\"tcp\",\"state\":"  \
    "\"open\",\"reason\":\"syn-ack\",\"service\":\"ssh\",\"rtt_us\":25,\"connect_us\":30,"         \
    "\"attempts\":1,\"confirmed\":\"2/3\",\"offset_ms\":2}"
#define SAMPLE_RESULT_2                                                                            \
    "{\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":80,\"protocol\":\"tcp\",\"state\":"  \
    "\"open\",\"reason\":\"syn-ack\",\"service\":\"http\",\"rtt_us\":null,\"connect_us\":31,"      \
    "\"attempts\":2,\"confirmed\":null,\"offset_ms\":1}"
#define SAMPLE_RESULT_3                                                                            \
    "{\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":81,\"protocol\":\"tcp\",\"state\":"  \
    "\"filtered\",\"reason\":\"admin-prohibited\",\"service\":null,\"rtt_us\":null,\"connect_"     \
    "us\":null,\"attempts\":1,\"confirmed\":null,\"offset_ms\":3}"
#define SAMPLE_RESULT_4                                                                            \
    "{\"host\":\"2001:2::1\",\"ip\":\"2001:2::1\",\"port\":22,\"protocol\":\"tcp\",\"state\":"     \
    "\"error\",\"reason\":\"EMFILE\",\"service\":\"ssh\",\"rtt_us\":null,\"connect_us\":null,"     \
    "\"attempts\":0,\"confirmed\":null,\"offset_ms\":0}"
#define SAMPLE_WARNING "\"a \\u001b[31mwarning\""

#define SAMPLE                                                                                     \
    "{\"schema\": \"portolan-results/1\",\n \"tool\": "                                            \
    "{\"name\":\"portolan\",\"version\":\"9.9.9\"},\n \"run\": " SAMPLE_RUN                        \
    ",\n \"summary\": " SAMPLE_SUMMARY                                                             \
    ",\n \"open_ports\": [22,80],\n \"changes\": " SAMPLE_CHANGES                                  \
    ",\n \"unresolved\": [" SAMPLE_UNRESOLVED "],\n \"warnings\": [" SAMPLE_WARNING                \
    "],\n \"expectations\": [\n" SAMPLE_EXPECTATIONS "\n ],\n \"targets\": [\n" SAMPLE_TARGET_1    \
    ",\n" SAMPLE_TARGET_2 "\n ],\n \"results\": [\n" SAMPLE_RESULT_1 ",\n" SAMPLE_RESULT_2         \
    ",\n" SAMPLE_RESULT_3 ",\n" SAMPLE_RESULT_4 "\n ]}\n"

/* The same as the jsonl writer has it: results as found, the rest in the last line. */
#define SAMPLE_LINES                                                                               \
    "{\"type\":\"run\",\"schema\":\"portolan-results/"                                             \
    "1\",\"tool\":{\"name\":\"portolan\",\"version\":\"9.9.9\"},\"run\":{\"profile\":\"sample\","  \
    "\"description\":\"\",\"file\":\"./"                                                           \
    "sample.yaml\",\"profile_sha256\":\"00ff\",\"plan_sha256\":\"00aa\",\"started\":\"2026-01-"    \
    "31T12:00:00.000Z\","                                                                          \
    "\"ports\":\"22,80-81\",\"states\":[\"open\",\"filtered\",\"error\"],\"engine\":\"pool\","     \
    "\"concurrency\":\"unlimited\",\"timeout_ms\":900,\"adaptive_timeout\":false,\"adaptive\":"    \
    "true,\"retries\":1,\"loss_retries\":4,\"confirm\":3,\"rate\":0,\"order\":\"interleaved\","    \
    "\"seed\":7,\"give_up_after\":5,\"per_target\":9,\"outage_ms\":60000,\"deadline_ms\":"         \
    "86400000,\"address_family\":\"ipv4\",\"resolve\":\"all\",\"source_address\":\"198.18.0.9\"}}" \
    "\n"

/* `text` with the first `from` replaced by `to`; from "" leaves it as it is. The caller's. */
static inline char *with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (at == NULL) {
        fprintf(stderr, "the sample has no %s\n", from);
        abort();
    }
    size_t before = (size_t)(at - text), added = strlen(to);
    const char *after = at + strlen(from);
    char *made = malloc(before + added + strlen(after) + 1);
    if (made == NULL)
        abort();
    memcpy(made, text, before);
    memcpy(made + before, to, added);
    strcpy(made + before + added, after);
    return made;
}

/* Writes a file that `name` (a mkstemp template) is the name of. */
static inline void write_file(char *name, const void *bytes, size_t count)
{
    int fd = mkstemp(name);
    if (fd < 0 || write(fd, bytes, count) != (ssize_t)count)
        abort();
    close(fd);
}

#endif
