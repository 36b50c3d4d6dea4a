"""What stands above the traceback of a cell."""

import re

ACCEPTS_NEVER = """\
%%project_file hello.py
from channels.generic.websocket import AsyncWebsocketConsumer


class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        pass


application = Chat.as_asgi()
"""

RAISES = """\
%%project_file hello.py
import json

from channels.generic.websocket import AsyncWebsocketConsumer


class Chat(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        print(json.loads(text_data)["message"], 1 / 0)


application = Chat.as_asgi()
"""


def test_an_error_that_is_known_is_explained_and_its_traceback_folded(shell):
    """Above the error stands what it is, why, and what to change; the traceback is folded in, and not shown twice."""
    captured = shell.run('raise ValueError("No handler for message type chat.<b>")')
    [shown] = captured.outputs
    text, html = shown.data["text/plain"], shown.data["text/html"]
    assert text.startswith("What you see: `ValueError: No handler") and "----> 1 raise ValueError" in text
    assert "<summary>The whole traceback</summary><pre>" in html and "----&gt; 1 raise" in html
    assert "chat.<b>" not in html and "\x1b" not in html
    assert "----> 1" not in captured.stdout and "ValueError: No handler for message type chat.<b>" in captured.stdout


def test_an_error_that_nobody_knows_is_shown_as_ever(shell):
    """An error that no rule knows has IPython's own traceback, and nothing above it."""
    captured = shell.run("1 / 0")
    assert captured.outputs == [] and "----> 1 1 / 0" in captured.stdout


def test_a_failing_client_call_is_explained(shell, opened, monkeypatch):
    """A handshake that gets no answer is explained by the consumer's code, above the lab's own words."""
    shell.run(ACCEPTS_NEVER)
    opened()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "django.conf.global_settings")
    shell.run('server = await lab.daphne("hello:application")')
    captured = shell.run('await server.connect("/", timeout=0.5)')
    shell.run("await lab.stop()")
    [shown] = captured.outputs
    text, html = shown.data["text/plain"], shown.data["text/html"]
    assert "What to change: Call `await self.accept()` in `connect()`" in text
    assert "hello.py:5" in text and "<strong>hello.py:5</strong>" in html
    assert "client could not connect to /" in captured.stdout
    assert not re.search(r"Traceback|File ", captured.stdout)


def test_what_was_wrong_in_a_cell_before_is_no_news(shell, opened, monkeypatch):
    """A cell's error is explained by what happened in that cell, not by what failed and was over before."""
    shell.run(ACCEPTS_NEVER)
    opened()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "django.conf.global_settings")
    shell.run('server = await lab.daphne("hello:application")')
    shell.run('await server.connect("/", timeout=0.5)')
    assert shell.run("1 / 0").outputs == []
    assert "What to change: Call `await self.accept()`" in shell.shown("lab.explain()")
    shell.run("await lab.stop()")


def test_of_two_connections_that_failed_the_one_of_this_cell_is_explained(shell, opened, monkeypatch):
    """Where a consumer raises for a second time, and otherwise, its new exception is explained and not the old one."""
    shell.run(RAISES)
    opened()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "django.conf.global_settings")
    shell.run('server = await lab.daphne("hello:application")')
    talk = 'client = await server.connect("/")\nawait client.send({})\nawait client.receive()'
    first, second = (shell.run(talk.format(repr(text))) for text in ('{"room": 1}', '{"message": "hi"}'))
    shell.run("await lab.stop()")
    assert "KeyError: 'message'" in first.outputs[0].data["text/plain"]
    assert "ZeroDivisionError" in second.outputs[0].data["text/plain"]
    assert "KeyError" not in second.outputs[0].data["text/plain"]


def test_a_process_that_cannot_start_is_not_explained_by_what_failed_before_it(shell, opened, monkeypatch):
    """A process that ends before it is ready says what its own log says; an older failure of another is no reason."""
    shell.run(ACCEPTS_NEVER)
    opened()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "django.conf.global_settings")
    shell.run('server = await lab.daphne("hello:application")')
    shell.run('await server.connect("/", timeout=0.5)')
    captured = shell.run('await lab.daphne("hello:application", name="other", options=("--nonsense",))')
    shell.run("await lab.stop()")
    assert not any("self.accept()" in output.data["text/plain"] for output in captured.outputs)
    assert "nonsense" in captured.stdout
