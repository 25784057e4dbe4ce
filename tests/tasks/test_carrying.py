"""Who carries an operation, and whether that process is still there."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import operations
from journal.database import Journal, _engine
from models.carrier import Carrier
from models.errors import Refused
from models.tables.journal import OperationRow
from tasks import carrying, heartbeat
from tests.journal.journals import operation


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    operations.begin(made, operation())
    yield made
    heartbeat.stop("first")
    made.engine.dispose()
    _engine.cache_clear()


@pytest.fixture
def another() -> Iterator["subprocess.Popen[bytes]"]:
    started = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield started
    started.kill()
    started.communicate()


def named(process: "subprocess.Popen[bytes]") -> Carrier:
    """Another process of this machine, as the journal names it."""
    return replace(Carrier.parse(carrying.this_process()), pid=process.pid, began=carrying.began(process.pid) or "")


def row(journal: Journal) -> OperationRow:
    found = operations.get(journal, "first")
    assert found is not None
    return found


def carried_by(journal: Journal, carrier: Carrier, *, alive: timedelta = timedelta(minutes=3)) -> None:
    now = datetime.now(UTC)
    operations.update(journal, "first", carrier=str(carrier), carried_since=now, carrier_until=now + alive)


def test_who_comes_second_is_refused_and_told_who_carries_it(
    journal: Journal, another: "subprocess.Popen[bytes]"
) -> None:
    carried_by(journal, named(another))
    before = row(journal)
    with pytest.raises(Refused, match=f"in_progress: .*process {another.pid} on .* since 20") as refused:
        carrying.take_up(journal, before, flow_run_id="mine")
    assert 2 == refused.value.exit_code
    assert before == row(journal), "nothing was written"


def test_one_that_was_killed_a_moment_ago_keeps_nobody_out(
    journal: Journal, another: "subprocess.Popen[bytes]"
) -> None:
    killed = named(another)
    carried_by(journal, killed)
    assert not carrying.is_gone(str(killed))
    another.kill()  # nobody has taken note of its end yet: it is a zombie
    while not carrying.is_gone(str(killed)):
        pass
    another.wait()
    assert carrying.is_gone(str(killed))
    assert carrying.this_process() == carrying.take_up(journal, row(journal)).carrier


def test_a_number_that_was_given_anew_is_another_process(another: "subprocess.Popen[bytes]") -> None:
    assert carrying.is_gone(str(replace(named(another), began="long ago")))


def test_of_a_process_elsewhere_only_its_silence_tells(journal: Journal) -> None:
    elsewhere = Carrier("another-host", 1, "long ago", "another kernel")
    carried_by(journal, elsewhere)
    with pytest.raises(Refused, match="another-host"):
        carrying.take_up(journal, row(journal))
    carried_by(journal, elsewhere, alive=-timedelta(seconds=1))
    assert carrying.take_up(journal, row(journal))


def test_what_was_put_down_is_free_and_what_another_carries_stays_its_own(
    journal: Journal, another: "subprocess.Popen[bytes]"
) -> None:
    carrying.take_up(journal, row(journal))
    carrying.put_down(journal, "first")
    assert (None, None, None) == (row(journal).carrier, row(journal).carried_since, row(journal).carrier_until)
    carried_by(journal, named(another))
    carrying.put_down(journal, "first")
    assert str(named(another)) == row(journal).carrier


def test_one_that_was_frozen_and_was_replaced_does_not_go_on(
    journal: Journal, another: "subprocess.Popen[bytes]"
) -> None:
    carrying.take_up(journal, row(journal))
    carrying.refuse_if_lost(row(journal))
    carried_by(journal, named(another))
    for _ in range(2):  # a step that failed is tried again
        with pytest.raises(Refused, match=f"process {another.pid}"):
            carrying.refuse_if_lost(row(journal))
    operations.promise_life(journal, "first", datetime.now(UTC) + timedelta(hours=1), carrying.this_process())
    until = row(journal).carrier_until
    assert until is not None
    assert until < datetime.now(UTC) + timedelta(minutes=5), "its signs of life are not the other's"
