"""The benchmark of the wire to Unify counts right."""

from benchmarks.unify_throughput import WINDOW, most_in_a_window, rate


def test_the_rate_is_what_arrived_in_whole_windows() -> None:
    limit = 100
    bursts = [burst * WINDOW + at / (2 * limit) for burst in range(3) for at in range(limit)]
    assert 1.0 == rate(bursts, limit)
    assert 0.5 == rate(bursts[::2], limit)
    assert 0.0 == rate(bursts[:limit], limit)  # not one whole window


def test_the_most_in_a_window_is_found_wherever_it_begins() -> None:
    assert 3 == most_in_a_window([0.0, 0.8 * WINDOW, 0.9 * WINDOW, 1.7 * WINDOW, 3 * WINDOW])
    assert 2 == most_in_a_window([0.0, 0.5 * WINDOW, WINDOW])
