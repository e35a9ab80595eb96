load helper

# refused FILE: a clear error, status 3, in bounded time and 64 MB of memory.
refused() {
    run bash -c "ulimit -v 262144; timeout 5 '$PORTOLAN' check '$1'"
    echo "$output" | head -c 2000
    [ "$status" -eq 3 ]
    [[ "$output" == *"$1"* ]]
}

@test "deep nesting" {
    python3 -c 'print("hosts: " + "[" * 200000)' >./deep.yaml
    refused ./deep.yaml
}

@test "an alias bomb" {
    { echo 'a: &a [x,x,x,x,x,x,x,x,x]'; p=a
      for n in b c d e f g h i j; do echo "$n: &$n [*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p]"; p=$n; done; } >./bomb.yaml
    refused ./bomb.yaml
}

@test "1 GB of one line" {
    truncate -s 1G ./huge.yaml
    refused ./huge.yaml
}

@test "NUL bytes" {
    printf 'hosts: 127.0.0.1\nports: 8\0000\n' >./nul.yaml
    refused ./nul.yaml
}

@test "invalid UTF-8" {
    printf 'hosts: 127.0.0.1\nports: 80\ndescription: "\377\376"\n' >./utf8.yaml
    refused ./utf8.yaml
}

@test "10,000 keys" {
    python3 -c 'print("\n".join(f"key{i}: {i}" for i in range(10000)))' >./keys.yaml
    refused ./keys.yaml
}
