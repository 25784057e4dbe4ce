"""A month in the life of a workspace: what happens to real teams, drawn from a seed, and an oracle after each day.

Form (a), `month.py`: one process on a simulated clock, which calls the flows where their schedule would, each in a
forked process that may be killed at any of its writes. Form (b), `living.py`: the same people and the same oracle
around a real `handoff up`. docs/reliability.md says what is judged, what is exempt, and what was found.
"""
