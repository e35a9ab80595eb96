#!/usr/bin/env python3
"""superset.py OLD NEW: is the schema NEW what OLD may become within a major version?

Keys may be added. None may go, stop being always there, or change its type; no word may go from an enumeration, no
alternative from a choice.
"""
import json
import sys


def compare(old, new, place, problems):
    for either in old.get("anyOf", []):
        if either not in new.get("anyOf", []):
            problems.append(f"{place}: {either} is no longer allowed")
    for key in ("type", "const", "$ref"):
        if key in old and old[key] != new.get(key) and old[key] != [new.get(key)]:
            problems.append(f"{place}: {key} was {old[key]!r} and is {new.get(key)!r}")
    for key in sorted(set(old.get("required", [])) - set(new.get("required", []))):
        problems.append(f"{place}: {key} need not be there any more")
    for word in old.get("enum", []):
        if word not in new.get("enum", []):
            problems.append(f"{place}: {word!r} is gone")
    for key, value in old.get("properties", {}).items():
        if key not in new.get("properties", {}):
            problems.append(f"{place}: {key} is gone")
        else:
            compare(value, new["properties"][key], f"{place}.{key}", problems)
    if "items" in old:
        compare(old["items"], new.get("items", {}), place + "[]", problems)


def main():
    with open(sys.argv[1], encoding="utf-8") as old, open(sys.argv[2], encoding="utf-8") as new:
        problems = []
        compare(json.load(old), json.load(new), "", problems)
    print("\n".join(problems))
    return bool(problems)


sys.exit(main())
