"""What commands print is what it is."""

import pytest

from cli.output import say


def test_a_settings_key_is_printed_as_it_is_spelled(capsys: pytest.CaptureFixture[str]) -> None:
    say("audience:A:exclusion:Customers is returned: false")
    assert "audience:A:exclusion:Customers is returned: false\n" == capsys.readouterr().err
