"""What a home can award: its issuers and achievements, found by the names that people use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.errors import InputError

if TYPE_CHECKING:
    from registry.ports import CredentialStore
    from registry.records import AchievementRow, IssuerRow


def issuer_named(store: CredentialStore, slug: str | None) -> IssuerRow:
    """Return the issuer of a short name; without a name, the only one there is.

    Raises:
        InputError: there is none, or more than one; the message lists what there is.

    """
    known = store.issuers()
    found = [row for row in known if slug in {None, row.slug}]
    if len(found) == 1:
        return found[0]
    slugs = ", ".join(row.slug for row in known) or "none yet; run `credanchor issuer register` first"
    raise InputError(f"Say which issuer with --issuer; this home has {slugs}.")


@dataclass(frozen=True, slots=True)
class Offer:
    """One achievement and the issuer that awards it."""

    issuer: IssuerRow
    """Who awards it."""
    achievement: AchievementRow
    """What is awarded."""


class Catalogue:
    """All offers of a home, or of one issuer in it."""

    def __init__(self, store: CredentialStore, issuer_slug: str | None = None) -> None:
        issuers = {issuer.id: issuer for issuer in store.issuers() if issuer_slug in {None, issuer.slug}}
        if not issuers:
            raise InputError(
                f"There is no issuer {issuer_slug!r} in this home; `credanchor issuer show` lists them."
                if issuer_slug
                else "There is no issuer in this home yet; run `credanchor issuer register` first."
            )
        self._found: dict[str | None, Offer] = {}
        self._offers = [Offer(issuers[row.issuer_id], row) for row in store.achievements() if row.issuer_id in issuers]

    def find(self, named: str | None) -> Offer:
        """Return the offer that a roster names; without a name, the only one there is.

        Raises:
            InputError: there is none, or more than one; the message lists what there is.

        """
        if named in self._found:  # a roster asks once for every row
            return self._found[named]
        found = [offer for offer in self._offers if named in {None, offer.achievement.short_id}]
        if len(found) == 1:
            return self._found.setdefault(named, found[0])
        known = ", ".join(sorted({offer.achievement.short_id for offer in self._offers})) or "none yet"
        if named is None:
            raise InputError(
                f"the roster names no achievement, and there are {len(found)} ({known}); say which with --achievement"
            )
        if not found:
            raise InputError(f"there is no achievement {named[:80]!r} (known: {known}); add it, or correct the name")
        raise InputError(f"two issuers have an achievement {named[:80]!r}; say which issuer with --issuer")
