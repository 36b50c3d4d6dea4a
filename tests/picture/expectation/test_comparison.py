"""What was expected against a story made by hand: which step is which, the first difference, and the picture."""

from dataclasses import replace
from typing import Any

import pytest

from channels_lab.errors import LabError
from channels_lab.picture.expectation.alignment import Outcome
from channels_lab.picture.expectation.comparison import Comparison
from channels_lab.picture.expectation.expectation import expect
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story

KINDS = {"alice": "clients", "bob": "clients", "eve": "clients", "channel layer": "layer", "worker": "workers"}


def story(text: str) -> Story:
    """A story: a step a line, `who > whom: what`; c(alice) is Alice's consumer. Each is 10 ms after the one before."""
    steps = []
    for number, line in enumerate(text.strip().splitlines()):
        ends, _, what = line.strip().partition(": ")
        source, _, target = (_lane(name.strip()) for name in ends.partition(">"))
        steps.append(Step(number / 100, source, target, what, failed=what.startswith(("closed with", "HTTP"))))
    lanes = dict.fromkeys(lane for step in steps for lane in (step.source, step.target) if lane)
    return Story.of(steps, {lane: "consumers" for lane in lanes} | KINDS)


def _lane(name: str) -> str:
    if name.startswith("c("):
        return f"{name[2:-1]}'s consumer"
    return {"layer": "channel layer"}.get(name, name)


def compared(expected: str, actual: str) -> Comparison:
    """Compare."""
    return expect(expected).diagram(story(actual))


def fates(comparison: Comparison) -> list[str]:
    """What became of each line."""
    return [outcome.fate for outcome in comparison.outcomes]


CHAT = """
    alice > c(alice): connect /ws/
    c(alice) > alice: accept
    bob > c(bob): connect /ws/
    c(bob) > bob: accept
    alice > c(alice): hi
    c(alice) > layer: group_send lobby: chat.message {"text": "hi"}
    layer > c(alice): chat.message {"text": "hi"}
    layer > c(bob): chat.message {"text": "hi"}
    c(alice) > alice: alice: hi
    c(bob) > bob: alice: hi
    bob > c(bob): disconnect (1000)
    alice > c(alice): disconnect (1000)
"""


@pytest.mark.parametrize(
    "expected",
    [
        "alice -> server: hi\nserver -> bob: hi\nserver -> alice: hi",
        "alice -> server: hi\nserver -> alice: hi\nserver -> bob: hi",
        "ALICE -> Server: hi\nserver -> Bob: hi",
        "bob -> server: connect\nalice -> server: connect\nserver -> bob: accept\nserver -> alice: accept",
        "alice -> server\nserver -> alice\nalice -> server\nserver -> alice\nalice -> server: disconnect",
        "alice -> application: hi\nalice's consumer -> layer: group_send lobby\nlayer -> bob's consumer: chat.message",
        "alice -> server: hi\nalice -> group: hi\ngroup -> bob: hi\nsite -> bob: hi",
        "server -> layer: group_send\nlayer -> server: hi\nserver -> bob: hi\nlayer -> server: hi\nserver -> alice: hi",
        "layer -> server: hi\nserver -> bob: hi\nlayer -> server: hi\nserver -> alice: hi",
        "alice -> server: hi\nserver -> bob: hi\nbob: nothing\nalice’s consumer -> alice: hi\nalice: nothing",
        "eve: nothing",
    ],
)
def test_as_expected(expected: str) -> None:
    """The order of each client counts, that of two clients does not, and what is not mentioned is no difference."""
    comparison = compared(expected, CHAT)
    assert (comparison.holds, comparison.difference) == (True, "")
    assert set(fates(comparison)) == {"came"}


