"""What the port tells of users."""

from tests.conftest import Sandboxes
from tests.workspaces import ANA, BO, workspace


def test_every_user_is_told_with_name_and_role(sandboxes: Sandboxes) -> None:
    found = sandboxes(workspace()).users()
    assert ["user", "name", "role"] == list(found.columns)
    assert [(ANA, "Ana", "admin"), (BO, "Bo", "rep")] == list(found.itertuples(index=False, name=None))
