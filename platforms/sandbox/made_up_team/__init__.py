"""A made-up sales team, the same for the same seed and size. The door is `team.py`."""
