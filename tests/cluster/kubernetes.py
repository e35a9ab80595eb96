#!/usr/bin/env python3
"""kubernetes.py FILE [WHEEL]: is FILE what its comments say? What is in it fits the schemas that Kubernetes
publishes (WHEEL holds them; without it the Jobs are held against what job.schema.json has of them) and the
rules of the Job API that no schema expresses; all of it refuses what is wrong; and the Jobs mean what they
should."""
import copy
import json
import re
import sys
import zipfile
from pathlib import Path

import jsonschema
import yaml

# The first that has backoffLimitPerIndex unasked, and the last that has never heard of it.
OLDEST, TOO_OLD = (1, 29), (1, 27)


class Schemas:
    """Of one version: in them every object has the keys that it may have, and no other."""

    def __init__(self, wheel, folder):
        self.wheel, self.folder, self.validators = wheel, folder, {}

    def read(self, name):
        return json.loads(self.wheel.read(f"{self.folder}/{name}"))

    def of_kind(self, kind):
        """The schema of a kind with those definitions that it reaches: the validator is slow with all."""
        schema, definitions, wanted = self.read(f"{kind}.json"), self.read("_definitions.json")["$defs"], {}
        del schema["$id"]

        def gather(node):
            if isinstance(node, list):
                for one in node:
                    gather(one)
            elif isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    name = node["$ref"].rpartition("/")[2]
                    node["$ref"] = f"#/$defs/{name}"
                    if name not in wanted:
                        wanted[name] = definitions[name]
                        gather(wanted[name])
                for one in node.values():
                    gather(one)

        gather(schema)
        return {**schema, "$defs": wanted}

    def problems(self, document):
        kind = f"{document['kind'].lower()}-{document['apiVersion'].replace('/', '-')}"
        if kind not in self.validators:
            self.validators[kind] = jsonschema.Draft202012Validator(self.of_kind(kind))
        found = self.validators[kind].iter_errors(document)
        return [f"{'.'.join(str(step) for step in error.path)}: {error.message}" for error in found]


