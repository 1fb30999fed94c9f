"""A person's answer to one exact call: the question, where it shows, the desk it waits on."""

from proxy.approval.desk import Decision, Desk
from proxy.approval.question import Answer, Question, digest
from proxy.approval.surface import Surface

__all__ = ["Answer", "Decision", "Desk", "Question", "Surface", "digest"]
