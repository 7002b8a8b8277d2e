"""The tables of docs/frameworks.md, computed from the demo's achievements and from other people's samples: run it.

The tests hold the document to these tables. Samples lie beside the repository; without them theirs stay as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.credentials.described import Described
from registry.credentials.descriptors import PROPERTY_NAMES
from registry.credentials.framework import report_on
from registry.credentials.frameworks import FRAMEWORKS
from registry.credentials.model import parse_achievement
from registry.credentials.screen import screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.credentials.framework import Framework, FrameworkReport, Line

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "frameworks.md"
SAMPLES = ROOT.parent / "shared" / "data" / "samples"
COMMAND = "python tests/frameworks/expected.py"
DEMO = (("data-foundations", "Northfield University", "GB"), ("cloud-operations", "Harbour Cloud Academy", "NL"))
"""The demo's achievements, and the issuers that it registers for them."""


def demo_tables() -> str:
    """Return, framework by framework, what the demo's achievements carry."""
    offers = [(_name(key), _offer(key, issuer, country)) for key, issuer, country in DEMO]
    return "\n".join(line for framework in FRAMEWORKS.values() for line in _demo_table(framework, offers))


def sample_tables() -> str:
    """Return how every sample is judged, with reasons."""
    paths = sorted(SAMPLES.rglob("*.json"))
    head = ["| sample | screen |" + "".join(f" {one.title} |" for one in FRAMEWORKS.values()), "| --- |" + " --- |" * 4]
    rows = [_sample_row(path) for path in paths]
    return "\n".join([*head, *rows, "", *(line for path in paths for line in _sample_reasons(path))])


def _offer(key: str, issuer: str, country: str) -> Described:
    document = parse_achievement(json.loads((ROOT / "anchoring" / "demo" / f"{key}.json").read_text("utf-8")))
    address = {"type": ["Address"], "addressCountryCode": country}
    return Described.offer(document, {"id": "did:web:issuer", "type": ["Profile"], "name": issuer, "address": address})


def _demo_table(framework: Framework, offers: list[tuple[str, Described]]) -> Iterator[str]:
    reports = [report_on(framework, one) for _, one in offers]
    yield from (f"### {framework.title}", "", f"{framework.source}. {framework.note}", "")
    yield "| descriptor | asked |" + "".join(f" {name} |" for name, _ in offers)
    yield "| --- | --- |" + " --- |" * len(offers)
    for lines in zip(*(report.lines for report in reports), strict=True):
        asked = lines[0].descriptor
        yield f"| {asked.name} | {asked.level} |" + "".join(f" {_cell(line)} |" for line in lines)
    yield "| | |" + "".join(f" {report.summary} |" for report in reports)
    yield ""


def _sample_row(path: Path) -> str:
    document = _sample(path)
    codes = sorted({problem.code for problem in screen(document)})
    said = ", ".join(f"`{code}`" for code in codes) or "nothing to say"
    counts = (_counts(report_on(one, Described(document, awarded=True))) for one in FRAMEWORKS.values())
    return f"| {_label(path)} | {said} |" + "".join(f" {count} |" for count in counts)


def _sample_reasons(path: Path) -> Iterator[str]:
    document = _sample(path)
    yield from (f"#### {_label(path)}", "")
    yield from (f"- screen: {problem.detail}" for problem in screen(document))
    lines = report_on(FRAMEWORKS["eu"], Described(document, awarded=True)).lines
    yield from (f"- {_what(line)}: {_cell(line)}. {line.finding.why}" for line in lines if line.finding.state == "weak")
    yield f"- missing: {', '.join(_what(line) for line in lines if line.finding.state == 'missing')}."
    yield ""


def _what(line: Line) -> str:
    return f"{line.descriptor.name} ({line.descriptor.level})"


def _counts(report: FrameworkReport) -> str:
    states = [line.finding.state for line in report.lines]
    return ", ".join(f"{states.count(state)} {state}" for state in ("present", "weak", "missing"))  # type: ignore[arg-type]


def _cell(line: Line) -> str:
    return f"{line.finding.state}, `{line.finding.where}`" if line.finding.where else line.finding.state


def _name(key: str) -> str:
    return key.replace("-", " ").capitalize()


def _label(path: Path) -> str:
    return str(path.relative_to(SAMPLES).with_suffix(""))


def _sample(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def types_table() -> str:
    """Return the target types of our alignments with their names."""
    rows = [f"| `{kind}` | {name} |" for kind, name in PROPERTY_NAMES.items()]
    return "\n".join(["| `targetType` | what it says |", "| --- | --- |", *rows, ""])


TABLES = {"types": types_table, "demo": demo_tables, "samples": sample_tables}
"""The parts of the document that are computed."""


def between(text: str, name: str) -> str:
    """Return what the document has between the marks of a table."""
    return text.partition(_begin(name))[2].partition(_end(name))[0]


def _begin(name: str) -> str:
    return f"<!-- {name}: {COMMAND} -->\n"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->\n"


if __name__ == "__main__":
    whole = DOCUMENT.read_text("utf-8")
    for table, computed in TABLES.items():
        if table != "samples" or SAMPLES.is_dir():
            before, _, rest = whole.partition(_begin(table))
            whole = before + _begin(table) + computed() + _end(table) + rest.partition(_end(table))[2]
    DOCUMENT.write_text(whole, "utf-8")
