"""A person's answer to one exact call: the question, where it shows, the desk it waits on."""

from proxy.approval.batch import Batch
from proxy.approval.decision import Decision
from proxy.approval.desk import Desk
from proxy.approval.pairing import Pairings
from proxy.approval.question import Question, digest
from proxy.approval.reply import Answer, LeaseWish, Reply
from proxy.approval.surface import Surface
from proxy.approval.voice import Voice

__all__ = [
    "Answer",
    "Batch",
    "Decision",
    "Desk",
    "LeaseWish",
    "Pairings",
    "Question",
    "Reply",
    "Surface",
    "Voice",
    "digest",
]
