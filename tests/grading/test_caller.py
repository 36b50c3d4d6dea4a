"""What a caller expects, as one line of the picture."""

from channels_lab.grading.caller import payload


def test_what_is_known_of_a_message_is_told() -> None:
    """Types in an expectation say nothing in its line, in an object, in lists, and in objects in lists."""
    assert payload({"at": float, "message": "hi"}) == '{"message": "hi"}'
    assert payload({"found": [{"id": int, "message": "hi"}, str]}) == '{"found": [{"message": "hi"}]}'
    assert payload({"tick": int}) == '"tick"'
