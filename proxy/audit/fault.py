"""What can go wrong with the audit."""

from __future__ import annotations

from auth.fault import Fault, Who


class JournalFault(Fault):
    """The audit cannot be written, so nothing may be sent."""

    reference = "audit-unwritable"
    who = Who.PERSON
    remedy = "Make room on the disk or mend the folder; `portico doctor` names it."


class AuditUnreadable(Fault):
    """The audit cannot be read, or a newer Portico wrote it."""

    reference = "audit-unreadable"
    who = Who.PERSON
    remedy = "Mend the folder or the file; `portico doctor` names it."
