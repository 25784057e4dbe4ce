"""A plan that enrolls where enrollments wait for an approval says so."""

import httpx

from models.enrollment_plan import EnrollmentPlan, Group
from models.plan import Plan
from models.undo_plan import Return, UndoPlan
from platforms.sandbox.sandbox import Sandbox
from tasks.planning import with_approvals
from tests.conftest import Sandboxes
from tests.platforms.in_process import unify_over
from tests.platforms.rewriting import Rewriting
from tests.platforms.unify.examination.test_examining import drafts
from tests.workspaces import NURTURE, OUTBOUND, PIA, running, workspace

COPY = "Outbound (handoff 1)"


class Only(Rewriting):
    """The emulator has no drafts: who asks for them is answered with what runs, which is made drafts on its way."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox, drafts)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(query=request.url.query.replace(b"=DRAFT", b"=IN_PROGRESS"))
        return super().handle_request(request)


def plan(*targets: str, contacts: int = 1, duplicates: tuple[tuple[str, str], ...] = ()) -> EnrollmentPlan:
    groups = tuple(Group(target=one, play=None, contacts=contacts, name="") for one in targets)
    return EnrollmentPlan(
        purpose="enroll", contacts=1, groups=groups, duplicate_sequences=duplicates, warnings=("so it is",)
    )


def test_a_sequence_with_drafts_is_a_warning_of_the_plan_that_enrolls_there(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]))
    unify = unify_over(sandbox, Only(sandbox))
    assert [OUTBOUND] == unify.awaiting_approval([NURTURE, OUTBOUND])
    first, warning = with_approvals(unify, plan(NURTURE, OUTBOUND)).warnings
    assert "so it is" == first
    assert f"in '{OUTBOUND}' enrollments wait for somebody's approval" in warning
    assert any(line.startswith("mind: in 'Outbound'") for line in with_approvals(unify, plan(OUTBOUND)).lines())
    assert ("so it is",) == with_approvals(unify, plan(NURTURE)).warnings
    assert ("so it is",) == with_approvals(unify, plan(OUTBOUND, contacts=0)).warnings


def test_of_a_sequence_that_is_to_be_duplicated_the_original_is_looked_at() -> None:
    assert (OUTBOUND,) == plan(COPY, duplicates=((OUTBOUND, COPY),)).enrolls_into()
    assert () == Plan(purpose="hand over", contacts=1).enrolls_into()


def test_an_undo_warns_of_where_contacts_go_back() -> None:
    back = (Return(source=None, target=OUTBOUND, contacts=1),)
    undo = UndoPlan(purpose="undo", contacts=1, undone="1", procedure_undone="sequence-move", returns=back)
    assert (OUTBOUND,) == undo.enrolls_into()


def test_an_approval_of_a_plan_does_not_bind_to_the_warning(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]))
    warned = with_approvals(unify_over(sandbox, Only(sandbox)), plan(OUTBOUND))
    assert plan(OUTBOUND).fingerprint() == warned.fingerprint()


def test_nobody_approves_anything_on_the_sandbox(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]))
    assert plan(OUTBOUND) == with_approvals(sandbox, plan(OUTBOUND))
