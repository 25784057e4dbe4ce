import time
import pytest
from tests.workspaces import *
from models.changes import ChangeMailboxOwner


@pytest.fixture(scope="session")
def prefect_server():
    from prefect.testing.utilities import prefect_test_harness

    t = time.time()
    with prefect_test_harness(server_startup_timeout=120):
        print("server", time.time() - t)
        yield


@pytest.mark.parametrize("n", [1, 2, 3])
def test_x(prefect_server, tmp_path, monkeypatch, n):
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path))
    from flows.ownership_change import ownership_change
    from platforms.opening import open_sandbox
    from models.settings import Settings

    s = open_sandbox(Settings())
    s.load(
        workspace(
            people=[PIA, QUIN, RAJ],
            enrollments=[running(PIA), running(QUIN, steps_done=0), running(RAJ, play=PLAY, steps_done=2)],
        )
    )
    s.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    from tasks.approving import ask_with

    ask_with(lambda q: True)
    t = time.time()
    r = ownership_change(mailbox=ANAS_MAILBOX, dry_run=False)
    print("run", time.time() - t)
    print(r)
    import prefect.settings as ps

    print(ps.PREFECT_API_URL.value())
