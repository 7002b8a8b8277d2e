"""A OneRoster export as a roster: enrolments joined with users, classes, courses and, if there is one, the gradebook.

The join gives one record an enrolment, whose columns are called `user.email`, `class.classCode` and so on, and is read
like any other export: the usual conditions leave out who is no student, what was deleted and what is not fully graded.
Users, classes, courses and results are held; enrolments go by.

Every reference that leads nowhere is an error of the whole roster: an export that lacks records is not to be trusted.

Source: 1EdTech, OneRoster 1.2 CSV binding; 1.1 names the columns that are read the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.errors import RosterError
from registry.credentials.delimited import Record
from registry.credentials.mapping_file import MappingFile
from registry.credentials.oneroster_tables import LIVE, Index, Line, OneRosterFiles, index_of, lines_of, live_lines
from registry.credentials.roster import Roster, roster_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MANIFEST = "manifest.csv"
VERSIONS = ("1.2", "1.1")
ENROLLMENT = ("sourcedId", "status", "role", "beginDate", "endDate")
USER = ("sourcedId", "username", "identifier", "email", "givenName", "familyName")
CLASS = ("sourcedId", "title", "classCode")
COURSE = ("sourcedId", "title", "courseCode")
RESULT = ("lineItemSourcedId", "scoreStatus", "score", "textScore", "scoreDate", "comment")
_COURSE_OF_CLASS = "courseSourcedId"
_BLANK = ("",) * len(COURSE)


def read_oneroster(files: OneRosterFiles, *, overrides: Iterable[str] = (), told: MappingFile | None = None) -> Roster:
    """Open a OneRoster export as a roster; its rows are numbered as the lines of `enrollments.csv`.

    Raises:
        RosterError: the manifest is missing or names another version, a file is missing or holds changes only, or
            there is no award date. What is wrong further on stands among the outcomes.

    """
    told = told or MappingFile()
    there = _files_of(files)
    header = _header(graded="results" in there)
    records = _joined(files, there, told.line_item)
    place = f"{files.place}/enrollments.csv"
    return roster_of(header, records, delimiter=",", file=place, overrides=overrides, told=told)


def _header(*, graded: bool) -> tuple[str, ...]:
    parts = [("enrollment", ENROLLMENT), ("user", USER), ("class", CLASS), ("course", COURSE)]
    if graded:
        parts.append(("result", RESULT))
    return tuple(f"{part}.{column}" for part, columns in parts for column in columns)


def _files_of(files: OneRosterFiles) -> frozenset[str]:
    """Return the tables that the manifest says are there."""
    file = f"{files.place}/{MANIFEST}"
    says = {line["propertyName"]: line["value"] for line in lines_of(files, MANIFEST, ("propertyName", "value"))}
    if says.get("oneroster.version") not in VERSIONS:
        message = f"the manifest says OneRoster {says.get('oneroster.version', 'nothing')}; {VERSIONS[0]} is read"
        raise RosterError(message, file=file)
    kinds = {name.removeprefix("file."): kind for name, kind in says.items() if name.startswith("file.")}
    there = frozenset(name for name, kind in kinds.items() if kind != "absent")
    for name in ("users", "classes", "enrollments", *(["lineItems"] if "results" in there else [])):
        if name not in there:
            raise RosterError(f"the manifest says that {name}.csv is absent; export it with the others", file=file)
    changes = [name for name, kind in kinds.items() if kind == "delta"]
    if changes:
        raise RosterError(f"{changes[0]}.csv holds changes only (delta); export it in bulk", file=file)
    return there


@dataclass(frozen=True, slots=True)
class _Held:
    """What enrolments refer to."""

    users: Index[str]
    classes: Index[str]
    """The last cell is the course's id."""
    courses: Index[str] | None
    """None if courses were not exported."""
    results: Index[tuple[str, str]] | None
    """By user and class; None if there is no gradebook."""