@pytest.mark.parametrize(
    ("expected", "actual", "fate", "difference"),
    [
        (
            "alice -> server: hi\nserver -> bob: hi",
            "alice > c(alice): hi\nc(bob) > bob: welcome\nalice > c(alice): bye",
            "different",
            "bob should have received `hi`; `welcome` came instead.",
        ),
        (
            "server -> bob: hello Bob",
            "c(bob) > bob: x\nc(bob) > bob: hello Rob\nc(bob) > bob: y",
            "different",
            "bob should have received `hello Bob`; `hello Rob` came instead.",
        ),
        (
            "alice -> server: hi\nserver -> bob: hi",
            "alice > c(alice): hi" + "\nc(bob) > bob: ho" * 4,
            "missing",
            "bob should have received `hi`; it never came.",
        ),
        (
            "alice -> server: hi\nserver -> bob: hi",
            "c(bob) > bob: welcome\nalice > c(alice): hi",
            "missing",
            "bob should have received `hi`; nothing came.",
        ),
        (
            "alice -> server: hi\nserver -> bob: hi\nserver -> bob: ho",
            "alice > c(alice): hi\nc(bob) > bob: hi",
            "missing",
            "bob should have received `ho`; it never came.",
        ),
        (
            "alice -> server: hi\nserver -> bob: hi",
            "alice > c(alice): hi\nc(alice) > alice: hi",
            "elsewhere",
            "bob should have received `hi`; alice got it, and nothing came to bob.",
        ),
        (
            "server -> bob: one\nserver -> bob: two",
            "c(bob) > bob: two\nc(bob) > bob: one",
            "early",
            "bob should have received `two` after `one`; it came before.",
        ),
        (
            "alice -> server: hi\nserver -> alice: hello",
            "c(alice) > alice: hello\nalice > c(alice): hi",
            "early",
            "alice should have received `hello` after alice sent `hi`; it came before.",
        ),
        (
            "server -> bob: one\nserver -> bob: two\nserver -> bob: three",
            "c(bob) > bob: two\nc(bob) > bob: three\nc(bob) > bob: one",
            "late",
            "bob should have received `one` before `two`; it came after.",
        ),
        (
            "alice -> server: hi",
            "alice > c(alice): ho",
            "different",
            "alice should have sent `hi`; it was `ho` instead.",
        ),
        (
            "alice -> server: hi",
            "bob > c(bob): hi",
            "elsewhere",
            "alice should have sent `hi`; it was bob who did.",
        ),
        (
            "alice -> server: connect",
            "bob > c(bob): connect /",
            "missing",
            "alice should have connected; that did not happen.",
        ),
        (
            "alice -> server: disconnect",
            "alice > c(alice): connect /",
            "missing",
            "alice should have disconnected; that did not happen.",
        ),
        ("alice -> server", "bob > c(bob): x", "missing", "alice should have sent something; that did not happen."),
        (
            "alice -> server: connect\nserver -> alice: accept",
            "alice > application: connect /\napplication > alice: HTTP 500",
            "different",
            "alice should have been accepted; `HTTP 500` came instead.",
        ),
        (
            "alice -> server: hi\nserver -> layer: group_send",
            "alice > c(alice): hi",
            "missing",
            "a consumer should have called `group_send`; that did not happen.",
        ),
        (
            "alice -> layer: group_add lobby",
            "c(alice) > layer: group_add hall: now alice\nalice > c(alice): hi",
            "different",
            "alice's consumer should have called `group_add lobby`; it was `group_add hall: now alice` instead.",
        ),
        (
            "layer -> bob's consumer: chat.message",
            "c(bob) > bob: hi",
            "missing",
            "bob's consumer should have received `chat.message` from the channel layer; that did not happen.",
        ),
        (
            "layer -> worker: thumbnail",
            "layer > worker: resize",
            "different",
            "a consumer should have received `thumbnail` from the channel layer; it was `resize` instead.",
        ),
        (
            "alice -> server: hi\nbob: nothing",
            "alice > c(alice): hi\nc(bob) > bob: hi",
            "unwanted",
            "Nothing should have come to bob; `hi` came.",
        ),
        (
            "bob -> server: connect\nbob: nothing",
            "bob > application: connect /\nbob > : closed with 1011",
            "unwanted",
            "Nothing should have come to bob; `closed with 1011` came.",
        ),
    ],
)
def test_the_first_difference(expected: str, actual: str, fate: str, difference: str) -> None:
    """The first difference is told as what it is: missing, another text, another client, another order, too much."""
    comparison = compared(expected, actual)
    assert comparison.difference == difference
    assert next(one for one in fates(comparison) if one != "came") == fate
    assert not comparison.holds


def test_only_the_first_is_told() -> None:
    """Of several differences the first line's is told, and each line has its outcome."""
    comparison = compared("server -> bob: one\nserver -> bob: two\nbob -> server: three", "c(bob) > bob: two")
    assert fates(comparison) == ["missing", "came", "missing"]
    assert comparison.difference == "bob should have received `one`; it never came."


