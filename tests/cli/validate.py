"""validate.py SCHEMA accept|reject FILE...: every file must be accepted, or rejected, by the schema.

A bad profile that holds the comment "# schema: no" has a fault that a schema cannot express.
"""
import json
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as portolan reads it: true and false, decimal numbers, strings."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^(?:0|-?[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("merge", r"^<<$", "<"),
]:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, __import__("re").compile(pattern), first)


def load(path):
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)


def main():
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    bad = checked = 0
    for path in sys.argv[3:]:
        if b"# schema: no" in open(path, "rb").read():
            continue
        checked += 1
        try:
            faults = [error.message for error in validator.iter_errors(load(path))]
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults = [str(error)]
        if bool(faults) == (sys.argv[2] == "accept"):
            print(f"{path}: should be {sys.argv[2]}ed: {faults[:3]}")
            bad += 1
    if checked == 0:
        sys.exit("nothing was checked")
    sys.exit(bad > 0)


main()
