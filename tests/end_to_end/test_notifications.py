"""`handoff notify` on a real server: people are told of each kind by each channel, and of what runs really do."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from cli.keeping.prefect_api import emit
from cli.notifying.automations import document
from models.notices import LOAN_OVERDUE, NOTICES
from tests.end_to_end.conftest import ROOT, Site
from tests.end_to_end.receiver import Receiver, certified, receiving
from tests.processes import PrefectServer, wait_until
from tests.workspaces import ANAS_MAILBOX, PIA, running, workspace

SLACK, TEAMS, EMAIL = "hooks.slack.com", "prod-1.westeurope.logic.azure.com", "api.sendgrid.com"
ADDRESSES = {
    "SLACK": f"https://{SLACK}/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7",
    "TEAMS": f"https://{TEAMS}:443/workflows/643e69f83c8944/triggers/manual/paths/invoke?api-version=2016-06-01"
    "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A",
    "SENDGRID": "SG.abcdefghijklmnopqrstuv",
}
TO_EMAIL = ("--sender", "handoff@acme.test", "--recipient", "ops@acme.test", "--recipient", "olga@acme.test")
NAMES = [notice.name for notice in NOTICES]
Notify = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def notifier(server: PrefectServer, home: Path, **variables: str) -> Notify:
    """`handoff notify`, called with these words."""
    env = server.env | {"HANDOFF_HOME": os.fspath(home), "COLUMNS": "300"} | variables
    command = [sys.executable, "-c", "from cli.main import main; main()", "notify"]

    def notify(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *words], env=env, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    return notify


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Where every message over HTTPS comes to that is sent by a server which is started from now on."""
    context, certificate = certified([SLACK, TEAMS, EMAIL], tmp_path)
    with receiving(context) as found:
        monkeypatch.setenv("HTTPS_PROXY", found.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", os.fspath(certificate))
        yield found


@pytest.fixture
def own(receiver: Receiver, tmp_path: Path) -> Iterator[PrefectServer]:
    server = PrefectServer(tmp_path / "prefect")
    try:
        yield server.start()
    finally:
        server.kill()


def kept(server: PrefectServer) -> tuple[list[tuple[str, bool, int]], list[str]]:
    """What is on a server: our automations, whether they are on and how many actions each has; our blocks."""
    found = server.ask("POST", "automations/filter", json={"automations": {"name": {"any_": NAMES}}})
    blocks = server.ask("POST", "block_documents/filter", json={"include_secrets": False})
    named = sorted(f"{one['block_type']['slug']}/{one['name']}" for one in blocks if one["name"] == "handoff")
    return sorted((one["name"], one["enabled"], len(one["actions"])) for one in found), named


def all_kinds(actions: int, off: str = "") -> list[tuple[str, bool, int]]:
    return sorted((notice.name, notice.name != off, actions) for notice in NOTICES)


def test_each_kind_is_heard_by_slack_teams_email_and_webhook_and_repeating_makes_no_second_copy(
    own: PrefectServer, receiver: Receiver, tmp_path: Path
) -> None:
    notify = notifier(own, tmp_path / "home", WEBHOOK=f"{receiver.url}/hook/of-ours", **ADDRESSES)
    assert 2 == notify("--test").returncode, "nobody is told yet"
    for _ in range(2):
        done = notify("--to", "slack", "--from", "SLACK")
        assert (0, all_kinds(1), ["slack-webhook/handoff"]) == (done.returncode, *kept(own)), done.stderr
        own.ask("POST", "automations/", json=document(NOTICES[0], [str(UUID(int=0))]))  # a copy of an earlier release
    for words in (
        ("--to", "teams", "--from", "TEAMS"),
        ("--to", "email", "--from", "SENDGRID", *TO_EMAIL),
        ("--to", "webhook", "--from", "WEBHOOK"),
    ):
        assert 0 == (done := notify(*words)).returncode, done.stderr
    blocks = ["custom-webhook/handoff", "ms-teams-webhook/handoff", "sendgrid-email/handoff", "slack-webhook/handoff"]
    assert (all_kinds(4), blocks) == kept(own)

    tried = notify("--test")
    assert (0, 4 * len(NOTICES)) == (tried.returncode, tried.stdout.count("sent by")), tried.stdout + tried.stderr
    heard = {host: receiver.at(host) for host in (SLACK, TEAMS, receiver.url.removeprefix("http://"))}
    for recipient in ("ops@acme.test", "olga@acme.test"):  # each gets an email of their own
        heard[recipient] = [body for body in receiver.at(EMAIL) if recipient in body]
    for host, bodies in heard.items():
        assert len(NOTICES) == len(bodies), (host, bodies)
        assert all("TEST, nothing has happened" in body for body in bodies)
        for begin in ("needs a person", "asks", "Failed", "night on", "not given back", "in trouble"):
            assert 1 == sum(begin in body for body in bodies), (host, begin, bodies)
    assert [] == own.ask("POST", "flow_runs/filter", json={}), "the runs of the test are gone"

    receiver.answers = 404
    assert 0 == notify("--to", "webhook", "--remove").returncode
    refused = notify("--test")
    assert (1, 3 * len(NOTICES)) == (refused.returncode, refused.stdout.count("could not be sent by")), refused.stdout
    assert 0 < refused.stdout.count("error=404")

    shown = own.ask("POST", "block_documents/filter", json={"include_secrets": False})
    secrets = ("TIiajkdnlazkcOXrIdevi7", "KODuebWbDGYFr0z0eu", "SG.abc", "of-ours")
    assert [] == [secret for secret in secrets if secret in f"{shown}{tried}{done}{refused}"]
    assert 0 == notify("--remove").returncode
    assert ([], []) == kept(own)


def switch_off(server: PrefectServer, name: str) -> None:
    """As on Prefect's page."""
    query = {"automations": {"name": {"any_": [name]}}}
    [found] = server.ask("POST", "automations/filter", json=query)
    server.ask("PATCH", f"automations/{found['id']}", json={"enabled": False})


def test_what_runs_really_do_is_told_and_what_is_not_delivered_or_switched_off_is_said(
    site: Site, tmp_path: Path
) -> None:
    with receiving() as receiver:
        notify = notifier(site.server, site.home, WEBHOOK=f"{receiver.url}/hook", GONE="http://127.0.0.1:1/nobody")
        assert 0 == notify("--to", "webhook", "--from", "WEBHOOK").returncode
        try:
            tell_of_real_runs(site, receiver)
            switch_off(site.server, "handoff-night")
            assert 0 == notify("--to", "webhook", "--from", "GONE").returncode
            assert all_kinds(1, off="handoff-night") == kept(site.server)[0]
        finally:
            removed = notify("--remove")
        assert (0, [], []) == (removed.returncode, *kept(site.server)), removed.stderr


def tell_of_real_runs(site: Site, receiver: Receiver) -> None:
    site.start_worker()
    site.sandbox.load(workspace(enrollments=[running(PIA)]))
    done = site.run(mailbox=ANAS_MAILBOX)
    needs = site.run(mailbox=ANAS_MAILBOX, contacts=f"{PIA}\nno address", dry_run=False)
    failed = site.run(mailbox="nobody@send.acme.test")
    night = site.run("nightly-remediation", dry_run=False)
    for run, name in ((done, "Planned"), (needs, "NeedsAttention"), (failed, "Failed"), (night, "Completed")):
        assert name == site.ended(run)
    trouble = {"what": "worker", "message": "no worker has looked for work yet", "since": "2026-11-02T09:00:00Z"}
    emit(site.server.api_url, "handoff.up.well", site.home, trouble)
    emit(site.server.api_url, "handoff.up.trouble", site.home, trouble)
    emit(site.server.api_url, LOAN_OVERDUE, site.home, {"workspace": "sandbox", "message": "the loan"})

    def texts() -> list[str]:
        return sorted(one["text"] for bodies in receiver.heard.values() for one in bodies)

    wait_until(lambda: len(texts()) >= 5, 60, lambda: f"heard {texts()}")
    bad, loan, in_trouble, person, summary = texts()
    expected = f"handoff up in {site.home}: no worker has looked for work yet, since 2026-11-02T09:00:00Z"
    assert f"Handoff is in trouble: worker\n{expected}" == in_trouble
    assert "Handoff has not given back a setting of sandbox\nthe loan" == loan
    assert f"/runs/flow-run/{needs}" in person and f"/runs/flow-run/{failed}" in bad
    assert person.startswith(f"Handoff needs a person: ownership-change {ANAS_MAILBOX} live on sandbox")
    assert "rejected 1" in person
    assert bad.startswith("Handoff Failed: ownership-change nobody@send.acme.test dry run on sandbox")
    assert summary.startswith("Handoff's night on sandbox: nothing is left to a person\n")
    assert f"/runs/flow-run/{night}" in summary
