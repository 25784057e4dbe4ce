"""Every rule of the platform that is enforced or acted on is named by a test: `@pytest.mark.rule("R9")`."""

from tests.docs.rules_page import PAGE, files_by_rule, rows


def test_every_rule_is_named_by_a_test() -> None:
    named = files_by_rule()
    wanted = [row.rule for row in rows(PAGE.read_text("utf-8")) if row.how != "knowledge"]
    assert len(wanted) > 90
    assert [] == [rule for rule in wanted if not named[rule]]