def test_what_many_clients_share_has_no_order() -> None:
    """What one part of the server says to several clients is in no order of its own."""
    connects = "alice > application: connect /\nbob > application: connect /"
    actual = f"{connects}\napplication > bob: HTTP 403\napplication > alice: HTTP 403"
    one_by_one = "alice -> server: connect\nserver -> alice: HTTP 403\nbob -> server: connect\nserver -> bob: HTTP 403"
    assert compared(one_by_one, actual).holds


def test_as_few_lines_as_possible_are_missing() -> None:
    """A step is not given to a line that would leave more lines without."""
    comparison = compared("server -> bob: a\nserver -> bob: b\nserver -> bob: a", "c(bob) > bob: b\nc(bob) > bob: a")
    assert fates(comparison) == ["missing", "came", "came"]


def test_a_copy_comes_after_its_original() -> None:
    """What passes a message on is no step from before that message was sent, and the second copy none of the first."""
    early = "c(bob) > bob: hi\nalice > c(alice): hi"
    assert fates(compared("alice -> server: hi\nserver -> bob: hi", early)) == ["came", "missing"]
    twice = "alice > c(alice): hi\nc(bob) > bob: hi\nalice > c(alice): hi"
    expected = "alice -> server: hi\nalice -> server: hi\nserver -> bob: hi\nserver -> bob: hi"
    assert fates(compared(expected, twice)) == ["came", "came", "came", "missing"]
    assert compared(expected, f"{twice}\nc(bob) > bob: hi").holds
    doubled = "alice > c(alice): hi\nc(bob) > bob: hi\nc(bob) > bob: hi\nalice > c(alice): hi"
    assert fates(compared(expected, doubled)) == ["came", "came", "came", "missing"]


def test_nothing_until() -> None:
    """Nothing is expected from the lines before on, until the next line of that client."""
    expected = "alice -> server: one\nbob: nothing\nalice -> server: two\nserver -> bob: two\nbob: nothing"
    quiet = (
        "c(bob) > bob: accept\nc(bob) > bob: welcome\nalice > c(alice): one\nalice > c(alice): two\nc(bob) > bob: two"
    )
    assert compared(expected, quiet).holds
    assert not compared(
        expected, quiet.replace("alice > c(alice): two", "c(bob) > bob: one\nalice > c(alice): two")
    ).holds
    assert not compared(expected, f"{quiet}\nc(bob) > bob: two").holds
    assert fates(compared(expected, quiet.removesuffix("\nc(bob) > bob: two"))) == [*["came"] * 3, "missing", "came"]
    other = expected.removesuffix("\nbob: nothing")
    assert fates(compared(other, quiet.replace("bob: two", "bob: too"))) == [*["came"] * 3, "different"]


def test_nothing_to_who_had_not_been_spoken_of() -> None:
    """The accept of a client that comes on the way is no message to it; of one that was spoken of it is."""
    actual = "alice > c(alice): hi\nbob > c(bob): connect /\nc(bob) > bob: accept"
    assert compared("alice -> server: hi\nbob: nothing", actual).holds
    assert not compared("bob -> server: connect\nbob: nothing", actual).holds


def test_what_never_arrived() -> None:
    """A message that never reached the consumer, and an answer that never came, are no steps."""
    lost = story("alice > c(alice): hi (never reached the consumer)\nserver > bob: no answer came within 2 s")
    lost = Story.of([replace(step, failed=True) for step in lost.steps], lost.kinds)
    comparison = expect("alice -> server: hi").diagram(lost)
    assert comparison.difference == "alice should have sent `hi`; it never reached the consumer."
    assert expect("bob: nothing").diagram(lost).holds


def test_what_is_sent_to_who_has_left() -> None:
    """What a consumer sends to a client that has left does not reach it; when it comes again, it hears again."""
    actual = "bob > c(bob): connect /\nbob > c(bob): disconnect (1000)\nc(bob) > bob: hi"
    assert compared("server -> bob: hi", actual).difference == "bob should have received `hi`; nothing came."
    assert compared("server -> bob: hi", f"{actual}\nbob > c(bob): connect /\nc(bob) > bob: hi").holds
    late = "bob > application: connect /\nbob > application: disconnect (1006)\napplication > bob: HTTP 500"
    assert compared("server -> bob: HTTP 500", late).holds


