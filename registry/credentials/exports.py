"""What learning platforms export, recognised by the header: which columns are read, and who counts as having completed.

Sources: the programs that write the files. Canvas LMS, `lib/gradebook_exporter.rb`; Open edX,
`lms/djangoapps/instructor_task/tasks_helper/grades.py`; Moodle, `report/completion/index.php` and
`badges/classes/reportbuilder` (column names in English; other languages need a mapping file). OneRoster: `oneroster`.

Could not be confirmed, and so is not recognised: a completion export of Canvas beside its gradebook (it has none that
lists learners with e-mail addresses), a list of certified learners of Open edX (its list of issued certificates holds
numbers, not people), Moodle's badge recipients as they come (names and dates, but nothing that identifies anybody: the
report "Badges" with the column "Email address" added is recognised).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry.credentials.rules import Only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.credentials.fields import Field


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of file that a platform writes."""

    name: str
    """What it is called when it is shown."""
    signature: frozenset[str]
    """Column names, as `plain` gives them, that together occur in no other kind of file."""
    columns: Mapping[str, Field]
    """What is read of it; every other column is left alone."""
    only: tuple[Only, ...] = ()
    """Which rows count; a condition on a column that the file lacks is not asked."""
    lacks_completion: str = field(default="")
    """Where nothing in the file tells who completed, the sentence that says so."""

    @property
    def names(self) -> frozenset[str]:
        """Return every column name that tells this export from others."""
        return self.signature | self.columns.keys()


_FILLED = None
CANVAS_GRADEBOOK = Export(
    "Canvas LMS gradebook",
    frozenset({"id", "sis login id", "section"}),
    {
        "student": "name",
        "lastname": "family_name",
        "firstname": "given_name",
        "sis user id": "student_id",
    },
    # "Points Possible" and the posting policies stand in rows of their own, without an id.
    (Only("ID", _FILLED),),
    "a gradebook lists everybody, whether they passed or not",
)
OPEN_EDX_GRADES = Export(
    "Open edX grade report",
    frozenset({"student id", "email", "username", "certificate eligible", "certificate delivered"}),
    {"email": "identifier"},  # the student id is a number of the platform's own database
    (Only("Certificate Delivered", frozenset({"y"})),),
)
MOODLE_COMPLETION = Export(
    "Moodle course completion",
    frozenset({"id", "name", "course complete"}),
    {"name": "name", "email address": "identifier", "id number": "student_id", "course complete": "awarded_on"},
    (Only("Course complete", _FILLED),),
)
MOODLE_BADGES = Export(
    "Moodle badge recipients",
    frozenset({"full name", "email address", "date issued"}),
    {
        "full name": "name",
        "email address": "identifier",
        "id number": "student_id",
        "date issued": "awarded_on",
        "expiry date": "expires_on",
    },
    (Only("Date issued", _FILLED),),
)
ONEROSTER = Export(
    "OneRoster",
    frozenset({"enrollment.sourcedid", "user.sourcedid", "class.sourcedid"}),
    {
        "user.email": "identifier",
        "user.identifier": "student_id",
        "user.givenname": "given_name",
        "user.familyname": "family_name",
        "result.scoredate": "awarded_on",
    },
    (
        Only("enrollment.role", frozenset({"student"})),
        Only("enrollment.status", frozenset({"", "active"})),
        Only("result.scoreStatus", frozenset({"fully graded"})),
    ),
)
EXPORTS = (CANVAS_GRADEBOOK, OPEN_EDX_GRADES, MOODLE_COMPLETION, MOODLE_BADGES, ONEROSTER)
"""Every export that is recognised; the first whose signature fits is taken."""
