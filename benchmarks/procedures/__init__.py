"""What the procedures for many contacts cost, live on the sandbox in simulated time.

    python -m benchmarks.procedures [CASE …] [--sizes 10000 100000] [--alone]

Each case is filled by SQL in one process and carried out in another, at each size and once with one contact, which is
subtracted: that run has what a run costs whoever it is about (the plan, the report, the waits). Figures: CPU seconds
(user and system, of all processes), microseconds a contact (the slope between the two sizes), the exponent of growth,
and the peak memory of the process that carries the procedure out. A server of Prefect that runs beside it takes its
share by the clock as well: on a busy machine `--alone` is steadier, which leaves it out. `--profile FILE` keeps what
cProfile saw.
"""
