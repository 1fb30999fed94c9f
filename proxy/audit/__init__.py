"""What happened: one record per decision and outcome, chained and append-only."""

from proxy.audit.archive import Archive, Selection
from proxy.audit.fault import AuditUnreadable, JournalFault
from proxy.audit.journal import Journal
from proxy.audit.record import Event, Outcome, Record

__all__ = [
    "Archive",
    "AuditUnreadable",
    "Event",
    "Journal",
    "JournalFault",
    "Outcome",
    "Record",
    "Selection",
]
