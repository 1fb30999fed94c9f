"""The hub's log, which nobody else may fill."""

from __future__ import annotations

import logging

import pytest

from ide_protocol.door.log import MOST_KINDS, PERIOD, Shown, Sparing


class Log:
    """A log with a clock, and what was written to it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sparing = Sparing(lambda: self.now)

    def say(self, words: str, *values: object, name: str = "portico.upstream") -> str | None:
        """Log something; the line as written, or None when it was not."""
        record = logging.LogRecord(name, logging.WARNING, "", 0, words, values, None)
        return record.getMessage() if self.sparing.filter(record) else None


@pytest.fixture
def log() -> Log:
    """An empty log."""
    return Log()


def test_a_server_that_provokes_a_line_a_thousand_times_gets_it_written_once(log: Log) -> None:
    """Once in each period, with how many there were; other servers and kinds are not silenced."""
    assert [log.say("%s asks too much", "a") for _ in range(1000)][:2] == ["a asks too much", None]
    assert log.say("%s asks too much", "b") == "b asks too much"
    assert log.say("%s is gone: %s", "a", 1) == "a is gone: 1"
    assert log.say("%s is gone: %s", "a", 2) is None
    log.now += PERIOD
    assert log.say("%s asks too much", "a") == "a asks too much (and 999 more like it)"
    assert log.say("%s asks too much", "b") == "b asks too much"


@pytest.mark.parametrize("name", ["portico.exchange", "asyncio"])
def test_what_is_filled_in_makes_no_other_kind(log: Log, name: str) -> None:
    """Else a caller that varies a name could write as much as it likes."""
    written = [log.say("exchange %s failed", str(number), name=name) for number in range(100)]
    assert [line for line in written if line] == ["exchange 0 failed"]


def test_words_of_other_peoples_code_are_no_kind_of_their_own(log: Log) -> None:
    """They are often put together before they are logged; a percent sign in them harms nothing."""
    assert log.say("100% of 1", name="asyncio") == "100% of 1"
    assert log.say("100% of 2", name="asyncio") is None
    log.now += PERIOD
    assert log.say("100% of 3", name="asyncio") == "100% of 3 (and 1 more like it)"


def test_what_a_local_server_says_is_counted_elsewhere(log: Log) -> None:
    """Whoever writes a server reads all of its first lines, and not one in a minute."""
    assert all(log.say("%s says: %s", "a", n, name="portico.program") for n in range(10))


def test_the_kinds_themselves_are_bounded(log: Log) -> None:
    """The oldest is forgotten, so memory is not what a flood fills instead."""
    for number in range(MOST_KINDS + 1):
        assert log.say("%s", str(number)) is not None
    assert log.say("%s", "0") is not None
    assert log.say("%s", str(MOST_KINDS)) is None


def test_a_line_of_the_log_moves_no_cursor() -> None:
    """Whatever stands in a message or an exception, a terminal that shows the log is left alone."""
    wrong = ValueError("\x1b[2Jgone")
    values = ("\x1b]0;t\x07b",)
    kept = logging.LogRecord("n", logging.INFO, "", 0, "a\r%s", values, (type(wrong), wrong, None))
    assert Shown("%(message)s").format(kept) == "a\nb\nValueError: gone"
