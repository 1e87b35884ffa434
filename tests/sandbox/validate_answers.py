#!/usr/bin/env python3
"""Validates what a running sandbox answers against the vendor's OpenAPI description.

    validate_answers.py BASE_URL TOKEN OPENAPI.json PATH...

A PATH is given as the description spells it, with its parameters filled in behind an "=":

    "/repos/{owner}/{repo}/issues=/repos/acme/atlas/issues?state=all&per_page=100"

Every page of a list is read, up to --pages. Exit code 0: all fit; 1: some do not; 77: a tool or
the description is missing, nothing was checked.
"""
import argparse
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

SKIPPED = 77


def resolve(document, node):
    """Follows a $ref inside the document."""
    while "$ref" in node:
        steps = node["$ref"].removeprefix("#/").split("/")
        node = document
        for step in steps:
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def to_json_schema(schema):
    """Turns an OpenAPI 3.0 schema into a JSON schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [to_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {key: to_json_schema(value) for key, value in schema.items()
                 if key not in ("nullable", "example", "examples", "discriminator")}
    if schema.get("nullable") is True:
        return {"anyOf": [converted, {"type": "null"}]}
    return converted


def get(url, token):
    request = urllib.request.Request(url, headers={
        "Authorization": f"Bearer {token}", "User-Agent": "tendril-tests", "Accept": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def pages(url, token, limit):
    """Yields (status, body) of each page."""
    for _ in range(limit):
        status, body, headers = get(url, token)
        yield status, body
        following = re.search(r'<([^>]+)>; rel="next"', headers.get("Link", ""))
        if not following:
            return
        url = following[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url")
    parser.add_argument("token")
    parser.add_argument("openapi", type=pathlib.Path)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--pages", type=int, default=5)
    arguments = parser.parse_args()
    try:
        import jsonschema
    except ImportError:
        print("skipped: the Python package jsonschema is missing")
        return SKIPPED
    if not arguments.openapi.exists():
        print(f"skipped: no description at {arguments.openapi}")
        return SKIPPED
    document = json.loads(arguments.openapi.read_text())
    schema_document = to_json_schema({"components": document["components"]})
    faults = 0
    for pair in arguments.paths:
        path, _, actual = pair.partition("=")
        method, spelled = path.split(" ", 1) if " " in path else ("get", path)
        responses = document["paths"][spelled][method]["responses"]
        validators, checked = {}, 0
        for status, body in pages(arguments.base_url + actual, arguments.token, arguments.pages):
            answer = responses.get(str(status))
            if answer is None:
                print(f"{actual}: status {status} is not described")
                faults += 1
                break
            if status not in validators:
                content = resolve(document, answer)["content"]["application/json"]
                schema = {**schema_document, **to_json_schema(content["schema"])}
                validators[status] = jsonschema.Draft202012Validator(schema)
            for error in list(validators[status].iter_errors(body))[:5]:
                where = "/".join(str(step) for step in error.absolute_path)
                print(f"{actual}: {where}: {error.message[:300]}")
                faults += 1
            checked += len(body) if isinstance(body, list) else 1
        print(f"{actual}: {checked} objects checked")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
