"""What happened: one record per decision and outcome, append-only."""

from proxy.audit.journal import Journal, JournalFault
from proxy.audit.record import Event, Outcome, Record

__all__ = ["Event", "Journal", "JournalFault", "Outcome", "Record"]