def test_close_codes() -> None:
    """That a client was closed comes from the server, whether a consumer did it or an exception."""
    actual = "c(bob) > bob: close (4401)\nalice > : closed with 1011"
    assert compared("server -> bob: close (4401)\nserver -> alice: close (1011)", actual).holds
    other = compared("server -> alice: close (1000)", actual)
    assert other.difference == "alice should have received `close (1000)`; `closed with 1011` came instead."


def test_unknown_names() -> None:
    """A name that is not in the record is refused with the names that are; two clients have the server between them."""
    with pytest.raises(LabError, match="There is no 'boob' in the record") as caught:
        compared("server -> boob: hi", CHAT)
    assert caught.value.fix == "The clients are alice, bob, eve; the others are server and layer."
    with pytest.raises(LabError, match='no "boob\'s consumer"'):
        compared("boob's consumer -> layer: hi", CHAT)
    with pytest.raises(LabError, match="do not talk to each other directly: alice -> bob: hi"):
        compared("alice -> bob: hi", CHAT)
    with pytest.raises(LabError, match="There is no 'alice'") as caught:
        expect("alice -> server: hi").diagram(Story())
    assert caught.value.fix.startswith("No client has connected yet")


def test_names_that_differ_in_case_alone() -> None:
    """Where two clients differ in case alone, the one in just this spelling is meant."""
    kinds = {"alice": "clients", "Alice": "clients", "x": "consumers", "y": "consumers"}
    actual = Story.of([Step(0, "alice", "x", "small"), Step(1, "Alice", "y", "large")], kinds)
    assert expect("alice -> server: small\nAlice -> server: large").diagram(actual).holds
    assert not expect("alice -> server: large").diagram(actual).holds
    assert expect("ALICE -> server: small\nalice -> server: small").diagram(actual).outcomes[0].fate == "came"


def test_a_client_with_the_name_of_a_part() -> None:
    """A client may be called server: the word means what it always means."""
    kinds = {"Server": "clients", "bob": "clients", "x": "consumers", "y": "consumers"}
    actual = Story.of([Step(0, "Server", "x", "hi"), Step(1, "y", "bob", "hi")], kinds)
    assert expect("server -> bob: hi").diagram(actual).outcomes[0].place == 1
    assert expect("server -> bob: ho").diagram(actual).difference.startswith("bob should have received `ho`")


def test_nothing_expected_yet() -> None:
    """An expectation without lines does not hold, says what to write, and shows what happened."""
    comparison = compared("# write here", CHAT)
    assert not comparison.holds
    assert comparison.difference.startswith("You expect nothing yet: write one step a line")
    assert len(comparison.steps) == 12


@pytest.mark.parametrize("actual", [None, 3, "server", b"", [1], object()])
def test_what_has_no_record(actual: Any) -> None:
    """What has no record is refused, and the server is asked for."""
    with pytest.raises(LabError, match="has no record") as caught:
        expect("alice -> server: hi").diagram(actual)
    assert "expected.diagram(server)" in caught.value.fix


def test_a_diagram_or_a_recorded_thing() -> None:
    """A diagram will do, and whatever has a story."""

    class Recorded:
        events: tuple[()] = ()

        def story(self) -> Story:
            return story(CHAT)

    for actual in (Diagram(story(CHAT)), Recorded()):
        assert expect("alice -> server: hi").diagram(actual).holds


# The picture


def test_the_picture() -> None:
    """The sentence stands above; each step is marked by a sign, what is missing is in its place, the rest is dotted."""
    comparison = compared("alice -> server: hi\nserver -> bob: ho\nserver -> alice: hi", CHAT)
    text = str(comparison)
    assert text.splitlines()[0] == "Expected against actual: bob should have received `ho`; `alice: hi` came instead."
    assert "✓      40 ms  alice            ──▶ alice's consumer  hi" in text
    assert "≠      90 ms  bob's consumer   ──▶ bob               alice: hi (instead of: ho)" in text
    assert "        0 ms  alice            ┄┄▶ alice's consumer  connect /ws/" in text
    assert text.endswith("✓ as expected; ≠ otherwise than expected; dotted: happened, not mentioned.")
    mermaid = comparison.mermaid()
    assert "Note over p0,p4: bob should have received “ho”#59; “alice: hi”<br/>came instead." in mermaid
    assert "accDescr: bob should have received `ho`#59; `alice: hi` came instead. 12 steps" in mermaid
    assert "    p0->>p2: ✓ hi\n" in mermaid and "    p0-->>p2: connect /ws/\n" in mermaid
    assert "    rect rgba(214, 69, 65, 0.16)\n    p3->>p1: ≠ alice: hi (instead of: ho)\n    end\n" in mermaid
    assert comparison._repr_mimebundle_() == {"text/vnd.mermaid": mermaid, "text/plain": text}


