"""The Data API over one sandbox a module, which holds the module's `WORKSPACE` anew in each test that asks for it."""

from collections.abc import Iterator

import pytest

from platforms.sandbox.sandbox import Sandbox
from tests.platforms.emulator.data_api import DataApi


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[DataApi]:
    sandbox = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('emulator') / 'sandbox.db'}")
    sandbox.load(request.module.WORKSPACE)
    yield DataApi(sandbox)
    sandbox.close()


@pytest.fixture
def sandbox(api: DataApi, request: pytest.FixtureRequest) -> Sandbox:
    api.sandbox.load(request.module.WORKSPACE)
    return api.sandbox
