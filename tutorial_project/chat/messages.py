"""Reading what a client sent."""

import json

MOST_CHARACTERS = 500


def read_message(text):
    """Return the message in a frame; raises ValueError with a sentence for whoever sent it."""
    try:
        message = json.loads(text)["message"]
    except (TypeError, ValueError, KeyError, RecursionError):
        raise ValueError('Send JSON like this: {"message": "hello"}') from None
    if not isinstance(message, str) or not message.strip():
        raise ValueError("A message is a text, and not an empty one.")
    if len(message) > MOST_CHARACTERS:
        raise ValueError(f"That is {len(message)} characters, and {MOST_CHARACTERS} are allowed.")
    try:
        message.encode()  # JSON can name half a character, which no layer but one in memory carries
    except UnicodeEncodeError:
        raise ValueError("That text has half a character in it.") from None
    return message
