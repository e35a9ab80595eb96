load helper

# refused FILE MESSAGE: status 3 with that message, for a second of CPU and 64 MiB of addresses at
# most (which is more than resident memory: the stricter measure). "-" is standard input.
refused() {
    run bash -c "ulimit -v 65536; ulimit -t 1; exec '$PORTOLAN' check '$1'"
    echo "$output" | head -c 2000
    [ "$status" -eq 3 ]
    [[ "$output" == *"$2"* ]]
    [[ "$output" != *memory* ]]
}

# repeat START PIECE END: START, then PIECE up to a megabyte in all, then END.
repeat() {
    python3 -c 'import sys
start, piece, end = (a.encode().decode("unicode_escape").encode("latin-1") for a in sys.argv[1:])
sys.stdout.buffer.write(start + piece * ((2**20 - len(start) - len(end)) // len(piece)) + end)' "$@"
}

@test "hostile: deep nesting" {
    repeat 'hosts: ' '[' '' >./deep.yaml
    refused ./deep.yaml './deep.yaml:1:39: nested too deeply (32 at most)'
    repeat '' '- ' '' >./deep.yaml
    refused ./deep.yaml './deep.yaml:1:65: nested too deeply'
    repeat '' '? ' '' >./deep.yaml
    refused ./deep.yaml 'nested too deeply'
    repeat '' '{a: ' '' >./deep.yaml
    refused ./deep.yaml 'nested too deeply'
}

@test "hostile: an alias bomb" {
    { echo 'a: &a [x,x,x,x,x,x,x,x,x]'; p=a
      for n in b c d e f g h i j; do echo "$n: &$n [*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p]"; p=$n; done; } >./bomb.yaml
    refused ./bomb.yaml 'too many values (100000 at most, aliases expanded)'
    { echo 'a: &a {k: v}'; p=a
      for n in b c d e f g h i j k l m n o p q r s t; do echo "$n: &$n {x: *$p, y: *$p}"; p=$n; done; } >./bomb.yaml
    refused ./bomb.yaml 'too many values (100000 at most, aliases expanded)'
    { echo 'a: &a {k1: v, k2: v, k3: v, k4: v, k5: v, k6: v, k7: v, k8: v}'; p=a
      for n in b c d e f g h i j k l; do echo "$n: &$n {<<: [*$p, *$p, *$p, *$p]}"; p=$n; done; } >./bomb.yaml
    refused ./bomb.yaml 'too many values (100000 at most, aliases expanded)'
}

@test "hostile: aliases of a long text" {
    python3 -c 'print("p: &p \"" + "1-65534," * 100000 + "1\"\nports: [" + "*p , " * 900 + "]")' >./text.yaml
    refused ./text.yaml 'too much text (2 MiB at most, aliases expanded)'
}

@test "hostile: 1 GB of one line, from a file, a pipe and a device" {
    truncate -s 1G ./huge.yaml
    refused ./huge.yaml './huge.yaml: larger than 1 MiB'
    refused - '-: larger than 1 MiB' < <(head -c 1G /dev/zero | tr '\0' a)
    refused /dev/zero '/dev/zero: larger than 1 MiB'
}

@test "hostile: NUL bytes" {
    printf 'hosts: 127.0.0.1\nports: 8\0000\n' >./nul.yaml
    refused ./nul.yaml './nul.yaml:2:9: a NUL byte'
    printf 'hosts: 127.0.0.1\nports: 80\nname: "a\\0b"\n' >./nul.yaml
    refused ./nul.yaml './nul.yaml:3:7: a NUL character'
    head -c 1000000 /dev/zero >./nul.yaml
    refused ./nul.yaml './nul.yaml:1:1: a NUL byte'
}

@test "hostile: invalid UTF-8" {
    printf 'hosts: 127.0.0.1\nports: 80\ndescription: "\377\376"\n' >./utf8.yaml
    refused ./utf8.yaml './utf8.yaml:3:15: not valid UTF-8'
    # Overlong, a surrogate, beyond the last character, cut short, and UTF-16.
    for bytes in '\300\200' '\355\240\200' '\364\220\200\200' '\342\202' '\377\376h\0o\0'; do
        printf "$bytes" >./utf8.yaml
        refused ./utf8.yaml './utf8.yaml:1:1: not valid UTF-8'
    done
}

@test "hostile: 10,000 keys, different, alike, and nearly known" {
    python3 -c 'print("\n".join(f"key{i}: {i}" for i in range(10000)))' >./keys.yaml
    refused ./keys.yaml './keys.yaml:1:1: unknown key "key0"'
    [[ "$output" == *'portolan: and '*' more problems'* ]]
    repeat '' 'ports: 22\n' '' | head -n 49000 >./keys.yaml
    refused ./keys.yaml './keys.yaml:2:1: duplicate key "ports", first on line 1'
    python3 -c 'print("\n".join(f"concurrenc{i}: 1" for i in range(49000)))' >./keys.yaml
    refused ./keys.yaml './keys.yaml:1:1: unknown key "concurrenc0"; did you mean "concurrency"?'
    # A parent's keys, each a mapping to merge with the child's of that name.
    python3 -c 'print("\n".join(f"key{i}: {{}}" for i in range(24000)))' >./keys.yaml
    { echo 'extends: keys.yaml'; cat keys.yaml; } >./child.yaml
    refused ./child.yaml 'unknown key "key0"'
}

@test "hostile: directives, tags, anchors and comments without end" {
    repeat '' '%TAG !a! b\n' '' >./many.yaml
    refused ./many.yaml './many.yaml:17:1: too many directives (%)'
    repeat '' '!!str ' '' >./many.yaml
    refused ./many.yaml './many.yaml:1:7: not YAML'
    repeat 'a: [' '&a b,' '' >./many.yaml
    refused ./many.yaml 'too many anchors (1000 at most)'
    repeat 'a: &a b\nb: [' '*a ,' '' >./many.yaml
    refused ./many.yaml 'too many aliases (1000 at most)'
    repeat '' '# x\n' '' >./many.yaml
    refused ./many.yaml './many.yaml:1:1: the profile is empty'
    repeat '' '\n' '' >./many.yaml
    refused ./many.yaml './many.yaml:1:1: the profile is empty'
}

@test "hostile: texts that never end" {
    for start in 'hosts: "' "hosts: '" 'hosts: |\n ' 'hosts: >\n ' 'hosts: [' '"' 'hosts: !<'; do
        repeat "$start" 'a b ' '' >./text.yaml
        refused ./text.yaml './text.yaml:'
        repeat "$start" 'a\n ' '' >./text.yaml
        refused ./text.yaml './text.yaml:'
    done
}

@test "hostile: lists as long as they can be" {
    repeat 'hosts: 127.0.0.1\nports: [' '0,' ']' | head -c 190000 >./list.yaml
    echo ']' >>./list.yaml
    refused ./list.yaml './list.yaml:2:9: ports: "0": a port is 1 to 65535'
    repeat 'ports: 22\nhosts: [' '10.0.0.1,' ']' | head -c 800000 >./list.yaml
    echo '1]' >>./list.yaml
    refused ./list.yaml "10.0.0.1 is outside the profile's scope"
    python3 -c 'print("ports: 22\nhosts: 127.0.0.1\nscope: [" + ",".join(f"10.{i>>15&255}.{i>>7&255}.{i*2&255}" for i in range(20000)) + "]")' >./list.yaml
    refused ./list.yaml 'scope: more than 10000 separate blocks'
    python3 -c 'print("ports: 22\nhosts: 127.0.0.1\nexpect: [&r {hosts: 127.0.0.1, open: 1-30000, closed: 30000-65535}" + ", *r " * 1000 + "]")' >./list.yaml
    refused ./list.yaml 'expect holds more than 1000 rules'
    python3 -c 'print("ports: 22\nhosts: 127.0.0.1\nexpect: [&r {hosts: 127.0.0.1, open: 1-30000, closed: 30000-65535}" + ", *r " * 999 + "]")' >./list.yaml
    refused ./list.yaml 'expect says that port 30000 is open and closed'
}

@test "hostile: hosts files without end" {
    files() { python3 -c 'import sys; print("ports: 22\nhosts: [" + f"\"file: {sys.argv[1]}\", " * 1000 + "]")' "$1" >./files.yaml; }
    files /dev/zero
    refused ./files.yaml 'hosts file /dev/zero: it is a device'
    files /dev/stdin
    refused ./files.yaml '/dev/stdin:1:1: more than 67108864 bytes of hosts files' < <(exec cat /dev/zero 2>./closed)
    python3 -c 'print("ports: 22\nhosts: 127.0.0.1\nexpect: [&r {open: 22, hosts: \"file: /dev/stdin\"}" + ", *r " * 900 + "]")' >./files.yaml
    refused ./files.yaml '/dev/stdin:1:1: more than 67108864 bytes of hosts files' < <(exec cat /dev/zero 2>./closed)
}

# peak COMMAND...: sets status, output, and kilobytes, the most that it held in memory.
peak() {
    run /usr/bin/python3 -c 'import os, resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)' bash -c 'ulimit -t 10; exec "$@"' bash "$@"
    kilobytes=${lines[-1]#peak }
    echo "$output" | tail -n 3
}

@test "a hosts file of a million addresses takes 64 MB at most to check" {
    python3 -c 'import random
r = random.Random(1)
print("\n".join(f"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}" for _ in range(1000000)))' >hosts
    profile million 'hosts: ["file: hosts"]' 'ports: 80' 'scope: [10.0.0.0/8]'
    peak "$PORTOLAN" check ./million.yaml
    [ "$status" -eq 0 ]
    [ "$kilobytes" -le 64000 ]
    python3 -c 'for i in range(1000000): print(f"2001:db8::{i >> 16:x}:{i & 65535:x}")' >hosts6
    profile million6 'hosts: ["file: hosts6"]' 'ports: 80' 'scope: ["2001:db8::/32"]'
    peak "$PORTOLAN" check ./million6.yaml
    [ "$status" -eq 0 ]
    [ "$kilobytes" -le 64000 ]
    # Written as long as they can be.
    python3 -c 'import random
r = random.Random(1)
print("\n".join(":".join(f"{r.randrange(4096, 65536):x}" for _ in range(8)) for _ in range(1000000)))' >hosts6
    profile random6 'hosts: ["file: hosts6"]' 'ports: 80' 'scope: [any]'
    peak "$PORTOLAN" check ./random6.yaml
    [ "$status" -eq 0 ]
    [ "$kilobytes" -le 64000 ]
    # Outside the scope, each is a problem, of which a hundred are told.
    profile outside 'hosts: ["file: hosts"]' 'ports: 80'
    peak "$PORTOLAN" check ./outside.yaml
    [ "$status" -eq 3 ]
    [ "$kilobytes" -le 64000 ]
}

@test "hostile: large hosts files" {
    profile large 'hosts: ["file: hosts"]' 'ports: 80' 'scope: [any]'
    # Each of 66 MB, which is more than is read of them.
    python3 -c 'import sys
for i in range(4600000): sys.stdout.write(f"1.{i >> 16}.{i >> 8 & 255}.{i & 255}\n")' >hosts
    refused ./large.yaml 'hosts:1000001:1: more than 1000000 hosts in one list'
    [ "${#lines[@]}" -eq 1 ]
    yes 0 | head -c 66000000 >hosts
    refused ./large.yaml 'hosts:1:1: "0" is no address'
    yes '# nothing' | head -c 70000000 >hosts
    refused ./large.yaml 'more than 67108864 bytes of hosts files'
    yes ' ' | head -c 70000000 >hosts
    refused ./large.yaml 'more than 67108864 bytes of hosts files'
    yes '' | head -c 67000000 >hosts
    refused ./large.yaml 'hosts names no host: the files that it names hold none'
}

@test "hostile: a results file of two million hosts that did not resolve" {
    python3 -c 'import sys
sys.stdout.write("{\"unresolved\": [" + "{\"input\":\"\",\"message\":\"\"}," * 2100000 + "7]}")' >many.json
    peak "$PORTOLAN" convert ./many.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"unresolved: more than 1100000 of them"* ]]
    [ "$kilobytes" -le 64000 ]
}

@test "hostile: a results file of thirty million values under a key that nobody knows" {
    python3 -c 'import sys
sys.stdout.write("{\"schema\": \"portolan-results/1\", \"junk\": [" + "1," * 30000000 + "1], \"more\": [[1,]]}")' >junk.json
    peak "$PORTOLAN" convert ./junk.json
    [ "$status" -eq 3 ]
    # Passed over, it must be JSON all the same.
    [[ "$output" == *"junk.json:1:60000059: not valid JSON"* ]]
    [ "$kilobytes" -le 64000 ]
}
