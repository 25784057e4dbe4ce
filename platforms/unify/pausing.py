"""Pausing and resuming enrollments: `POST` to the one that runs."""

from collections.abc import Collection, Mapping

import pandas as pd

from platforms.unify.directory import Directory, sequence_named
from platforms.unify.enrollment_documents import ENROLLMENTS
from platforms.unify.enrollments import Enrollments
from platforms.unify.wire import Request, Wire
from platforms.unify.writing import carry_out


def pause(wire: Wire, directory: Directory, enrollments: Enrollments, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.pause`. `paused` is also False where the platform did not answer and nothing of it was found.

    Requests: one for each who runs there and is not paused, one for each hundred sequences, and two a person for few,
    for many two query jobs.
    """
    found = directory.sequences()
    sequences = {str(name): sequence_named(found, str(name)).id for name in contacts["sequence"].unique()}
    ids = directory.person_ids(contacts["email"])
    running = {(one.person_id, one.sequence_id): one for one in enrollments.running_of(list(ids.values()))}
    wanted = [
        running.get((ids.get(email, ""), sequences[str(name)]))
        for email, name in zip(contacts["email"], contacts["sequence"], strict=True)
    ]
    to_pause = {one.id: one.person_id for one in wanted if one is not None and not one.paused}
    paused = {one.id for one in wanted if one is not None and one.paused}
    paused |= set_paused(wire, enrollments, to_pause)
    now = [one is not None and one.id in paused for one in wanted]
    return pd.DataFrame({"email": contacts["email"].to_numpy(), "paused": pd.Series(now, dtype=bool)})


def set_paused(wire: Wire, enrollments: Enrollments, people: Mapping[str, str], *, paused: bool = True) -> set[str]:
    """Pause or resume these enrollments (their people's ids by their own); give which are so now."""

    def landed(enrollment_ids: Collection[str]) -> set[str]:
        running = enrollments.running_of({people[one] for one in enrollment_ids})
        return {one.id for one in running if one.paused == paused} & set(enrollment_ids)

    deed = "pause" if paused else "resume"
    requests = {one: Request("POST", f"{ENROLLMENTS}/{one}/{deed}") for one in people}
    answered = carry_out(wire, requests, landed)
    return {one for one, answer in answered.items() if answer is not None and answer.done}
