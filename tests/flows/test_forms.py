"""What Prefect's form knows of each procedure's parameters."""

from cli import procedures


def test_every_parameter_of_every_procedure_has_a_help_text_in_the_form() -> None:
    flows = [procedures.load(name) for name in procedures.names()]
    properties = [(flow.name, name, shown) for flow in flows for name, shown in flow.parameters.properties.items()]
    assert 15 <= len(properties)
    assert [] == [(flow, name) for flow, name, shown in properties if len(shown.get("description") or "") < 15]


def test_a_dry_run_is_the_default_of_every_procedure() -> None:
    defaults = {name: procedures.load(name).parameters.properties["dry_run"]["default"] for name in procedures.names()}
    assert dict.fromkeys(procedures.names(), True) == defaults
