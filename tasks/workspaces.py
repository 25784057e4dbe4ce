"""Workspaces by name, and the keys to them that Prefect keeps as blocks."""

from functools import cache
from typing import cast

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from pydantic import Field, SecretStr

from models.errors import InvalidInput
from models.settings import UNIFY, Settings
from platforms.opening import FROM_THE_ENVIRONMENT, Access, open_platform
from platforms.port import Platform
from tasks.shared_rate import share_of_rate
from tasks.suspending import is_deployed


class UnifyWorkspace(Block):
    """A workspace of Unify that procedures act on. The block's name is the workspace's: `workspace` on a form, and
    --workspace in the shell."""

    _block_type_name = "Unify Workspace"
    _block_type_slug = "unify-workspace"
    _description = "A workspace of Unify that Handoff acts on. The block's name is the workspace's name on every form."

    base_url: str = Field(default=UNIFY, title="Base URL", description="Of the API; another one for an emulator.")
    api_key: SecretStr = Field(
        title="API key", description="It has all rights of its user; an admin makes one in Unify's settings."
    )


def open_workspace(workspace: str, settings: Settings) -> Platform:
    """The workspace of that name: of the environment, else of a block. Raises InvalidInput that names those there are,
    and in a deployed run where both hold one of that name: which was meant would be a guess.

    The name is all that a run is given: the key is read where it is used, and is in no parameter and no result.
    """
    if is_deployed() and workspace in FROM_THE_ENVIRONMENT and _is_kept_too(workspace):
        raise InvalidInput(
            "workspace",
            f"the block '{workspace}' has the name of a workspace of the environment",
            "Give the block another name",
        )
    return open_platform(workspace, settings, kept_by_prefect, share_of_rate(workspace))


@cache
def _is_kept_too(workspace: str) -> bool:
    """Whether a block has that name; looked up once a process, which carries one run."""
    return workspace in _names_kept()


def _names_kept() -> tuple[str, ...]:
    with get_client(sync_client=True) as client:
        try:
            found = client.read_block_documents_by_type(UnifyWorkspace.get_block_type_slug(), include_secrets=False)
        except PrefectHTTPStatusError as error:
            if error.response.status_code != 404:
                raise
            found = []  # no such type yet: deploying registers it
    return tuple(sorted(document.name for document in found if document.name))


def kept_by_prefect(workspace: str) -> Access:
    """The access that a block of this name holds."""
    names = _names_kept()
    if workspace not in names:
        raise InvalidInput(
            "workspace",
            f"there is no workspace '{workspace}'",
            f"There are: {', '.join([*FROM_THE_ENVIRONMENT, *names])}. Add one as a Prefect block, Unify Workspace",
        )
    block = cast(UnifyWorkspace, UnifyWorkspace.load(workspace, _sync=True))  # type: ignore[call-arg]
    return Access(block.base_url, block.api_key)
