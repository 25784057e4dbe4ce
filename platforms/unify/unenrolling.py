"""Taking people out of sequences: `DELETE` of the enrollment that runs."""

from collections.abc import Collection

import pandas as pd

from platforms.unify.directory import Directory, sequence_named
from platforms.unify.enrollment_documents import ENROLLMENTS
from platforms.unify.enrollments import Enrollments
from platforms.unify.wire import Request, Wire
from platforms.unify.writing import carry_out


def unenroll(wire: Wire, directory: Directory, enrollments: Enrollments, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.unenroll`. `ended` is also False where the platform did not answer and the person still runs.

    Requests: one for each who runs there, one for each hundred sequences, and two a person for few, for many two query
    jobs.
    """
    found = directory.sequences()
    sequences = {str(name): sequence_named(found, str(name)).id for name in contacts["sequence"].unique()}
    ids = directory.person_ids(contacts["email"])
    running = {(one.person_id, one.sequence_id): one for one in enrollments.running_of(list(ids.values()))}
    wanted = [
        (ids.get(email, ""), sequences[str(name)])
        for email, name in zip(contacts["email"], contacts["sequence"], strict=True)
    ]
    to_end = {running[key].id: key[0] for key in wanted if key in running}

    def landed(enrollment_ids: Collection[str]) -> set[str]:
        left = {one.id for one in enrollments.running_of({to_end[one] for one in enrollment_ids})}
        return set(enrollment_ids) - left

    requests = {enrollment_id: Request("DELETE", f"{ENROLLMENTS}/{enrollment_id}") for enrollment_id in to_end}
    answered = carry_out(wire, requests, landed)
    ended = {enrollment_id for enrollment_id, answer in answered.items() if answer is not None and answer.done}
    flags = [key in running and running[key].id in ended for key in wanted]
    return pd.DataFrame({"email": contacts["email"].to_numpy(), "ended": pd.Series(flags, dtype=bool)})
