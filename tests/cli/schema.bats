load helper

@test "the committed schemas and references are what the program prints" {
    "$PORTOLAN" schema profile | cmp - "$TOP/docs/schema/profile.json"
    "$PORTOLAN" schema results | cmp - "$TOP/docs/schema/results.json"
    "$PORTOLAN" schema comparison | cmp - "$TOP/docs/schema/comparison.json"
    "$PORTOLAN" schema diff | cmp - "$TOP/docs/schema/diff.json"
    "$PORTOLAN" schema history | cmp - "$TOP/docs/schema/history.json"
    "$PORTOLAN" schema index | cmp - "$TOP/docs/schema/index.json"
    "$PORTOLAN" help profile | cmp - "$TOP/docs/profile.md"
    "$PORTOLAN" help keys | cmp - "$TOP/docs/keys.md"
}

@test "the profile schema accepts configs/ and rejects every bad profile whose fault it can express" {
    "$PORTOLAN" schema profile >schema.json
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json accept "$TOP"/configs/*.yaml
    echo "$output"
    [ "$status" -eq 0 ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json reject "$TOP"/tests/bad-profiles/*.yaml
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "every emitted results.json is valid: normal, nothing open, interrupted, unresolved" {
    need_ipv6
    "$PORTOLAN" schema results >schema.json
    profile p 'hosts: [127.0.0.1, "::1"]' 'ports: 1-100'
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 20'
    profile name 'hosts: no-such-host.invalid' 'ports: 1-10'
    in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --json normal.json
    in_ns "$PORTOLAN" run ./p.yaml --json nothing.json --set concurrency=unlimited
    in_ns "$TOP/tests/cli/interrupt" --after 5 INT "$PORTOLAN" run ./slow.yaml --json interrupted.json || true
    in_ns "$PORTOLAN" run ./name.yaml --json unresolved.json || true
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json accept normal.json nothing.json interrupted.json unresolved.json
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "the results schema misses no key that is left out, and takes no value of a wrong type" {
    /usr/bin/python3 - "$TOP/docs/schema/results.json" "$TOP/reports/sample/results.json" \
        "$TOP/tests/cli/old/schema-results-1.json" <<'PYTHON'
import copy, json, sys
import jsonschema
schema, sample, first = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
validator = jsonschema.Draft7Validator(schema)
assert validator.is_valid(sample)

def is_later(path):
    """A key that came after version 1 was out, of an object that it had: older files lack it."""
    node = first
    for key in path[:-1]:
        node = node.get("items", {}) if isinstance(key, int) else node.get("properties", {}).get(key, {})
    return "required" in node and path[-1] not in node["required"]

def places(value, path=()):
    """Every member of every object, and of a list those of its first element."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, child in items:
        yield path + (key,)
        yield from places(child, path + (key,))

def changed(path, change):
    whole = copy.deepcopy(sample)
    parent = whole
    for key in path[:-1]:
        parent = parent[key]
    change(parent, path[-1])
    return whole

def lacks(parent, key):
    del parent[key]

checked = 0
for path in places(sample):
    if isinstance(path[-1], str) and not is_later(path):
        assert not validator.is_valid(changed(path, lacks)), ("may be left out", path)
    for wrong in ({"an": "object"}, ["a list"], "a \u0001 word", -1, 0.5, 70000):
        old = sample
        for key in path:
            old = old[key]
        fits = type(wrong) is type(old) or isinstance(wrong, (int, float)) and isinstance(old, (int, float))
        if not fits and old is not None:
            assert not validator.is_valid(changed(path, lambda parent, key: parent.__setitem__(key, wrong))), (path, wrong)
            checked += 1
assert checked > 200, checked
for path, wrong in [(("schema",), "portolan-results/2"), (("run", "engine"), "turbo"), (("run", "stopped_by"), "boredom"),
                    (("results", 0, "port"), 0), (("results", 0, "port"), 65536), (("results", 0, "state"), "unprobed"),
                    (("results", 0, "protocol"), "udp"), (("results", 0, "attempts"), -1), (("open_ports", 0), 0),
                    (("expectations", 0, "verdict"), "maybe"), (("expectations", 0, "expected"), "ajar"),
                    (("summary", "open"), -1), (("targets", 0, "open"), 0.5)]:
    assert not validator.is_valid(changed(path, lambda parent, key: parent.__setitem__(key, wrong))), (path, wrong)
PYTHON
}
