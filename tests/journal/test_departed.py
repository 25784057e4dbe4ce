"""Who ran at one look at the mailboxes and not at the next is written down before the record is replaced."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from journal import departed, operations, snapshots
from journal.database import Journal
from journal.outcomes import Outcomes
from models.names import Names
from tests.journal.journals import ON_BOTH, operation
from tests.journal.test_snapshots_and_outcomes import last_owner
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, OUTBOUND, PIA, QUIN, RAJ, days_ago

BOTH = {ANAS_MAILBOX: ANA, BOS_MAILBOX: BO}


def begin(journal: Journal, days: float, running: dict[str, str], owners: dict[str, str | None]) -> dict[str, int]:
    """A look so many days ago at who runs (addresses and their mailboxes), not finished."""
    shown = pd.DataFrame({"mailbox": list(owners), "owner": list(owners.values())}, dtype=object)
    numbers = snapshots.begin_look(journal, "sandbox", shown, days_ago(days))
    rows = [(mailbox, email, OUTBOUND) for email, mailbox in running.items()]
    snapshots.add_running(journal, numbers, pd.DataFrame(rows, columns=["mailbox", "email", "sequence"]))
    return numbers


def look(journal: Journal, days: float, running: dict[str, str], owners: dict[str, str | None] = BOTH) -> None:  # type: ignore[assignment]
    snapshots.finish_look(journal, "sandbox", begin(journal, days, running, owners))


def found(journal: Journal, night: str = "night") -> dict[str, float]:
    """Who is not accounted for, and how many days ago they were last seen to run."""
    people = pd.concat([pd.DataFrame(), *departed.open_chunks(journal, "sandbox", night, chunk=2)])
    return (
        {}
        if people.empty
        else {
            email: (NOW - seen.to_pydatetime()) / timedelta(days=1)
            for email, seen in people[["email", "seen_at"]].itertuples(index=False)
        }
    )


FROM_ANA = dict.fromkeys([PIA, QUIN, RAJ], ANAS_MAILBOX)


@pytest.mark.rule("R1")
@ON_BOTH
def test_whoever_runs_no_more_stays_when_looks_replace_one_another(journal: Journal) -> None:
    look(journal, 4, FROM_ANA)
    look(journal, 3, {PIA: ANAS_MAILBOX, QUIN: ANAS_MAILBOX})
    look(journal, 2, {PIA: ANAS_MAILBOX})
    look(journal, 1, {PIA: ANAS_MAILBOX})
    assert {RAJ: 4, QUIN: 3} == found(journal)
    assert 2 == snapshots.mailboxes_seen(journal, "sandbox"), "one look at each mailbox is kept"


@pytest.mark.rule("R1")
def test_a_look_that_is_cut_short_leaves_the_last_one_as_it_was(journal: Journal) -> None:
    look(journal, 3, FROM_ANA)
    begin(journal, 2, {PIA: ANAS_MAILBOX}, {ANAS_MAILBOX: BO})
    before = last_owner(journal, "sandbox", ANAS_MAILBOX, BO, NOW)
    assert before is not None
    assert ({}, 3, days_ago(3)) == (found(journal), before.running, before.taken_at)
    look(journal, 1, {})
    assert dict.fromkeys(FROM_ANA, 3) == found(journal)


@pytest.mark.rule("R1")
def test_a_look_at_another_owner_stays_whole_and_tells_who_departed_once(journal: Journal) -> None:
    look(journal, 4, FROM_ANA)
    look(journal, 3, {}, {**BOTH, ANAS_MAILBOX: BO})
    look(journal, 2, {})
    look(journal, 1, {})
    assert dict.fromkeys(FROM_ANA, 4) == found(journal)
    changes = snapshots.changes_seen(journal, "sandbox", ANAS_MAILBOX, NOW)
    assert [(ANA, BO), (BO, ANA)] == [(before.owner, after.owner) for before, after in changes]
    assert set(FROM_ANA) == snapshots.recorded(journal, changes[0][0].id or 0)
    assert [days_ago(3), days_ago(2)] == [after.owner_seen_at for _, after in changes], "the first look at each owner"


@pytest.mark.rule("R1")
@pytest.mark.parametrize("shown", [{BOS_MAILBOX: BO}, {}], ids=["another shows", "none shows"])
def test_whoever_ran_from_a_mailbox_that_does_not_show_any_more_departed_once(
    journal: Journal, shown: dict[str, str | None]
) -> None:
    look(journal, 3, FROM_ANA)
    look(journal, 2, {}, shown)
    look(journal, 1, {}, shown)
    assert dict.fromkeys(FROM_ANA, 3) == found(journal)
    assert last_owner(journal, "sandbox", ANAS_MAILBOX, BO, NOW) is not None, "it may show again"


def test_looks_from_a_time_to_come_are_of_a_workspace_that_was_loaded_anew(journal: Journal) -> None:
    look(journal, 2, FROM_ANA)
    look(journal, 1, {}, {**BOTH, ANAS_MAILBOX: BO})
    look(journal, 3, {PIA: ANAS_MAILBOX})
    assert {} == found(journal)
    assert last_owner(journal, "sandbox", ANAS_MAILBOX, ANA, NOW) is None


@ON_BOTH
def test_whom_an_operation_enrolled_since_the_last_look_counts_as_seen_by_it(journal: Journal) -> None:
    look(journal, 3, {})
    operations.begin(journal, operation(started_at=days_ago(2)))
    told = pd.DataFrame({"email": [PIA, QUIN, RAJ], "outcome": ["enrolled", "enrolled", "blocked"]})
    Outcomes(journal, "first").forecast(told.assign(forecast="enrolled", sequence=OUTBOUND, mailbox=ANAS_MAILBOX))
    look(journal, 1.5, {PIA: ANAS_MAILBOX})
    assert {} == found(journal), "it has not ended"
    operations.update(journal, "first", status="completed", ended_at=days_ago(1.4))
    look(journal, 1, {PIA: ANAS_MAILBOX})
    look(journal, 0.5, {PIA: ANAS_MAILBOX})
    assert {QUIN: 2} == found(journal)


def night(journal: Journal, name: str, **own: object) -> None:
    operations.begin(journal, operation(name, procedure="nightly-remediation", subject=name, **own))


def named(journal: Journal, by: str) -> list[str]:
    people = departed.named_chunks(journal, by, ANAS_MAILBOX, OUTBOUND, chunk=2)
    return [email for chunk in people for email in chunk["email"]]


@ON_BOTH
def test_who_is_named_by_a_night_that_ended_is_forgotten_and_else_open_again(journal: Journal) -> None:
    look(journal, 2, FROM_ANA)
    look(journal, 1, {})
    night(journal, "first night")
    chunks = list(departed.open_chunks(journal, "sandbox", "first night", chunk=2))
    assert [2, 1] == [len(chunk) for chunk in chunks]
    for chunk in chunks:
        departed.name(journal, "first night", chunk.assign(detail="cancelled"))
    assert [PIA, QUIN, RAJ] == named(journal, "first night")
    assert {} == found(journal, "another night"), "the first is about to name them"
    assert 3 == len(found(journal, "first night"))

    operations.update(journal, "first night", status="cancelled", ended_at=NOW)
    departed.forget_named(journal, "sandbox")
    assert 3 == len(found(journal, "another night")), "it was cut short: nobody was told"
    operations.update(journal, "first night", status="needs_attention", ended_at=NOW)
    assert {} == found(journal, "another night")
    departed.forget_named(journal, "sandbox")
    assert [] == named(journal, "first night")


def test_what_a_dry_run_names_is_named_again_by_a_live_night(journal: Journal) -> None:
    look(journal, 2, FROM_ANA)
    look(journal, 1, {})
    night(journal, "planned", mode="dry_run", status="planned", ended_at=NOW)
    for chunk in departed.open_chunks(journal, "sandbox", "planned"):
        departed.name(journal, "planned", chunk)
    departed.forget_named(journal, "sandbox")
    assert 3 == len(found(journal))
    departed.release(journal, "planned")
    assert [] == named(journal, "planned")


@ON_BOTH
def test_operations_that_ended_or_go_on_tell_of_departed_people_and_those_cut_short_do_not(journal: Journal) -> None:
    look(journal, 4, FROM_ANA)
    look(journal, 1, {})
    for name, own in {
        "ended": {"status": "completed", "started_at": days_ago(3), "ended_at": days_ago(2)},
        "before": {"status": "completed", "started_at": days_ago(6), "ended_at": days_ago(5)},
        "goes on": {"started_at": days_ago(1), "recorded_at": datetime.now(UTC)},
        "cut short": {"started_at": days_ago(1)},
        "a dry run": {"mode": "dry_run"},
    }.items():
        operations.begin(journal, operation(name, subject=name, **own))
        Outcomes(journal, name).forecast(
            pd.DataFrame({"email": [PIA], "forecast": ["blocked"], "reasons": [Names(name)]})
        )
    [people] = departed.open_chunks(journal, "sandbox", "night")
    first, last = int(people["id"].iloc[0]), int(people["id"].iloc[-1])
    told = departed.treated(journal, "sandbox", first, last, ["cut short"])
    assert {Names("ended"), Names("goes on")} == set(told["reasons"])
    assert [False, True] == told.sort_values("reasons")["ended"].isna().tolist()