def _joined(files: OneRosterFiles, there: frozenset[str], line_item: str) -> Iterator[Record | RosterError]:
    held = _held(files, there, line_item)
    for line in lines_of(files, "enrollments.csv", ("sourcedId", "classSourcedId", "userSourcedId", "role")):
        missing = list(_missing(line, held)) if line["status"].casefold() in LIVE else []
        yield from missing
        if not missing:
            yield Record(line.row, _cells(line, held))


def _missing(line: Line, held: _Held) -> Iterator[RosterError]:
    if line["userSourcedId"] not in held.users:
        yield line.dangling("userSourcedId", "users.csv")
    if line["classSourcedId"] not in held.classes:
        yield line.dangling("classSourcedId", "classes.csv")


def _cells(line: Line, held: _Held) -> tuple[str, ...]:
    user, group = line["userSourcedId"], line["classSourcedId"]
    *own_class, course = held.classes.get(group, ("",) * (len(CLASS) + 1))
    cells = [
        *(line[column] for column in ENROLLMENT),
        *held.users.get(user, ("",) * len(USER)),
        *own_class,
        *(_BLANK if held.courses is None else held.courses.get(course, _BLANK)),
    ]
    if held.results is not None:
        cells += held.results.get((user, group), ("",) * len(RESULT))
    return tuple(cells)


def _held(files: OneRosterFiles, there: frozenset[str], line_item: str) -> _Held:
    courses = index_of(live_lines(files, "courses.csv", COURSE[:1]), COURSE) if "courses" in there else None
    users = index_of(live_lines(files, "users.csv", ("sourcedId", "givenName", "familyName")), USER)
    classes: Index[str] = Index()
    for line in live_lines(files, "classes.csv", ("sourcedId", _COURSE_OF_CLASS)):
        if courses is not None and line[_COURSE_OF_CLASS] and line[_COURSE_OF_CLASS] not in courses:
            raise line.dangling(_COURSE_OF_CLASS, "courses.csv")
        classes.add(line["sourcedId"], line, (*CLASS, _COURSE_OF_CLASS))
    results = _results(files, users, classes, line_item) if "results" in there else None
    return _Held(users, classes, courses, results)


def _results(files: OneRosterFiles, users: Index[str], classes: Index[str], line_item: str) -> Index[tuple[str, str]]:
    items: Index[str] = Index()
    for line in live_lines(files, "lineItems.csv", ("sourcedId", "title", "classSourcedId")):
        if line["classSourcedId"] not in classes:
            raise line.dangling("classSourcedId", "classes.csv")
        items.add(line["sourcedId"], line, ("classSourcedId", "title"))
    counting = _counting(items, line_item, f"{files.place}/lineItems.csv")
    results: Index[tuple[str, str]] = Index()
    for line in live_lines(files, "results.csv", ("lineItemSourcedId", "studentSourcedId", "scoreStatus")):
        item, user = line["lineItemSourcedId"], line["studentSourcedId"]
        if item not in items:
            raise line.dangling("lineItemSourcedId", "lineItems.csv")
        if user not in users:
            raise line.dangling("studentSourcedId", "users.csv")
        if item in counting:
            results.add((user, items[item][0]), line, RESULT)
    return results


def _counting(items: Index[str], line_item: str, file: str) -> frozenset[str]:
    """Return the line items whose results count: those that the mapping file names, or the only one of each class."""
    how = 'say which one counts with line_item = "TITLE" in a mapping file'
    if line_item:
        named = frozenset(item for item, (_, title) in items.items() if line_item in {item, title})
        if not named:
            titles = ", ".join(sorted({title for _, title in items.values()})[:20])
            raise RosterError(f"there is no line item {line_item!r}; there are {titles}", file=file)
        return named
    first: dict[str, str] = {}
    for group, title in items.values():
        if group in first:
            message = f"the class {group!r} has more than one line item ({first[group]!r}, {title!r}); {how}"
            raise RosterError(message, file=file)
        first[group] = title
    return frozenset(items)
