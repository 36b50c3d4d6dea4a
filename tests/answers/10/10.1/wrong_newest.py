# earns: equally long
"""The slow work itself. It knows no worker and no socket, only whom to tell how far it is."""

import re
import time
from collections import Counter

from django.conf import settings

from multichat.models import Message

MOST_STEPS = 20


def count_words(room, progress):
    """Which words are said most in a room."""
    words, messages = Counter(), 0
    for message in read(room, progress):
        messages += 1
        words.update(re.findall(r"\w+", message.text.lower()))
    most = "\n".join(f"{count:6} {word}" for word, count in words.most_common(20))
    return f"{words.total()} words in {messages} messages, most of all\n{most}\n"


def export(room, progress):
    """All that was said in a room, a line each."""
    return "".join(f"{m.at:%Y-%m-%d %H:%M} {m.username}: {m.text}\n" for m in read(room, progress))


def read(room, progress):
    """Yield the messages of a room, oldest first, and tell how far it is: in 20 steps, or fewer."""
    messages = Message.objects.filter(room=room).order_by("id")
    count = messages.count()
    steps = min(count, MOST_STEPS)
    for step in range(steps):
        yield from messages[count * step // steps : count * (step + 1) // steps]
        time.sleep(settings.TASKS_PACE)  # our history is short: so that there is something to see
        progress(step + 1, steps)


def longest(room, progress):
    name, text = "", None
    for message in read(room, progress):
        if text is None or len(message.text) >= len(text):
            name, text = message.username, message.text
    if text is None:
        return "Nobody has said anything.\n"
    return name + ": " + text + "\n"


JOBS = {"count": count_words, "export": export, "longest": longest}
