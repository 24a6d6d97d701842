from bench.figures import milliseconds, times, whole


def test_figures_are_printed_with_as_many_digits_as_they_deserve() -> None:
    assert [milliseconds(0.00151), milliseconds(1.234), whole(12345.6), times(0.256)] == [
        "1.5 ms",
        "1,234 ms",
        "12,346",
        "0.26 x",
    ]
