"""What the procedures for many contacts cost, live on the sandbox in simulated time.

    python -m benchmarks.procedures [CASE …] [--sizes 10000 100000]

Each case is filled by SQL in one process and carried out in another, at each size and once with one contact, which is
subtracted: that run has what a run costs whoever it is about (Prefect, the plan, the report). Figures: CPU seconds
(user and system, of all processes), microseconds a contact (the slope between the two sizes), the exponent of growth,
and the peak memory of the process that carries the procedure out. With `--profile FILE` cProfile watches, and no server
of Prefect takes part.
"""
