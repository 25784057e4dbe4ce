"""A forecast and what comes of it are the same whatever separators the names of exclusions and rulesets hold."""

import pytest

from journal import operations
from journal.outcomes import Outcomes
from models.names import Names
from models.report import Report
from models.workspace import Workspace
from tests.cli.test_names_hold_anything import PLAIN, SEPARATORS, workspace
from tests.flows.house import House, check_report
from tests.flows.house import outcomes as outcomes_csv


def put_back(house: House, names: dict[str, str], *, dry_run: bool) -> Report:
    house.load(Workspace.model_validate(workspace(**names)))
    report = house.run(mailbox="ana@send.acme.test", dry_run=dry_run)
    check_report(report)
    return report


@pytest.mark.rule("R30")
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_ownership_change_is_the_same_with_any_names(house: House, dry_run: bool) -> None:
    plain, odd = (put_back(house, names, dry_run=dry_run) for names in (PLAIN, SEPARATORS))
    assert plain.counts == odd.counts and 1 == odd.counts["enrolled"]
    assert {f"excluded:{PLAIN['second']}": 1} == plain.reasons
    assert {f"excluded:{SEPARATORS['second']}": 1} == odd.reasons
    assert "excluded:unknown owner%0Aof 50%25" == outcomes_csv(odd).loc["l@lone.test", "reasons"]
    row = operations.get(house.journal, odd.operation_id)
    assert row is not None
    kept = Outcomes(house.journal, row.id).everything().set_index("email")["forecast_reasons"]
    assert Names(f"excluded:{SEPARATORS['second']}") == kept["l@lone.test"]
    assert Names("already_sequenced", "recently_enrolled") == kept["p@x.test"]
