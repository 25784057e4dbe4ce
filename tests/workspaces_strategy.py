"""Hypothesis: small workspaces, valid and full of edges.

Times crowd around the instants at which a re-enrollment bar or a cool-down lapses; people have been in many
sequences with many ends; names are such that YAML, setting keys and logs have to take care.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from models.records import (
    DYNAMIC,
    Audience,
    Behaviour,
    Company,
    Enrollment,
    EnrollmentTaskAssignment,
    Exclusion,
    ExclusionMatch,
    Life,
    LogEntry,
    Mailbox,
    PendingSetting,
    Person,
    Play,
    PlayRun,
    RepTask,
    Ruleset,
    Sequence,
    SequenceStep,
    SequenceTaskAssignment,
    SequenceVersion,
    TaskAssignment,
    User,
)
from models.setting_keys import SettingKey
from models.workspace import Workspace, problems
from tests.random_choices import (
    AUDIENCES,
    BLOCKS,
    DOMAINS,
    ENDS,
    EXCLUSIONS,
    MAILBOXES,
    MODES,
    PEOPLE,
    PLAYS,
    REASONS,
    RULESETS,
    SEQUENCES,
    STATUSES,
    STEP_TYPES,
    USERS,
    Draws,
)
from tests.workspaces import NOW

# Drawn evenly, and mostly all of them: of an integer's range Hypothesis takes the least in two draws of five, and few
# things happen in a workspace of one person.
COUNTS = (*range(1, len(PEOPLE)), *[len(PEOPLE)] * 5)


@st.composite
def workspaces(draw: st.DrawFn, *, pending: bool = False, lively: bool = False, busy: bool = False) -> Workspace:
    """Valid workspaces; with `pending`, some of their settings have not taken effect yet; with `lively`, much comes of
    their emails; with `busy`, most people run in a sequence."""
    of = Draws(draw(st.integers(0, 2**32), label="seed"))
    team = {"users": _users(of), "mailboxes": _mailboxes(of), "companies": _companies(of)}
    settings: dict[str, Any] = {"exclusions": _exclusions(of)}
    settings["rulesets"] = _rulesets(of, _names(settings["exclusions"]))
    sequences = _sequences(of, _names(settings["rulesets"]))
    people = _people(of, draw(st.sampled_from(COUNTS), label="people"))
    emails = tuple(person.email for person in people)
    audiences = _audiences(of, emails, _names(settings["exclusions"]))
    plays = _plays(of, _names(audiences), _names(sequences), emails)
    spans = tuple(r.block_reenrollment.length for r in settings["rulesets"] if r.block_reenrollment)
    runs = 0.8 if busy else 0.3
    enrollments = tuple(e for email in emails for e in _enrollments(of, email, sequences, _names(plays), spans, runs))
    made = Workspace(
        now=NOW,
        seed=of.number(0, 99),
        people=people,
        audiences=audiences,
        plays=plays,
        sequences=sequences,
        enrollments=tuple(of.shuffled(enrollments)),
        tasks=_tasks(of, emails, _names(sequences)),
        behaviour=Behaviour(
            C6=of.one(("keeps_id", "cancels")),
            C10=of.one(("settings", "unenroll_first")),
            C11=of.one(("enrolls_later", "no_retry")),
            C18=of.one(("removes", "keeps")),
        ),
        pending=_pending(of, settings["rulesets"], settings["exclusions"]) if pending else (),
        **team,
        **settings,
    )
    # Drawn last, so that the rest is what it would be without.
    enrollments = tuple(_perhaps_paused(of, enrollment) for enrollment in made.enrollments)
    made = made.model_copy(update={"enrollments": enrollments, "life": _life(of) if lively else Life()})
    assert [] == problems(made)
    return made


def _names(records: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(record.name for record in records)


def _users(of: Draws) -> tuple[User, ...]:
    first = User(email=USERS[0], name=of.one(("Ana", "", "null", 'O’Neil: "A"')), role="admin")
    return (first, *(User(email=email, role=of.one(("admin", "rep"))) for email in USERS[1:]))


def _mailboxes(of: Draws) -> tuple[Mailbox, ...]:
    return tuple(
        Mailbox(email=email, owner=of.one((*USERS, None)), paused=of.often(0.15), daily_limit=of.one((25, 0, 1, 3)))
        for email in MAILBOXES
    )


def _companies(of: Draws) -> tuple[Company, ...]:
    statuses = ("prospect", "open_opportunity", "customer", "competitor")
    return tuple(
        Company(domain=domain, owner=of.one((*USERS, None)), status=of.one(statuses)) for domain in of.some(DOMAINS)
    )


def _exclusions(of: Draws) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(
            name=name,
            exclude_from_sequences=of.often(0.4),
            match=ExclusionMatch(
                company_domain=of.some(DOMAINS) if of.often(0.3) else (),
                person_email=of.some(PEOPLE) if of.often(0.5) else (),
                person_status=of.some(STATUSES) if of.often(0.2) else (),
                company_status=of.some(("customer", "competitor")) if of.often(0.3) else (),
                last_activity_within_days=of.one((1, 14, 60)) if of.often(0.2) else None,
            ),
        )
        for name in of.shuffled(of.some(EXCLUSIONS))
    )


def _toggles(of: Draws, exclusions: tuple[str, ...]) -> dict[str, bool]:
    return {name: of.often(0.4) for name in of.shuffled(of.some(exclusions))} if of.often(0.5) else {}


def _rulesets(of: Draws, exclusions: tuple[str, ...]) -> tuple[Ruleset, ...]:
    names = of.shuffled(of.some(RULESETS))
    default = of.one((*names, None))
    return tuple(
        Ruleset(
            name=name,
            default=name == default,
            allow_same_sequence_reenrollment=of.often(),
            block_reenrollment=of.one(BLOCKS),
            exclusions=_toggles(of, exclusions),
            task_assignment=TaskAssignment(automatic=of.one(MODES), manual=of.one(MODES), user=of.one(USERS)),
            task_assignment_set_at=of.ago(NOW) if of.often(0.2) else None,
        )
        for name in names
    )


def _sequences(of: Draws, rulesets: tuple[str, ...]) -> tuple[Sequence, ...]:
    days = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
    return tuple(
        Sequence(
            name=name,
            ruleset=of.one((*rulesets, None)),
            paused=of.often(0.15),
            send_days=of.some(days, least=1),
            task_assignment=SequenceTaskAssignment(mode=of.one(MODES), user=of.one(USERS)) if of.often(0.2) else None,
            task_assignment_set_at=of.ago(NOW) if of.often(0.2) else None,
            steps=steps(of),
            **_versions(of),
        )
        for name in of.shuffled(of.some(SEQUENCES, least=1))
    )


def steps(of: Draws) -> tuple[SequenceStep, ...]:
    return tuple(SequenceStep(type=of.one(STEP_TYPES), wait_days=of.number(0, 4)) for _ in range(of.number(1, 4)))


def _versions(of: Draws) -> dict[str, Any]:
    """A present version, and some of the earlier ones."""
    version = of.one((1, 1, 2, 4))
    known = of.shuffled([number for number in range(1, version) if of.often(0.7)])
    return {"version": version, "versions": tuple(SequenceVersion(version=number, steps=steps(of)) for number in known)}


def _people(of: Draws, count: int) -> tuple[Person, ...]:
    return tuple(
        Person(
            email=email,
            first_name=of.one(("", "Pia", "Zoë", "true", "'")),
            company_domain=of.one((*DOMAINS, None)),
            owner=of.one((*USERS, None)),
            status=of.one(STATUSES),
            email_opt_out=of.often(0.15),
            do_not_email=of.often(0.1),
        )
        for email in of.shuffled(PEOPLE[:count])
    )


def _audiences(of: Draws, people: tuple[str, ...], exclusions: tuple[str, ...]) -> tuple[Audience, ...]:
    return tuple(
        Audience(
            name=name,
            people=tuple(of.shuffled(people if of.often() else of.some(people))),
            exclusions=_toggles(of, exclusions),
        )
        for name in of.some(AUDIENCES, least=1)
    )


def _plays(
    of: Draws, audiences: tuple[str, ...], sequences: tuple[str, ...], people: tuple[str, ...]
) -> tuple[Play, ...]:
    made = []
    for name in of.some(PLAYS, least=1):
        days = of.one((1, 1, 3))
        times = sorted(of.ago(NOW, timedelta(days=days)) for _ in range(of.one((0, 0, 1, 2))))
        made.append(
            Play(
                name=name,
                audience=of.one((*audiences, *audiences, *audiences, None)),
                sequence=of.one(sequences),
                mailboxes=tuple(of.shuffled(of.some(MAILBOXES))),
                published=of.often(),
                allow_reruns=of.often(0.6),
                rerun_cooldown_days=days,
                runs=tuple(PlayRun(at=at, log=_log(of, people)) for at in times),
            )
        )
    return tuple(made)


def _log(of: Draws, people: tuple[str, ...]) -> tuple[LogEntry, ...]:
    return tuple(
        LogEntry(person=email, reason=of.one(REASONS), logged=of.often(0.8)) for email in of.shuffled(of.some(people))
    )


def _enrollments(
    of: Draws,
    person: str,
    sequences: tuple[Sequence, ...],
    plays: tuple[str, ...],
    spans: tuple[timedelta, ...],
    runs: float,
) -> list[Enrollment]:
    """Some that have ended; with the chance `runs` one that has not."""
    made = [_enrollment(of, person, of.one(sequences), plays, spans) for _ in range(of.one((0, 0, 1, 1, 2, 3, 4)))]
    if of.often(runs):
        sequence = of.one(sequences)
        version = of.one((None, *(earlier.version for earlier in sequence.versions)))
        done = of.number(0, len(sequence.steps_of(version) or ()) - 1)
        made.append(
            Enrollment(
                person=person,
                sequence=sequence.name,
                mailbox=of.one(MAILBOXES),
                play=of.one((*plays, None)),
                state="active" if done else "queued",
                steps_done=done,
                started_at=of.ago(NOW, *spans),
                version=version,
                enrolled_by=of.one((*USERS, None)),
                task_assignment=_kept(of) if of.often(0.3) else None,
            )
        )
    return made


def _kept(of: Draws) -> EnrollmentTaskAssignment:
    """What an enrollment keeps of settings that were others when it began."""
    mode = of.one(MODES)
    users: tuple[str | None, ...] = (
        (None,) if mode in DYNAMIC else (*USERS, *(() if mode == "ASSIGN_TO_USER" else [None]))
    )
    return EnrollmentTaskAssignment(mode=mode, user=of.one(users))


def _enrollment(
    of: Draws, person: str, sequence: Sequence, plays: tuple[str, ...], spans: tuple[timedelta, ...]
) -> Enrollment:
    """One that has ended, perhaps in a version whose steps nobody knows any more."""
    finished = of.often(0.3)
    at = of.ago(NOW, *spans)
    version = of.one((None, None, of.number(1, sequence.version)))
    length = len(sequence.steps_of(version) or sequence.steps)
    return Enrollment(
        person=person,
        sequence=sequence.name,
        mailbox=of.one(MAILBOXES),
        play=of.one((*plays, None)),
        state="finished" if finished else "canceled",
        enrolled_by=of.one((*USERS, None)),
        version=version,
        steps_done=length if finished else of.number(0, length),
        started_at=at - timedelta(seconds=of.number(0, 30 * 86_400)),
        ended_at=at,
        end_reason="completed" if finished else of.one(ENDS),
    )


def _tasks(of: Draws, people: tuple[str, ...], sequences: tuple[str, ...]) -> tuple[RepTask, ...]:
    types, statuses = ("EMAIL", "PHONE_CALL", "ACTION_ITEM"), ("NOT_READY", "READY", "COMPLETED", "SKIPPED", "CANCELED")
    return tuple(
        RepTask(
            person=of.one(people),
            type=of.one(types),
            status=of.one(statuses),
            assignee=of.one((*USERS, None)),
            sequence=of.one((*sequences, None)),
            mailbox=of.one((*MAILBOXES, None)),
            due_at=of.ago(NOW) if of.often() else None,
        )
        for _ in range(of.number(0, 3))
    )


def _perhaps_paused(of: Draws, enrollment: Enrollment) -> Enrollment:
    """One in five is paused, or was when it ended; half of them because the contact is out of office."""
    if not of.often(0.2):
        return enrollment
    until = NOW + timedelta(seconds=of.number(1, 9 * 86_400)) if of.often() else None
    return enrollment.model_copy(update={"paused": True, "paused_until": until})


def _life(of: Draws) -> Life:
    replies, bounces, opt_outs, away = (of.one((0, 0.05, 0.2, 0.25)) for _ in range(4))
    return Life(replies=replies, bounces=bounces, opt_outs=opt_outs, out_of_office=away)


def _pending(of: Draws, rulesets: tuple[Ruleset, ...], exclusions: tuple[Exclusion, ...]) -> tuple[PendingSetting, ...]:
    keys = [SettingKey("ruleset", r.name, "allow_same_sequence_reenrollment") for r in rulesets]
    on = {str(key): rulesets[at].allow_same_sequence_reenrollment for at, key in enumerate(keys)}
    on |= {str(SettingKey("exclusion", x.name, "exclude_from_sequences")): x.exclude_from_sequences for x in exclusions}
    return tuple(
        PendingSetting(
            setting=setting,
            was=not on[setting],
            value=on[setting],
            takes_effect_at=NOW + timedelta(seconds=of.number(1, 3600)),
        )
        for setting in of.some(tuple(on))
    )
