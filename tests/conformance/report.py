"""The report: one line a connector, totals, the kinds of differences by frequency."""
import collections
import json


def line_of(result):
    if result.skipped:
        return f"{result.name}: skipped: {result.skipped}"
    comparable = [stream for stream in result.streams if stream.verdict != "not comparable"]
    identical = [stream for stream in comparable if stream.verdict == "identical"]
    text = f"{result.name}: {len(identical)}/{len(comparable)}"
    if len(comparable) < len(result.streams):
        text += f" (of {len(result.streams)} the reference runs {len(comparable)})"
    for stream in comparable:
        if stream.differences:
            run, difference = stream.differences[0]
            return f"{text}  {stream.name}, {run} run: {_one_line(str(difference), 300)}"
    return text


def _one_line(text, most):
    text = text.replace("\n", "\\n")
    return text if len(text) <= most else text[:most - 1] + "…"


class Totals:
    def __init__(self):
        self.connectors = self.clean = self.streams = self.identical = self.not_comparable = 0
        self.broken = []
        self.kinds = collections.defaultdict(list)
        self.reasons = collections.defaultdict(list)

    def add(self, result):
        if result.skipped:
            return
        self.connectors += 1
        different = 0
        for stream in result.streams:
            where = f"{result.name}/{stream.name}"
            if stream.verdict == "not comparable":
                self.not_comparable += 1
                self.reasons[_one_line(stream.reason, 120)].append(where)
                continue
            self.streams += 1
            self.identical += stream.verdict == "identical"
            different += stream.verdict != "identical"
            if stream.differences:
                run, difference = stream.differences[0]
                self.kinds[f"{difference.part}: {difference.kind}"].append((where, run, difference))
                self.broken += [(where, d.kind) for _, d in stream.differences if d.kind in ("crash", "hang")]
        self.clean += different == 0

    def ratio(self):
        return self.identical / self.streams if self.streams else 0.0

    def text(self):
        lines = ["", f"{self.identical} of {self.streams} streams identical ({self.ratio():.1%}), "
                     f"{self.clean} of {self.connectors} connectors wholly; "
                     f"{self.not_comparable} streams that the reference does not run"]
        lines += [f"  {kind}: {where}" for where, kind in self.broken]
        for kind, found in sorted(self.kinds.items(), key=lambda item: -len(item[1]))[:40]:
            lines.append(f"  {len(found):5}  {_one_line(kind, 140)}  (e.g. {found[0][0]})")
        if self.reasons:
            lines.append("not run by the reference:")
            for reason, found in sorted(self.reasons.items(), key=lambda item: -len(item[1])):
                lines.append(f"  {len(found):5}  {reason}  (e.g. {found[0]})")
        return "\n".join(lines)

    def findings(self):
        """Returns the kinds of differences as Markdown, most frequent first, with an example each."""
        parts = [f"# Conformance findings\n\n{self.text().strip().splitlines()[0]}\n"]
        for kind, found in sorted(self.kinds.items(), key=lambda item: -len(item[1])):
            where, run, difference = found[0]
            parts.append(f"## {len(found)} × {_one_line(kind, 200)}\n\nExample: {where}, {run} run\n\n"
                         f"- expected: `{_one_line(difference.expected, 1500)}`\n"
                         f"- got: `{_one_line(difference.got, 1500)}`\n\nAll: "
                         f"{', '.join(sorted({w for w, _, _ in found})[:60])}\n")
        return "\n".join(parts)


def as_json(results, totals):
    return json.dumps({
        "streams": totals.streams, "identical": totals.identical, "not_comparable": totals.not_comparable,
        "connectors": [{
            "name": result.name, "skipped": result.skipped or None,
            "streams": [{
                "name": stream.name, "verdict": stream.verdict, "reason": stream.reason or None,
                "differences": [{"run": run, "part": d.part, "kind": d.kind, "expected": d.expected[:2000],
                                 "got": d.got[:2000]} for run, d in stream.differences],
            } for stream in result.streams],
        } for result in results]}, indent=1)