def rules(job):
    """What the API server checks beside the schema, as its documentation says it."""
    spec = job["spec"]
    pod = spec["template"]["spec"]
    is_indexed = spec.get("completionMode") == "Indexed"
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", job["metadata"]["name"]):
        yield "the name is no label of DNS"
    if spec.get("completionMode", "NonIndexed") not in ("NonIndexed", "Indexed"):
        yield "completionMode"
    if is_indexed and spec.get("completions") is None:
        yield "Indexed wants completions"
    for key in ("completions", "parallelism", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes"):
        if spec.get(key, 0) < 0:
            yield f"{key} is below 0"
    if "backoffLimitPerIndex" in spec and not is_indexed:
        yield "backoffLimitPerIndex wants Indexed"
    if "maxFailedIndexes" in spec and "backoffLimitPerIndex" not in spec:
        yield "maxFailedIndexes wants backoffLimitPerIndex"
    if pod.get("restartPolicy") not in ("Never", "OnFailure"):
        yield "a Job's restartPolicy"
    if pod.get("restartPolicy") != "Never" and ("podFailurePolicy" in spec or "backoffLimitPerIndex" in spec):
        yield "podFailurePolicy and backoffLimitPerIndex want restartPolicy Never"
    policy = spec.get("podFailurePolicy", {}).get("rules", [])
    if len(policy) > 20:
        yield "podFailurePolicy has more than 20 rules"
    for rule in policy:
        yield from rules_of_failure(rule, spec, pod)
    # Everything that is mounted is there.
    volumes = [volume["name"] for volume in pod.get("volumes", [])]
    for container in pod.get("initContainers", []) + pod["containers"]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{container['name']} mounts {mount['name']}, which is no volume"


def rules_of_failure(rule, spec, pod):
    if rule["action"] not in ("FailJob", "FailIndex", "Ignore", "Count"):
        yield "podFailurePolicy: action"
    if rule["action"] == "FailIndex" and "backoffLimitPerIndex" not in spec:
        yield "podFailurePolicy: FailIndex wants backoffLimitPerIndex"
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions")
    if bool(codes) == bool(conditions):
        yield "podFailurePolicy: a rule is on exit codes, or on conditions"
    if codes:
        values = codes["values"]
        names = [container["name"] for container in pod.get("initContainers", []) + pod["containers"]]
        if codes["operator"] not in ("In", "NotIn"):
            yield "onExitCodes: operator"
        if not 1 <= len(values) <= 255 or values != sorted(set(values)):
            yield "onExitCodes: values are ordered, each once, and 1 to 255 of them"
        if codes["operator"] == "In" and 0 in values:
            yield "onExitCodes: In has no 0"
        if codes.get("containerName", names[0]) not in names:
            yield "onExitCodes: no such container"
    for condition in conditions or []:
        if condition.get("status", "True") not in ("True", "False", "Unknown"):
            yield "onPodConditions: status"


def on_codes(spec):
    return spec["podFailurePolicy"]["rules"][1]["onExitCodes"]


def container(spec):
    return spec["template"]["spec"]["containers"][0]


# Each makes the scan's Job wrong; the schema refuses it.
AGAINST_SCHEMA = (
    lambda spec: spec.update(backoffLimitPerindex=3),
    lambda spec: spec.update(completions="8"),
    lambda spec: spec.update(suspend="false"),
    lambda spec: spec.update(completionMode=True),
    lambda spec: spec.pop("template"),
    lambda spec: spec["podFailurePolicy"].pop("rules"),
    lambda spec: spec["podFailurePolicy"].update(rule=[]),
    lambda spec: spec["podFailurePolicy"]["rules"][0].pop("action"),
    lambda spec: spec["podFailurePolicy"]["rules"][0]["onPodConditions"][0].pop("type"),
    lambda spec: spec["podFailurePolicy"]["rules"][1].update(onExitCode={}),
    lambda spec: on_codes(spec).pop("operator"),
    lambda spec: on_codes(spec).update(values=["2", "3"]),
    lambda spec: on_codes(spec).update(values=2),
    lambda spec: spec["template"]["spec"].pop("containers"),
    lambda spec: spec["template"]["spec"].update(terminationGracePeriodSeconds="30s"),
    lambda spec: container(spec).pop("name"),
    lambda spec: container(spec).update(args="run"),
    lambda spec: container(spec)["securityContext"].update(readonlyRootFilesystem=True),
    lambda spec: container(spec)["volumeMounts"][0].pop("mountPath"),
    lambda spec: container(spec)["env"][0].update(value=1),
)
# These only the rules refuse.
AGAINST_RULES = (
    lambda spec: spec.update(completionMode="indexed"),
    lambda spec: spec.update(completionMode="NonIndexed"),
    lambda spec: spec.pop("completions"),
    lambda spec: spec.update(backoffLimitPerIndex=-1),
    lambda spec: spec.update(maxFailedIndexes=1, completionMode=spec.pop("backoffLimitPerIndex") and "Indexed"),
    lambda spec: spec["template"]["spec"].update(restartPolicy="OnFailure"),
    lambda spec: spec["template"]["spec"].pop("restartPolicy"),
    lambda spec: spec["podFailurePolicy"].update(rules=spec["podFailurePolicy"]["rules"] * 11),
    lambda spec: spec["podFailurePolicy"]["rules"][0].update(action="ignore"),
    lambda spec: spec["podFailurePolicy"]["rules"][0].update(onExitCodes=on_codes(spec)),
    lambda spec: spec["podFailurePolicy"]["rules"][0]["onPodConditions"][0].update(status="true"),
    lambda spec: spec["podFailurePolicy"]["rules"][1].pop("onExitCodes"),
    lambda spec: spec["podFailurePolicy"]["rules"][1].update(action=spec.pop("backoffLimitPerIndex") and "FailIndex"),
    lambda spec: on_codes(spec).update(operator="in"),
    lambda spec: on_codes(spec).update(values=[]),
    lambda spec: on_codes(spec).update(values=[3, 2]),
    lambda spec: on_codes(spec).update(values=[2, 2]),
    lambda spec: on_codes(spec).update(values=[0, 2]),
    lambda spec: on_codes(spec).update(containerName="checks"),
    lambda spec: container(spec)["volumeMounts"][0].update(name="profiles"),
)


def changed(job, change):
    wrong = copy.deepcopy(job)
    change(wrong["spec"])
    return wrong


def check_schemas(documents, scan, path):
    with zipfile.ZipFile(path) as wheel:
        folders = {name.rpartition("/")[0] for name in wheel.namelist() if name.endswith("-local-strict/_definitions.json")}
        versions = {}
        for folder in folders:
            major, minor = re.search(r"/v(\d+)\.(\d+)\.", folder).groups()
            versions[int(major), int(minor)] = Schemas(wheel, folder)
        known = sorted(version for version in versions if version >= OLDEST)
        assert known and known[0] == OLDEST, f"the wheel lacks Kubernetes {OLDEST}"
        for version in known:
            for document in documents:
                found = versions[version].problems(document)
                assert not found, f"{document['kind']} of Kubernetes {version}: {found}"
        for number, change in enumerate(AGAINST_SCHEMA):
            assert versions[known[-1]].problems(changed(scan, change)), f"the schema lets wrong {number} pass"
        assert any("backoffLimitPerIndex" in problem for problem in versions[TOO_OLD].problems(scan))


def check_subset(jobs, scan):
    """Where no package of Python's can be downloaded."""
    schema = json.loads((Path(__file__).parent / "job.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for job in jobs:
        validator.validate(job)
    for number, change in enumerate(AGAINST_SCHEMA):
        assert not validator.is_valid(changed(scan, change)), f"the schema lets wrong {number} pass"


def check_meaning(scan, merge):
    spec, pod = scan["spec"], scan["spec"]["template"]["spec"]
    assert spec["completionMode"] == "Indexed" and spec["backoffLimitPerIndex"] > 0
    for one in pod["initContainers"] + pod["containers"]:
        assert f"--shard=auto/{spec['completions']}" in one["args"], one["name"]
    disruption, wrong = spec["podFailurePolicy"]["rules"]
    assert disruption == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    assert wrong["action"] == "FailJob" and wrong["onExitCodes"]["values"] == [2, 3]
    assert wrong["onExitCodes"]["containerName"] in [one["name"] for one in pod["initContainers"]]
    assert merge["spec"]["suspend"] is True


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    profile, scan, merge = documents
    check_subset((scan, merge), scan)
    if len(sys.argv) > 2:
        check_schemas(documents, scan, sys.argv[2])
    for job in (scan, merge):
        found = list(rules(job))
        assert not found, f"{job['metadata']['name']}: {found}"
    for number, change in enumerate(AGAINST_RULES):
        assert list(rules(changed(scan, change))), f"the rules let wrong {number} pass"
    check_meaning(scan, merge)
    print(profile["data"]["lan.yaml"], end="")


main()
