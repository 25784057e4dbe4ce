"""Every measurement, one after the other, held against the goals: see `__main__`."""
