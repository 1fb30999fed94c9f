"""Who may call what, and when a person is asked first: plain values and plain functions."""

from proxy.policy.verdict import RISKY, Ruling, Verdict, explanation, judge, judge_listing

__all__ = ["RISKY", "Ruling", "Verdict", "explanation", "judge", "judge_listing"]
