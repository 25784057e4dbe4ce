"""The procedures. A worker begins a process for each of their runs, which loads what they need before all else."""

from models.garbage import look_seldom_for_garbage

look_seldom_for_garbage()
