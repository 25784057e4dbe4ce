"""Exclusions come to act, and people come to match them: removal from running sequences (R62, R66).

At the sequence level, by the global toggle or a ruleset's, an exclusion that comes to act removes the people whom it
matches and who run, where the workspace decides C18 as `removes`; under `keeps` turning it on looks at nobody who runs.
Whoever starts to match while it acts is removed under both. People start to match by activity, a step that the platform
itself finished, and by a record that somebody changed. An audience's toggle removes nobody (R64).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.setting_keys import SettingKey
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.behaviour.later_eligible import let_in_freed
from platforms.sandbox.behaviour.matching import numbers, people_matching
from platforms.sandbox.behaviour.propagation import acting_audience_exclusions, acting_exclusions, set_setting
from platforms.sandbox.lookup import behaviour_of
from platforms.sandbox.store import Work

DAY = 86_400

# Nearly always there are none, since they are best left off (R66).
RULES_THAT_MAY_ACT = """
    SELECT x.id, x.last_activity_within_days AS days FROM exclusion x WHERE x.last_activity_within_days IS NOT NULL
        AND (x.exclude_from_sequences OR EXISTS (SELECT 1 FROM pending_setting)
             OR EXISTS (SELECT 1 FROM ruleset_exclusion r WHERE r.exclusion_id = x.id AND r.enabled))"""

# Who finished a step just now and none so lately before: a condition on `enrollment`.
STARTS_TO_MATCH = """
    id IN (SELECT s.enrollment_id FROM enrollment_step s WHERE s.status = 'FINISHED' AND s.at = :now)
    AND NOT EXISTS (SELECT 1 FROM enrollment b JOIN enrollment_step d ON d.enrollment_id = b.id
        WHERE b.person_id = enrollment.person_id AND d.status = 'FINISHED' AND d.at < :now AND d.at >= :since)"""


@dataclass(frozen=True)
class InForce:
    """The exclusions that act on each sequence, and on who enters each published play's audience; all by keys."""

    sequences: dict[int, frozenset[int]]
    audiences: dict[int, frozenset[int]]


def in_force(work: Work) -> InForce:
    """The exclusions that act at this instant."""
    audiences = work.rows(
        "SELECT id, name FROM audience WHERE id IN (SELECT audience_id FROM play WHERE published) ORDER BY id"
    )
    return InForce(
        _on_sequences(work), {row["id"]: frozenset(acting_audience_exclusions(work, row["name"])) for row in audiences}
    )


def change_setting(work: Work, key: SettingKey, value: Any) -> int | None:
    """Set it, with what follows where it acts at once; give when it takes effect, None where it does already."""
    before = in_force(work)
    set_setting(work, key, value)
    bring_about(work, before)
    takes_effect: int | None = work.value(
        "SELECT takes_effect_at FROM pending_setting WHERE setting = :setting AND takes_effect_at > :now",
        setting=str(key),
    )
    return takes_effect


def bring_about(work: Work, before: InForce) -> None:
    """What follows where exclusions act otherwise than `before`: removals, and published plays taking people in."""
    now = in_force(work)
    resolved = behaviour_of(work)
    if resolved.C18 == "removes":
        _remove_matches(work, _differences(now.sequences, before.sequences))
    if resolved.C11 == "enrolls_later":
        let_in_freed(work, _differences(before.sequences, now.sequences), _differences(before.audiences, now.audiences))


def remove_who_started_to_match(work: Work) -> None:
    """Remove those whom a step finished at this very instant brings under an activity rule that acts (R66)."""
    days = {row["id"]: row["days"] for row in work.rows(RULES_THAT_MAY_ACT)}
    if not days:
        return
    # Whoever starts to match one of several rules starts to match the one that looks back least.
    looks_back: dict[int, list[int]] = defaultdict(list)
    for sequence, acting in _on_sequences(work).items():
        if rules := acting & days.keys():
            looks_back[min(days[rule] for rule in rules)].append(sequence)
    for shortest, sequences in looks_back.items():
        which = f"sequence_id IN ({numbers(sequences)}) AND {STARTS_TO_MATCH}"
        end_enrollments(work, which, "excluded", since=work.now - shortest * DAY)


def remove_who_came_to_match(work: Work, came: Iterable[tuple[int, int]]) -> None:
    """Remove people whose changed record brings them under an exclusion that acts: pairs of both (R62)."""
    people: dict[int, list[int]] = defaultdict(list)
    for person, exclusion in came:
        people[exclusion].append(person)
    for sequence, acting in _on_sequences(work).items():
        for exclusion in sorted(acting & people.keys()):
            which = f"sequence_id = :sequence AND person_id IN ({numbers(people[exclusion])})"
            end_enrollments(work, which, "excluded", sequence=sequence)


def _on_sequences(work: Work) -> dict[int, frozenset[int]]:
    rulesets = {
        row["id"]: row["name"]
        for row in work.rows(
            "SELECT s.id, r.name FROM sequence s JOIN ruleset r ON r.id = COALESCE(s.ruleset_id,"
            " (SELECT id FROM ruleset ORDER BY is_default DESC, id LIMIT 1)) ORDER BY s.id"
        )
    }
    acting = {name: frozenset(acting_exclusions(work, name)) for name in set(rulesets.values())}
    return {sequence: acting[name] for sequence, name in rulesets.items()}


def _differences(these: dict[int, frozenset[int]], those: dict[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """What acts on each of `these` and not on the same of `those`; only where there is any."""
    found = {key: acting - those.get(key, frozenset()) for key, acting in these.items()}
    return {key: exclusions for key, exclusions in found.items() if exclusions}


def _remove_matches(work: Work, newly_acting: dict[int, frozenset[int]]) -> None:
    for exclusions in set(newly_acting.values()):
        sequences = [sequence for sequence, acting in newly_acting.items() if acting == exclusions]
        end_enrollments(
            work,
            f"sequence_id IN ({numbers(sequences)}) AND person_id IN ({people_matching(work, exclusions)})",
            "excluded",
        )
