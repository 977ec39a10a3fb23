"""What owners declare about a meeting's protections, who owns it, and who is to be told about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update

from scanner.errors import InputError
from scanner.match.checklist import Safeguard, protections_of
from storage import tables
from storage.transaction import Transaction, new_seal

_declarations, _people, _meetings = tables.declarations, tables.people, tables.meetings


class Role(StrEnum):
    """What somebody has to do with a meeting."""

    OWNER = "owner"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """An answer to a question of the checklist, with who gave it and when."""

    safeguard: Safeguard
    answer: bool
    actor: str
    at: datetime


class Record:
    """Declarations and people by meeting. Every method stays within one organisation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def declare(
        self,
        organisation: int,
        meeting: int,
        answers: Mapping[Safeguard, bool | None],
        *,
        actor: str,
        now: datetime,
    ) -> None:
        """Write down answers in the place of earlier ones; None takes an answer back."""
        self._check(organisation, meeting)
        connection = self._transaction.connection
        for safeguard, answer in answers.items():
            connection.execute(
                delete(_declarations).where(
                    _declarations.c.meeting_id == meeting, _declarations.c.safeguard == safeguard
                )
            )
            if answer is None:
                continue
            seal = new_seal()
            envelope = self._transaction.envelope(_declarations, seal, organisation=organisation)
            connection.execute(
                insert(_declarations).values(
                    meeting_id=meeting,
                    seal=seal,
                    safeguard=safeguard,
                    answer=answer,
                    at=now,
                    **envelope.seal(actor=actor),
                )
            )
        declared = {entry.safeguard: entry.answer for entry in self.declarations(organisation, meeting)}
        connection.execute(
            update(_meetings)
            .where(_meetings.c.id == meeting)
            .values(protections=sorted(protections_of(declared)))
        )

    def declarations(self, organisation: int, meeting: int) -> list[Declaration]:
        """Return the answers given for a meeting, in the order of the checklist."""
        self._check(organisation, meeting)
        found = []
        for row in self._transaction.connection.execute(
            select(_declarations).where(_declarations.c.meeting_id == meeting)
        ):
            envelope = self._transaction.envelope(_declarations, row.seal, organisation=organisation)
            found.append(
                Declaration(
                    safeguard=Safeguard(row.safeguard),
                    answer=row.answer,
                    actor=envelope.open(row, "actor"),
                    at=row.at,
                )
            )
        return sorted(found, key=lambda entry: list(Safeguard).index(entry.safeguard))

    def set_people(self, organisation: int, meeting: int, role: Role, addresses: Sequence[str]) -> None:
        """Write down who has this role, in the place of those who had it; each address once."""
        self._check(organisation, meeting)
        connection = self._transaction.connection
        connection.execute(delete(_people).where(_people.c.meeting_id == meeting, _people.c.role == role))
        for address in dict.fromkeys(addresses):
            seal = new_seal()
            envelope = self._transaction.envelope(_people, seal, organisation=organisation)
            connection.execute(
                insert(_people).values(
                    meeting_id=meeting, seal=seal, role=role, **envelope.seal(email=address)
                )
            )

    def people(self, organisation: int, meeting: int, role: Role) -> tuple[str, ...]:
        """Return the e-mail addresses of those who have this role."""
        self._check(organisation, meeting)
        rows = self._transaction.connection.execute(
            select(_people)
            .where(_people.c.meeting_id == meeting, _people.c.role == role)
            .order_by(_people.c.id)
        )
        return tuple(
            self._transaction.envelope(_people, row.seal, organisation=organisation).open(row, "email")
            for row in rows
        )

    def everybody(self, organisation: int, meeting: int) -> tuple[str, ...]:
        """Return the e-mail addresses of all who have to do with a meeting, its owner first, each once."""
        addresses = (each for role in Role for each in self.people(organisation, meeting, role))
        return tuple(dict.fromkeys(addresses))

    def _check(self, organisation: int, meeting: int) -> None:
        found = self._transaction.connection.execute(
            select(_meetings.c.id).where(
                _meetings.c.id == meeting, _meetings.c.organisation_id == organisation
            )
        ).one_or_none()
        if found is None:
            raise InputError(f"There is no meeting {meeting}.")
