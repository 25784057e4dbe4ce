"""The rules of docs/platform.md that the sandbox enforces, and how a test switches each of them off.

A rule is switched off by an edit: a piece of the product's text, and what would stand there if the platform did not
have the rule. So the product itself knows of no switches. `with switched_off("R9"):` makes the edits in this process.

Others need no switch, being consequences of these: R2 is why R1 is; R10 and R17 hold because nobody was ever in a
copy; R14 is R26 with zero days, R16 is R15 soon after, R27 and R40 are settings put back; R41 goes through the same
refusals as a play; R48 is the message of R47; R56 is the other side of R54. R61 is what R62 and R30 are together; R63
and R64 hold because audience toggles act where people enter (R33), sequence-level ones where they are enrolled and
while they run (R30, R62). R75 and R82 are the other side of R74: no change moves what is past step one (R81). R85 is
what R84 makes of pools; R93 is R87, seen by whoever expected the mailbox's or the record's owner; R90 and R91 look at
what R83, R84 and R86 have done.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

BEHAVIOUR = "platforms.sandbox.behaviour"


@dataclass(frozen=True)
class Edit:
    """In a module of the sandbox's behaviour: a text that stands there once, and what stands there without the rule."""

    module: str
    text: str
    instead: str


@dataclass(frozen=True)
class Enforced:
    """A rule, in a few words, and the edits that switch it off."""

    says: str
    edits: tuple[Edit, ...]

    @classmethod
    def by(cls, says: str, module: str, text: str, instead: str = "") -> "Enforced":
        return cls(says, (Edit(module, text, instead),))


MODE = "mode, email = _set(work, sequence_id, by_hand=play_id is None)"
ASSIGNING = '"""Give the tasks made after number `after` to the users their enrollments name, in one statement."""'


def without_mode(says: str, mode: str, instead: str) -> Enforced:
    """A mode of task assignment that acts as another one does."""
    return Enforced.by(says, "assignment", MODE, f'{MODE}\n    mode = {{"{mode}": "{instead}"}}.get(mode, mode)')


def without_reason(says: str, *reasons: str) -> Enforced:
    """A refusal that nobody meets: the condition of its reason never holds."""
    return Enforced(
        says,
        tuple(Edit("refusals", f"Refusal(\"'{one}'\", ", f"Refusal(\"'{one}'\", '1 = 0 AND ' ") for one in reasons),
    )


SAME_SEQUENCE = "already_sequenced"