def test_an_error_is_no_cross() -> None:
    """An error on the way has a sign of its own: a cross says that something was expected."""
    made = story("alice > c(alice): hi\nc(alice) > : KeyError: 'x'")
    steps = [replace(step, failed=not step.target) for step in made.steps]
    comparison = expect("alice -> server: hi").diagram(Story.of(steps, made.kinds))
    assert "alice's consumer !  KeyError: 'x'" in str(comparison) and "Note over p1: ! KeyError" in comparison.mermaid()
    assert str(comparison).endswith("✓ as expected; dotted: happened, not mentioned; ! an error.")


def test_long_texts_are_marked() -> None:
    """What is said of a step is not lost behind a long message."""
    long = "word " * 40
    comparison = compared(
        f"server -> bob: {long}x\nserver -> bob: {long}y", f"c(bob) > bob: {long}\nc(bob) > bob: {long}y"
    )
    for form in (str(comparison), comparison.mermaid().replace("<br/>", " ")):
        assert "… (instead of: word" in form and "… (did not come)" not in form
    assert "… (did not come)" in str(compared(f"bob -> server: hi\nserver -> bob: {long}x", "bob > c(bob): hi"))


def test_what_is_missing_is_drawn_where_it_was_due() -> None:
    """What did not come stands before the next expected step, and before its client leaves; it has no time."""
    expected = "alice -> server: hi\nserver -> bob: ho\nserver -> bob: hi\nserver -> bob: bye"
    comparison = compared(expected, CHAT)
    texts = [step.text for step in comparison.steps]
    assert texts.index("ho (did not come)") == texts.index("alice: hi", 9) - 1
    assert texts.index("bye (did not come)") == texts.index("disconnect (1000)") - 1
    assert "✗             bob's consumer   ──✗ bob               ho (did not come)" in str(comparison)
    assert "    p3-xp1: ✗ ho (did not come)" in comparison.mermaid()


def test_what_was_missed_after_leaving() -> None:
    """What should have come to a client that had left stands where it should have come, not at the end."""
    actual = "bob > c(bob): connect /\nbob > c(bob): disconnect (1000)\nalice > c(alice): hi\nalice > c(alice): bye"
    comparison = compared("alice -> server: hi\nserver -> bob: hi", actual)
    assert [step.text for step in comparison.steps][-2:] == ["hi (did not come)", "bye"]


def test_silence_is_drawn() -> None:
    """That nothing came, as expected, is a step of its own; a message that breaks it is marked."""
    kept = compared("alice -> server: hi\neve: nothing", CHAT)
    assert [(step.text, step.mark) for step in kept.steps if step.source == "eve"] == [("nothing came", "✓")]
    broken = compared("alice -> server: hi\nbob: nothing", CHAT)
    assert [step.text for step in broken.steps if step.mark == "≠"] == ["alice: hi (nothing was expected)"]


def test_other_clients_are_left_out() -> None:
    """Only clients that are mentioned are drawn, with what serves them, and one that got what another should."""
    without = compared("bob -> server: disconnect", CHAT).picture.story.participants
    assert without == ["bob", "bob's consumer", "channel layer"]
    got = compared("server -> bob: hi", CHAT.replace("c(bob) > bob: alice: hi", "bob > c(bob): hm"))
    assert "alice" in got.picture.story.participants


def test_an_empty_record_is_drawn() -> None:
    """Where nothing happened at all, what is missing is drawn between the parts that it names."""
    comparison = expect("server -> layer: group_send\nlayer -> server: x").diagram(Story())
    assert comparison.picture.story.participants == ["server", "channel layer"]
    assert "✗" in str(comparison) and "p0-xp1" in comparison.mermaid()


