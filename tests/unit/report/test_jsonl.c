#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(
        PTL_FORMAT_JSONL,
        "{\"type\":\"run\",\"schema\":\"portolan-results/1\",\"tool\":{\"name\":\"portolan\","
        "\"version\":\"1.2.3\"},\"run\":{\"profile\":\"test\",\"description\":\"\","
        "\"file\":\"t.yaml\",\"profile_sha256\":\"00ff\","
        "\"started\":\"2026-01-01T00:00:00.000Z\",\"ports\":\"22,80,443\","
        "\"states\":[\"open\",\"filtered\",\"error\"],\"engine\":\"pool\","
        "\"concurrency\":512,\"timeout_ms\":900,\"adaptive_timeout\":false,\"adaptive\":true,"
        "\"retries\":1,\"loss_retries\":4,\"confirm\":0,\"rate\":0,\"order\":\"interleaved\","
        "\"seed\":7,\"give_up_after\":0,\"per_target\":0,\"outage_ms\":null,\"deadline_ms\":null,"
        "\"address_family\":\"any\",\"resolve\":\"first\",\"source_address\":null}}\n"
        "{\"type\":\"result\",\"host\":\"::1\",\"ip\":\"::1\",\"port\":80,"
        "\"protocol\":\"tcp\",\"state\":\"error\",\"reason\":\"EMFILE\",\"service\":\"http\","
        "\"rtt_us\":null,\"connect_us\":null,\"attempts\":0,\"confirmed\":null,"
        "\"offset_ms\":3}\n"
        "{\"type\":\"result\",\"host\":\"::1\",\"ip\":\"::1\",\"port\":22,"
        "\"protocol\":\"tcp\",\"state\":\"filtered\",\"reason\":\"admin-prohibited\","
        "\"service\":\"ssh\",\"rtt_us\":null,\"connect_us\":null,\"attempts\":1,"
        "\"confirmed\":null,\"offset_ms\":5}\n"
        "{\"type\":\"result\",\"host\":\"web.example\",\"ip\":\"127.0.0.1\",\"port\":80,"
        "\"protocol\":\"tcp\",\"state\":\"open\",\"reason\":\"syn-ack\",\"service\":\"http\","
        "\"rtt_us\":null,\"connect_us\":31,\"attempts\":1,\"confirmed\":\"2/3\","
        "\"offset_ms\":7}\n"
        "{\"type\":\"result\",\"host\":\"web.example\",\"ip\":\"127.0.0.1\",\"port\":22,"
        "\"protocol\":\"tcp\",\"state\":\"open\",\"reason\":\"syn-ack\",\"service\":\"ssh\","
        "\"rtt_us\":25,\"connect_us\":31,\"attempts\":1,\"confirmed\":null,\"offset_ms\":9}\n"
        "{\"type\":\"target\",\"input\":\"web.example\",\"host\":\"web.example\","
        "\"ip\":\"127.0.0.1\",\"open_ports\":[22,80],\"open\":2,\"closed\":1,\"filtered\":0,"
        "\"error\":0,\"unprobed\":0,\"gave_up\":false,\"suspicious\":null,\"estimate\":{\"missed_"
        "open\":null,\"missed_open_at_most\":null,\"recall_at_least\":null,\"level\":0.95,"
        "\"basis\":\"not-recorded\"}}\n"
        "{\"type\":\"target\",\"input\":\"::1\",\"host\":\"::1\",\"ip\":\"::1\","
        "\"open_ports\":[],\"open\":0,\"closed\":1,\"filtered\":1,\"error\":1,\"unprobed\":0,"
        "\"gave_up\":false,\"suspicious\":null,\"estimate\":{\"missed_open\":null,\"missed_open_at_"
        "most\":null,\"recall_at_least\":null,\"level\":0.95,\"basis\":\"not-recorded\"}}\n"
        "{\"type\":\"target\",\"input\":\"127.0.0.9\",\"host\":\"127.0.0.9\","
        "\"ip\":\"127.0.0.9\",\"open_ports\":[],\"open\":0,\"closed\":0,\"filtered\":0,"
        "\"error\":0,\"unprobed\":3,\"gave_up\":false,\"suspicious\":null,\"estimate\":{\"missed_"
        "open\":null,\"missed_open_at_most\":null,\"recall_at_least\":null,\"level\":0.95,"
        "\"basis\":\"not-recorded\"}}\n"
        "{\"type\":\"summary\",\"run\":{\"profile\":\"test\",\"description\":\"\","
        "\"file\":\"t.yaml\",\"profile_sha256\":\"00ff\","
        "\"started\":\"2026-01-01T00:00:00.000Z\",\"finished\":\"2026-01-01T00:00:01.500Z\","
        "\"elapsed_ms\":1500.25,\"complete\":false,\"stopped_by\":\"deadline\","
        "\"out_of_memory\":false,\"ports\":\"22,80,443\",\"states\":[\"open\",\"filtered\","
        "\"error\"],\"engine\":\"pool\",\"concurrency\":512,\"effective_concurrency\":100,"
        "\"workers\":2,\"timeout_ms\":900,\"adaptive_timeout\":false,\"adaptive\":true,"
        "\"retries\":1,\"loss_retries\":4,\"confirm\":0,\"rate\":0,\"order\":\"interleaved\","
        "\"seed\":7,\"give_up_after\":0,\"per_target\":0,\"outage_ms\":null,\"deadline_ms\":null,"
        "\"address_family\":\"any\",\"resolve\":\"first\",\"source_address\":null},\"summary\":{"
        "\"targets\":3,\"probes\":9,\"open\":2,\"closed\":2,"
        "\"filtered\":1,\"error\":1,\"unprobed\":3,\"retried\":0,\"attempts\":6,"
        "\"syn_resent\":0,\"probes_per_second\":4,\"peak_in_flight\":3,"
        "\"expectations\":{\"pass\":1,\"fail\":2,\"inconclusive\":1},\"estimate\":{\"missed_open\":"
        "null,\"missed_open_at_most\":null,\"recall_at_least\":null,\"level\":0.95,\"basis\":\"not-"
        "recorded\"},\"rtt_us\":{\"count\":1,"
        "\"min\":25,\"p50\":25,\"p90\":25,\"p99\":25,\"max\":25}},\"open_ports\":[22,80],"
        "\"unresolved\":[{\"input\":\"gone.example\",\"message\":\"no such host\"}],"
        "\"warnings\":[\"a -- \\u001b[1mwarning\"],"
        "\"expectations\":[{\"host\":\"web.example\",\"ip\":\"127.0.0.1\",\"port\":22,"
        "\"expected\":\"open\",\"state\":\"open\",\"verdict\":\"pass\"},"
        "{\"host\":\"web.example\",\"ip\":\"127.0.0.1\",\"port\":80,"
        "\"expected\":\"not-open\",\"state\":\"open\",\"verdict\":\"fail\"},"
        "{\"host\":\"web.example\",\"ip\":\"127.0.0.1\",\"port\":443,\"expected\":\"open\","
        "\"state\":\"closed\",\"verdict\":\"fail\"},{\"host\":\"::1\",\"ip\":\"::1\","
        "\"port\":22,\"expected\":\"closed\",\"state\":\"filtered\","
        "\"verdict\":\"inconclusive\"}]}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
