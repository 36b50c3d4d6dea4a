from channels_lab.grading.unmet import difference


def test_a_number_and_the_text_of_it_are_told_apart():
    """Where a text was wanted and a number of the same digits came, or the other way round, both are said as JSON."""
    assert difference({"room": 2}, {"room": "2"}) == 'in `room` it is `2`, not `"2"`'
    assert difference({"room": "2"}, {"room": 2}) == 'in `room` it is `"2"`, not `2`'
    assert difference({"room": "a"}, {"room": "b"}) == "in `room` it is `a`, not `b`"
