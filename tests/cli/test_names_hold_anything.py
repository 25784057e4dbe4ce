"""Names that hold separators get the verdicts of plain ones; those that hold commands to a terminal are shown."""

import csv
from pathlib import Path
from typing import Any

import pytest

from models.names import CONTROLS
from platforms.sandbox.workspace_file.yaml_file import write_workspace

CONTACTS = ("b@big.test", "l@lone.test", "p@x.test")
HOSTILE = {
    "ruleset": "R\x1b[2J\r\nok",
    "first": "Bell\x07 \x9b31m;",
    "second": "turned \u202eround\u200b",
    "sequence": "S\x1b]0;t",
}
SEPARATORS = {"ruleset": "EMEA; tier 1", "first": "Customers; EU", "second": "unknown owner\nof 50%", "sequence": "S"}
PLAIN = {"ruleset": "Default", "first": "Customers", "second": "Owners", "sequence": "S"}


def workspace(ruleset: str, first: str, second: str, sequence: str) -> dict[str, Any]:
    """Two exclusions that are on everywhere and by the ruleset; two contacts who fell out of the sequence."""
    ended = {
        "sequence": sequence,
        "mailbox": "ana@send.acme.test",
        "state": "canceled",
        "steps_done": 1,
        "started_at": "2026-10-28T09:00:00Z",
        "ended_at": "2026-10-30T09:00:00Z",
        "end_reason": "mailbox_owner_changed",
    }
    return {
        "now": "2026-11-02T09:00:00Z",
        "users": [{"email": "ana@acme.test", "role": "admin"}],
        "mailboxes": [{"email": "ana@send.acme.test", "owner": "ana@acme.test"}],
        "rulesets": [{"name": ruleset, "default": True, "exclusions": {first: True, second: True}}],
        "exclusions": [
            {"name": first, "match": {"company_domain": ["big.test"]}},
            {"name": second, "match": {"company_domain": ["big.test", "lone.test"]}},
        ],
        "sequences": [{"name": sequence, "steps": [{}, {"wait_days": 1}]}],
        "people": [{"email": email, "company_domain": email.partition("@")[2]} for email in CONTACTS],
        "enrollments": [ended | {"person": email} for email in CONTACTS[1:]],
    }


def plain(told: Any, names: dict[str, str]) -> Any:
    """What was told, under the plain names."""
    if isinstance(told, dict):
        return {key: plain(value, names) for key, value in told.items()}
    if isinstance(told, list):
        return [plain(value, names) for value in told]
    for kind, name in names.items() if isinstance(told, str) else ():
        for spelled in (name.replace("%", "%25"), name):  # as in the keys of settings
            told = told.replace(spelled, PLAIN[kind]) if len(name) > 1 else told
    return told


def verdicts(handoff: Any, tmp_path: Path, names: dict[str, str]) -> list[Any]:
    write_workspace(workspace(**names), tmp_path / "names.yaml")
    assert 0 == handoff("sandbox", "load", "names.yaml").code
    explain = ("explain", "--csv", "who.csv", "--sequence", names["sequence"], "--json")
    before = handoff(*explain).document
    changed = ("sandbox", "do", "set_ruleset", f"ruleset={names['ruleset']}", "block_reenrollment=80 DAY")
    assert 0 == handoff(*changed).code
    return [plain(told, names) for told in (before, handoff(*explain).document)]


@pytest.mark.rule("R26", "R30", "R68")
@pytest.mark.parametrize("names", [SEPARATORS, HOSTILE], ids=["separators", "commands"])
def test_explain_says_the_same_of_any_names(handoff, tmp_path: Path, names: dict[str, str]) -> None:
    Path("who.csv").write_text("\n".join(["email", *CONTACTS]))
    assert verdicts(handoff, tmp_path, PLAIN) == verdicts(handoff, tmp_path, names)


def test_a_csv_holds_no_control_characters_and_its_reasons_stay_apart(handoff, tmp_path: Path) -> None:
    Path("who.csv").write_text("\n".join(["email", *CONTACTS]))
    for names, first in ((SEPARATORS, "excluded:Customers%3B EU"), (HOSTILE, "excluded:Bell%07 %C2%9B31m%3B")):
        verdicts(handoff, tmp_path, names)
        assert 0 == handoff("explain", "--csv", "who.csv", "--sequence", names["sequence"], "--csv-out", "why.csv").code
        text = Path("why.csv").read_text(encoding="utf-8")
        assert not set(CONTROLS) - {"\n"} & set(text)
        rows = list(csv.DictReader(text.splitlines()))
        assert [first, 2, 4] == [
            rows[0]["reasons"].split(";")[0],
            rows[0]["reasons"].count(";") + 1,
            rows[0]["smallest_fix"].count(";") + 1,
        ]


def test_nothing_at_the_terminal_is_obeyed(handoff, tmp_path: Path) -> None:
    Path("who.csv").write_text("\n".join(["email", *CONTACTS]))
    verdicts(handoff, tmp_path, HOSTILE)
    sequence = HOSTILE["sequence"]
    said = [
        handoff("sandbox", "state"),
        handoff("explain", "b@big.test", "--sequence", sequence),
        handoff("explain", "--csv", "who.csv", "--sequence", sequence),
        handoff("explain", "b@big.test", "--sequence", "no\x1b[31m"),
        handoff("sandbox", "do", "set_exclusion", "exclusion=no\x07\nhandoff: done", "exclude_from_sequences=false"),
        handoff("sandbox", "do", "set_ruleset", f"ruleset={HOSTILE['ruleset']}", "block_reenrollment=90 DAY"),
    ]
    assert [0, 0, 0, 2, 2, 0] == [one.code for one in said]
    for one in said:
        assert not (set(CONTROLS) - {"\n"} | {"\u202e", "\u200b"}) & set(one.out + one.err)
    assert r"R\x1b[2J\r\nok" in said[0].out
    assert r"there is no sequence 'no\x1b[31m'" in said[3].err
    assert r"'no\x07\nhandoff: done'" in said[4].err