def test_a_long_story_is_thinned() -> None:
    """Of a long story what is marked is kept, and what is near the first difference; the rest is counted."""
    many = "\n".join(f"alice > c(alice): m{number}" for number in range(3000))
    comparison = compared(
        "alice -> server: m7\nalice -> server: m1500\nalice -> server: no", f"{many}\nc(bob) > bob: x"
    )
    assert {"m7", "m1500"} <= {step.text for step in comparison.steps if step.mark}
    assert any(step.mark in "✗≠" for step in comparison.steps if step.mark)
    assert len(comparison.steps) <= 60
    assert "more steps" in str(comparison) and len(str(comparison)) < 10_000
    # What came where it began to differ is seen, though what did not come is drawn where it was due.
    assert {"m1501", "m2999"} <= {step.text for step in comparison.steps}


def test_many_marked_clients() -> None:
    """With many clients, each that is mentioned keeps its lane and its marks."""
    lines = "\n".join(f"k{number} > c(k{number}): hi" for number in range(20))
    kinds = {f"k{number}": "clients" for number in range(20)}
    actual = Story.of(story(lines).steps, kinds)
    comparison = expect("\n".join(f"k{number} -> server: hi" for number in range(20))).diagram(actual)
    assert str(comparison).count("✓ ") == 21 and "others" not in str(comparison)


HOSTILE = "x\nend\nparticipant evil\x1b[2J\u202e;#<b>`%%{init}%%" * 9


def test_hostile_names_and_texts() -> None:
    """Whatever names and messages hold, sentence and picture are bounded and tame, and Mermaid reads none of it."""
    steps = [Step(0, HOSTILE, "c", HOSTILE), Step(1, "d", "bob", HOSTILE), Step(2, "c", HOSTILE, "hi")]
    kinds = {HOSTILE: "clients", "bob": "clients", "c": "consumers", "d": "consumers"}
    actual = Story.of(steps, kinds)
    for expected in ("server -> bob: hi", "bob: nothing", "bob -> server: hi", "server -> bob: <b>;\u202e#`"):
        comparison = expect(expected).diagram(actual, title=HOSTILE)
        assert not comparison.holds
        assert len(comparison.difference) <= 402 and comparison.difference.isprintable()
        assert all(line.isprintable() for line in str(comparison).splitlines())
        assert len(str(comparison).splitlines()) <= 6
        lines = [line.strip() for line in comparison.mermaid().splitlines()]
        assert not any(line.startswith("participant evil") for line in lines)
        assert lines.count("end") == sum(line.startswith("rect ") for line in lines)
        assert not any(sign in line for line in lines for sign in ("<b>", "%%", "\x1b", "\u202e"))
    with pytest.raises(LabError) as caught:
        expect(f"{HOSTILE[:1]} -> server: hi").diagram(actual)
    assert str(caught.value).replace("\n", "").isprintable() and len(str(caught.value)) < 500


@pytest.mark.timeout(20)
def test_the_search_is_bounded() -> None:
    """Many lines that fit many steps, and cannot all be served, are compared in a few seconds."""
    actual = "\n".join(
        f"c(k{number % 30}) > layer: group_send a: x\nk{number % 30} > c(k{number % 30}): y" for number in range(1500)
    )
    kinds = {f"k{number}": "clients" for number in range(30)} | {"channel layer": "layer"}
    made = Story.of(story(actual).steps, kinds)
    expected = expect("\n".join(["server -> layer: group_send", "k1 -> server: y", "k2 -> server: z"] * 33))
    assert not expected.diagram(made).holds


def test_outcomes_have_their_steps() -> None:
    """An outcome names the place of its step in the story, of what should have led to it, and of the line beside."""
    [first, second] = compared("alice -> server: hi\nserver -> bob: hi", CHAT).outcomes
    assert (first.place, second.place) == (4, 9)
    [_, missing] = compared("alice -> server: hi\nserver -> eve: hi", CHAT).outcomes
    assert isinstance(missing, Outcome) and (missing.fate, missing.trigger) == ("elsewhere", 4)
    late = "bob > c(bob): connect /\nalice > c(alice): one\nbob > c(bob): two\nalice > c(alice): connect /"
    said = "bob -> server: connect\nalice -> server: one\nserver -> bob: accept\nserver -> bob: three"
    assert [outcome.trigger for outcome in compared(said, late).outcomes[2:]] == [0, 1]
    [_, early] = compared("server -> bob: hi\nbob -> server: connect", CHAT).outcomes
    assert (early.fate, early.place, early.beside) == ("early", 2, 0)
