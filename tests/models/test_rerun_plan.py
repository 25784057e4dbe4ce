"""The plan of an exclusion-rerun: what was agreed to under an earlier release is still what was agreed to."""

import hashlib
import json

from models.rerun_plan import RerunPlan

AS_WRITTEN = {
    "purpose": "enroll 1 contact although 'X' matches them",
    "contacts": 1,
    "exclusion": "X",
    "sequence": "S",
    "hold_until": "enrolled",
    "others": [["P", 2]],
    "shielded_plays": ["Q"],
    "shields": [{"setting": "audience:A:exclusion:X", "was": False, "set_to": True, "contacts": 1}],
}
NEW = {"others_named", "others_digest", "ways", "decided", "declined", "fits_nobody", "waves", "wave_wait"}


def test_a_plan_of_an_earlier_release_has_the_hash_that_it_had() -> None:
    plan = RerunPlan.model_validate(AS_WRITTEN)
    said = plan.model_dump(mode="json", exclude={*RerunPlan.NOT_BOUND, *NEW})  # as it was made then
    assert hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16] == plan.fingerprint()


def test_an_approval_binds_to_who_is_reached_and_through_which_plays_the_declined_could_get_in() -> None:
    plan = RerunPlan.model_validate(AS_WRITTEN)
    others = [
        plan.model_copy(update=update)
        for update in (
            {"others_digest": "other people"},
            {"ways": (("P", "A", 2),)},
            {"declined": ("pia@x.test",)},
            {"decided": False},
        )
    ]
    assert 5 == len({one.fingerprint() for one in (plan, *others)})
