#!/usr/bin/env python3
"""Tests of the conformance kit's own parts; they need neither an engine nor a manifest from elsewhere."""
import datetime
import importlib.util
import json
import re
import sys
import unittest

if not all(map(importlib.util.find_spec, ("jinja2", "yaml"))):
    print("skipped: PyYAML or Jinja2 is not installed")
    sys.exit(77)

import comparison
import config
import filters
import instants
import manifest
import records
import templates
import text_pattern
import web
from imposter import Imposter
from outcome import Outcome

NOW = datetime.datetime(2025, 6, 17, 12, 0, tzinfo=datetime.timezone.utc)


def stream(paginator, path="items", field_path=("data",), **more):
    """A stream of two fields under https://api.test/."""
    return {"name": "items", "type": "DeclarativeStream", "primary_key": "id",
            "schema_loader": {"schema": {"type": "object", "properties": {
                "id": {"type": "integer"}, "name": {"type": ["null", "string"]}}}},
            "retriever": {"type": "SimpleRetriever", "paginator": paginator,
                          "requester": {"url_base": "https://api.test/", "path": path},
                          "record_selector": {"extractor": {"field_path": list(field_path)}}}, **more}


def cursor_paginator(value, stop=None, by_path=False):
    option = {"type": "RequestPath"} if by_path else {"inject_into": "request_parameter", "field_name": "after"}
    return {"page_token_option": option,
            "pagination_strategy": {"type": "CursorPagination", "cursor_value": value, "stop_condition": stop}}


class Client:
    """Follows a stream's pages the way an engine does."""

    def __init__(self, definition):
        self.imposter = Imposter(definition, {}, NOW)
        self.paginator = definition["retriever"]["paginator"]

    def pages(self):
        strategy, url, found = self.paginator["pagination_strategy"], "https://api.test/items", []
        while len(found) < 10:
            answer = self.imposter.answer(web.Request("GET", url, {}))
            document = json.loads(answer.body)
            found.append(document)
            made = document["data"] if isinstance(document, dict) else document
            scene = {"response": document, "headers": {"link": _links(answer.headers)},
                     "last_record": made[-1] if made else None, "last_page_size": len(made)}
            stop = strategy["stop_condition"]
            if stop and templates.is_true(templates.evaluate(stop, scene)):
                break
            token = templates.evaluate(strategy["cursor_value"], scene)
            if not token:
                break
            url = token if token.__class__ is str and token.startswith("http") else f"https://api.test/items?after={token}"
        return found


def _links(headers):
    found = re.match(r'<([^>]*)>; rel="(\w+)"', headers.get("Link", ""))
    return {found.group(2): {"url": found.group(1), "rel": found.group(2)}} if found else {}


class Paging(unittest.TestCase):
    def check(self, value, stop=None, by_path=False):
        pages = Client(stream(cursor_paginator(value, stop, by_path))).pages()
        self.assertEqual(len(pages), 3, pages)
        self.assertEqual(len({json.dumps(page["data"], sort_keys=True) for page in pages}), 3)

    def test_follows_a_token_of_the_answer(self):
        self.check("{{ response['next'] }}")

    def test_follows_a_url_of_the_answer(self):
        self.check("{{ response.get('links', {}).get('next') }}", "{{ response.links.next is none }}", True)

    def test_follows_a_link_header(self):
        self.check("{{ headers['link']['next']['url'] }}", "{{ 'next' not in headers['link'] }}", True)

    def test_stops_where_a_flag_says_so(self):
        self.check("{{ response.page + 1 }}", "{{ not response.has_more }}")

    def test_cuts_a_token_out_of_a_url(self):
        self.check("{{ response.next | regex_search('page=(\\\\d+)') }}", "{{ response.next is none }}")

    def test_ends_with_an_empty_page_where_the_last_record_is_the_token(self):
        pages = Client(stream(cursor_paginator("{{ last_record['id'] }}"))).pages()
        self.assertEqual([len(page["data"]) for page in pages], [2, 2, 0])


class Answers(unittest.TestCase):
    def test_are_the_same_for_the_same_request(self):
        definition = stream({})
        answers = [Imposter(definition, {}, NOW).answer(web.Request("GET", "https://api.test/items", {})).body
                   for _ in range(2)]
        self.assertEqual(answers[0], answers[1])

    def test_put_records_where_a_wildcard_finds_them(self):
        definition = stream({}, field_path=("data", "*", "item"))
        answer = Imposter(definition, {}, NOW).answer(web.Request("GET", "https://api.test/items", {}))
        self.assertTrue(all(isinstance(entry["item"], dict) for entry in json.loads(answer.body)["data"]))

    def test_have_cursor_values_inside_the_window_asked_for(self):
        cursor = {"type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%d",
                  "start_time_option": {"field_name": "from"}, "end_time_option": {"field_name": "to"}}
        definition = stream({}, incremental_sync=cursor)
        answer = Imposter(definition, {}, NOW).answer(
            web.Request("GET", "https://api.test/items?from=2024-01-01&to=2024-01-31", {}))
        for record in json.loads(answer.body)["data"]:
            self.assertTrue("2024-01-01" <= record["at"] <= "2024-01-31", record)

    def test_fault_once(self):
        definition = stream({})
        request = web.Request("GET", "https://api.test/items", {})
        digest = web.digest(web.text_of(web.canonical(request)))
        imposter = Imposter(definition, {}, NOW, {digest: 429})
        self.assertEqual([imposter.answer(request).status for _ in range(2)], [429, 200])

    def test_are_404_where_the_manifest_asks_nothing(self):
        answer = Imposter(stream({}), {}, NOW).answer(web.Request("GET", "https://api.test/other", {}))
        self.assertEqual(answer.status, 404)


