#!/usr/bin/env python3
"""kubernetes.py FILE: is it what its comments say? The Jobs in it fit the schema beside this file (and the
schema refuses what is wrong), and mean what they should."""
import copy
import json
import sys
from pathlib import Path

import jsonschema
import yaml

SCHEMA = json.loads((Path(__file__).parent / "job.schema.json").read_text(encoding="utf-8"))


def refuses(job, change):
    wrong = copy.deepcopy(job)
    change(wrong["spec"])
    try:
        jsonschema.Draft7Validator(SCHEMA).validate(wrong)
    except jsonschema.ValidationError:
        return True
    return False


def main():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    with open(sys.argv[1], encoding="utf-8") as file:
        profile, scan, merge = yaml.safe_load_all(file)
    for job in (scan, merge):
        jsonschema.Draft7Validator(SCHEMA).validate(job)
    spec, pod = scan["spec"], scan["spec"]["template"]["spec"]
    assert spec["completionMode"] == "Indexed" and spec["backoffLimitPerIndex"] > 0
    for container in pod["initContainers"] + pod["containers"]:
        assert f"--shard=auto/{spec['completions']}" in container["args"], container["name"]
    disruption, wrong = spec["podFailurePolicy"]["rules"]
    assert disruption == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}
    assert wrong["action"] == "FailJob" and wrong["onExitCodes"]["values"] == [2, 3]
    assert wrong["onExitCodes"]["containerName"] in [container["name"] for container in pod["initContainers"]]
    # Everything that is mounted is there.
    for job in (scan, merge):
        inner = job["spec"]["template"]["spec"]
        for container in inner.get("initContainers", []) + inner["containers"]:
            for mount in container["volumeMounts"]:
                assert mount["name"] in [volume["name"] for volume in inner["volumes"]], mount
    assert merge["spec"]["suspend"] is True
    # The schema is worth something.
    for change in (
        lambda spec: spec.update(backoffLimitPerindex=3),
        lambda spec: spec.update(completionMode="indexed"),
        lambda spec: spec.pop("completions"),
        lambda spec: spec["template"]["spec"].update(restartPolicy="OnFailure"),
        lambda spec: spec["podFailurePolicy"]["rules"][0].update(action="ignore"),
        lambda spec: spec["podFailurePolicy"]["rules"][1]["onExitCodes"].update(values=["2", "3"]),
        lambda spec: spec["podFailurePolicy"]["rules"][1].pop("onExitCodes"),
        lambda spec: spec["template"]["spec"]["containers"][0].pop("image"),
    ):
        assert refuses(scan, change), "the schema lets something wrong pass"
    print(profile["data"]["lan.yaml"], end="")


main()