ENFORCED: dict[str, Enforced] = {
    "R1": Enforced.by(
        "a change of a mailbox's owner ends what runs from it",
        "actions",
        'end_enrollments(work, "mailbox_id = :id", "mailbox_owner_changed", id=mailbox["id"])',
        "0",
    ),
    "R9": Enforced.by(
        "an enrollment begins after the last step done in that sequence", "refusals", "COALESCE(h.place, 0)", "0"
    ),
    "R12": without_reason("refusal already_sequenced: the same sequence, its option off", SAME_SEQUENCE),
    "R13": without_reason("refusal never_again: re-enrollment off altogether", "never_again"),
    "R15": Enforced.by("a play is refused within its cool-down", "enrolling", "if last is None:", "if True:"),
    "R20": without_reason("refusal already_enrolled: one running enrollment a person", "already_enrolled"),
    "R21": Enforced.by(
        "it is the source sequence's ruleset that lets somebody leave for another",
        "moving",
        'acting_ruleset(work, source["id"])',
        'acting_ruleset(work, target["id"])',
    ),
    "R22": Enforced.by(
        "a play's run takes over who runs elsewhere, where re-enrollment there is on",
        "moving",
        'if behaviour_of(work).C10 != "settings":',
        "if True:",
    ),
    "R23": Enforced.by(
        "and where its waiting period has passed since the enrollment there began",
        "moving",
        "int(Interval.model_validate(block).length.total_seconds())",
        "0",
    ),
    "R24": Enforced.by(
        "by a play's run only, never by hand", "enrolling", "mailbox, {}, by_hand", "mailbox, {}, moves=True, by_hand"
    ),
    "R26": without_reason("refusal recently_enrolled: the waiting period since the last end", "recently_enrolled"),
    "R28": without_reason("refusal already_enrolled: as the reason in a play's log", "already_enrolled"),
    "R29": without_reason("refusals opted_out and do_not_email", "opted_out", "do_not_email"),
    "R30": Enforced.by(
        "refusal excluded, by the global toggle or the ruleset's",
        "refusals",
        'else acting_exclusions(work, ruleset["name"])',
        "else []",
    ),
    "R33": Enforced.by(
        "an audience's own toggles decide who enters a play",
        "enrolling",
        "if kept_out := acting_audience_exclusions(work, name):",
        "if kept_out := []:",
    ),
    "R42": Enforced.by(
        "re-enrollment settings take effect 30 to 60 minutes later",
        "propagation",
        "REENROLLMENT_DELAY = (30, 60)",
        "REENROLLMENT_DELAY = (0, 0)",
    ),
    "R43": Enforced.by(
        "re-enrollment settings bar only who completed a step", "refusals", '"h.completed_a_step = 1"', '"1 = 1"'
    ),
    "R44": Enforced.by(
        "published plays enroll whom an exclusion no longer bars",
        "removing",
        'if resolved.C11 == "enrolls_later":',
        "if False:",
    ),
    "R45": without_reason("refusal already_sequenced, in the platform's words", SAME_SEQUENCE),
    "R46": without_reason("refusal already_sequenced: that option for the same sequence only", SAME_SEQUENCE),
    "R47": Enforced.by(
        "only admins change settings, owners and plays",
        "actions",
        'if ACTIONS[change_type].admin_only and _role(work) != "admin":',
        "if False:",
    ),
    "R51": Enforced.by(
        "exclusions take effect 15 to 45 minutes later",
        "propagation",
        "EXCLUSION_DELAY = (15, 45)",
        "EXCLUSION_DELAY = (0, 0)",
    ),
    "R52": Enforced.by(
        "an upgrade carries what runs over to the new version",
        "versions",
        "if change.upgrade else (0, 0)",
        "if False else (0, 0)",
    ),
    "R53": Enforced.by(
        "an upgrade starts no waiting period",
        "refusals",
        "CASE WHEN e.end_reason = 'upgraded' THEN NULL ELSE e.ended_at END",
        "e.ended_at",
    ),
    "R54": Enforced.by(
        "a run-once play logs no exclusions",
        "enrolling",
        'if not play["allow_reruns"]:\n        work.run(',
        "if False:\n        work.run(",
    ),
    "R55": Enforced.by(
        "a run-once play takes nobody twice",
        "enrolling",
        'if not play["allow_reruns"]:\n        sql += ',
        "if False:\n        sql += ",
    ),
    "R62": Enforced(
        "an exclusion that comes to act removes whom it matches from running sequences",
        (
            Edit("removing", 'if resolved.C18 == "removes":', "if False:"),
            Edit("removing", "for person, exclusion in came:", "for person, exclusion in ():"),
        ),
    ),
    "R66": Enforced.by(
        "the platform's own emails make contacts match an activity rule, which then removes them",
        "removing",
        "if not days:",
        "if True:",
    ),
    "R68": Enforced.by(
        "an exclusion is off only where both toggles are",
        "propagation",
        'if row["here"] or row["everywhere"]',
        'if row["here"]',
    ),
    "R72": Enforced.by(
        "a task handed over leaves the mailbox of its linked email as it is",
        "reassigning",
        "changed_at = :now WHERE",
        "changed_at = :now, mailbox_id = (SELECT MIN(m.id) FROM mailbox m WHERE m.owner_id = :to) WHERE",
    ),
    "R74": Enforced.by(
        "only queued enrollments can be moved to other mailboxes", "backlog", " AND state = 'queued'\"", '"'
    ),
    "R83": Enforced.by(
        "a sequence's own task assignment goes before its ruleset's", "assignment", "if own:", "if False:"
    ),
    "R84": without_mode(
        "the mailbox owner is the first mailbox's owner at enrollment, whoever sends",
        "ASSIGN_TO_MAILBOX_OWNER",
        "ASSIGN_TO_SENDER",
    ),
    "R86": without_mode(
        "the sender is told when a task is made, by the mailbox that sends",
        "ASSIGN_TO_SENDER",
        "ASSIGN_TO_MAILBOX_OWNER",
    ),
    "R87": without_mode("the enroller is whoever enrolled by hand", "ASSIGN_TO_ENROLLER", "ASSIGN_TO_MAILBOX_OWNER"),
    "R88": without_mode(
        "the record owner is the contact's, else its company's", "ASSIGN_TO_RECORD_OWNER", "ASSIGN_TO_MAILBOX_OWNER"
    ),
    "R92": Enforced.by(
        "a changed task assignment acts on new enrollments only",
        "assignment",
        ASSIGNING,
        f"{ASSIGNING}\n    assign_anew(work)",
    ),
}


@contextmanager
def switched_off(*rules: str) -> Iterator[None]:
    """Within it no sandbox of this process enforces these rules."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for edit in dict.fromkeys(edit for rule in rules for edit in ENFORCED[rule].edits):
        edits[edit.module].append(edit)
    with pytest.MonkeyPatch.context() as patch:
        for name, of_module in edits.items():
            module = import_module(f"{BEHAVIOUR}.{name}")
            _take_over(patch, module, _edited(module, of_module))
        yield


def _edited(module: ModuleType, edits: Iterable[Edit]) -> ModuleType:
    """The module as it would be with these edits."""
    text = source_of(module.__name__.rpartition(".")[2])
    for edit in edits:
        text = text.replace(edit.text, edit.instead)
    out = ModuleType(module.__name__)
    exec(compile(text, str(module.__file__), "exec"), vars(out))
    return out


def _take_over(patch: pytest.MonkeyPatch, module: ModuleType, edited: ModuleType) -> None:
    """Let the module do what its edited version does, for those too who imported from it: a function keeps its
    identity and gets other code, a text or a tuple is replaced wherever it is known by its name."""
    for name, new in vars(edited).items():
        old = vars(module).get(name)
        if isinstance(new, FunctionType) and new.__module__ == module.__name__ and isinstance(old, FunctionType):
            patch.setattr(old, "__code__", new.__code__)
        elif isinstance(new, str | tuple) and not name.startswith("__") and repr(new) != repr(old):
            for other in [one for one in _sandbox() if vars(one).get(name) is old]:
                patch.setattr(other, name, new)


def _sandbox() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("platforms.sandbox")]


def source_of(module: str) -> str:
    """The text of a module of the sandbox's behaviour."""
    path = Path(__file__).resolve().parents[3].joinpath(*BEHAVIOUR.split("."), f"{module}.py")
    return path.read_text("utf-8")