class Configs(unittest.TestCase):
    def config(self, properties, texts, required=()):
        spec = {"connection_specification": {"type": "object", "properties": properties, "required": list(required)}}
        return config.config_for({"spec": spec}, {"texts": texts}, NOW)

    def test_hold_what_is_required_or_read(self):
        made = self.config({"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "string"}},
                           ["{{ config['b'] }}"], ["a"])
        self.assertEqual(sorted(made), ["a", "b"])

    def test_follow_patterns_and_enumerations(self):
        made = self.config({"a": {"type": "string", "pattern": "^[a-f]{3}-\\d+$"}, "b": {"enum": ["x", "y"]}}, [],
                           ["a", "b"])
        self.assertRegex(made["a"], "^[a-f]{3}-\\d+$")
        self.assertEqual(made["b"], "x")

    def test_make_addresses_well_formed(self):
        spec = {"connection_specification": {"properties": {"host": {"type": "string"}}, "required": ["host"]}}
        made = config.config_for({"spec": spec}, {"url_base": "{{ config['host'] }}/api"}, NOW)
        self.assertEqual(made["host"], "https://sample.example.com")

    def test_begin_so_that_two_windows_fit(self):
        start = config.window_start({"type": "DatetimeBasedCursor", "step": "P10D"}, NOW)
        self.assertTrue(10 < (NOW - start).days < 20)


class Parts(unittest.TestCase):
    def test_references_and_parameters_reach_components(self):
        resolved = manifest.resolve({
            "definitions": {"base": {"type": "HttpRequester", "path": "{{ parameters.p }}"}},
            "streams": [{"$parameters": {"name": "s", "p": 1}, "retriever": {"requester": {"$ref": "#/definitions/base"}}}]})
        self.assertEqual(resolved["streams"][0]["name"], "s")
        self.assertEqual(resolved["streams"][0]["retriever"]["requester"]["p"], 1)

    def test_paths_of_templates_go_through_get_and_defaults(self):
        self.assertEqual(templates.paths("{{ (response.get('a') or {}).get('b')[0].c }}", "response"),
                         [("a", "b", 0, "c")])

    def test_filters_are_passed(self):
        values = filters.passing_values({"condition": "{{ record.type == 'file' and record.size > 3 }}"}, {})
        self.assertEqual(values[("type",)], "file")
        self.assertGreater(values[("size",)], 3)

    def test_patterns_have_samples(self):
        for pattern in (r"^\d{4}-\d\d$", r"^(a|b)+c?$", r"^[^@\s]+@x\.com$", r"^https://[a-z]+\.test/$"):
            self.assertRegex(text_pattern.sample(pattern), pattern)

    def test_instants_round_trip(self):
        for form in ("%Y-%m-%dT%H:%M:%S.%_msZ", "%s", "%ms", "%Y-%m-%dT%H:%M:%S%z"):
            self.assertEqual(instants.instant_of(instants.text_of(NOW, form), [form]), NOW)

    def test_records_keep_what_is_fixed(self):
        made = records.record({"properties": {"a": {"type": "string"}}}, "seed", 0, {("a",): 1, ("b", "c"): 2})
        self.assertEqual((made["a"], made["b"]), (1, {"c": 2}))


class Comparisons(unittest.TestCase):
    def test_find_nothing_in_equal_runs_in_another_order(self):
        a = Outcome(["1", "2"], ["x", "y"], {"states": [{"n": 1}, {"n": 2}], "lookback_window": 1}, "COMPLETE")
        b = Outcome(["2", "1"], ["y", "x"], {"states": [{"n": 2}, {"n": 1}], "lookback_window": 9}, "COMPLETE")
        self.assertEqual(comparison.differences(a, b), [])

    def test_name_the_field_that_differs(self):
        a = Outcome([], ['{"a":1,"b":2}'], None, "COMPLETE")
        b = Outcome([], ['{"a":1,"b":"2"}'], None, "COMPLETE")
        found = comparison.differences(a, b)
        self.assertEqual([(d.part, d.kind) for d in found], [("records", "field int became str")])

    def test_leave_out_what_transports_add(self):
        one = web.Request("GET", "https://A.test:443/x?b=2&a=1", {"User-Agent": "x", "X": "1"})
        two = web.Request("get", "https://a.test/x?a=1&b=2", {"x": "1", "Accept": "*/*"})
        self.assertEqual(web.canonical(one), web.canonical(two))


if __name__ == "__main__":
    unittest.main()
