"""Ping, pieces, too much."""

from channels_lab.grading.dial import Dial
from channels_lab.grading.streams_trial import StreamsTrial
from channels_lab.grading.task import Task

__all__ = ["task"]

task = Task(
    kind="streams",
    difficulty="hard",
    minutes=30,
    files=("byhand.py",),
    hints=(
        "Which frames are a message's, and which are about the connection? Which of them does a ping interrupt?",
        "Keep the pieces, and the opcode of the first, until a frame with FIN comes. Ping, pong and close have nothing "
        "to do with them, and are answered at once.",
        "fin, opcode, payload = await read_frame(reader); PING: frame(PONG, payload); CLOSE: frame(CLOSE, payload[:2]) "
        "and return; else: kind = opcode or kind; message += payload; more than MOST: CLOSE, 1009; fin: send, reset",
    ),
)

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MOST = 1000


async def pieces(trial: StreamsTrial, ada: Dial, opcode: int, payload: bytes) -> None:
    """Send a message in three pieces."""
    first, second = sorted(trial.random.sample(range(1, len(payload)), 2))
    await ada.say(ada.frame(opcode, payload[:first], fin=False))
    await ada.say(ada.frame(CONTINUATION, payload[first:second], fin=False))
    await ada.say(ada.frame(CONTINUATION, payload[second:]))


@task.behaviour(points=2)
async def put_together(trial: StreamsTrial) -> None:
    """A message in pieces comes back whole, once, and of its kind."""
    kinds = [TEXT, BINARY]
    trial.random.shuffle(kinds)
    async with trial.dial() as ada:
        await ada.shake()
        for opcode in (*kinds, TEXT):
            payload = " ".join(trial.words(3)).encode()
            if opcode == kinds[1]:
                await ada.say(ada.frame(opcode, payload))
                await ada.expect(opcode, payload, "After a message in pieces, a whole one should come back")
            else:
                await pieces(trial, ada, opcode, payload)
                await ada.expect(opcode, payload, "A message in three pieces should come back in one")


@task.behaviour(points=2)
async def answers_pings(trial: StreamsTrial) -> None:
    """A ping is answered by a pong with the same bytes, also between two pieces; a pong by nothing."""
    async with trial.dial() as ada:
        await ada.shake()
        ping, first, second = (word.encode() for word in trial.words(3))
        await ada.say(ada.frame(PING, ping))
        await ada.expect(PONG, ping, "A ping should be answered by a pong with its payload")
        await ada.say(ada.frame(TEXT, first, fin=False))
        await ada.say(ada.frame(PING, ping[::-1]))
        await ada.expect(PONG, ping[::-1], "A ping between two pieces should be answered at once")
        await ada.say(ada.frame(PONG, ping) + ada.frame(CONTINUATION, second))
        await ada.expect(TEXT, first + second, "A ping and a pong between two pieces should not be part of the message")


@task.behaviour(points=2)
async def too_much(trial: StreamsTrial) -> None:
    """A message of more than 1000 bytes, whole or in pieces, is answered by a close with 1009; one of 1000 is not."""
    size = trial.number(MOST + 1, MOST + 500)
    data = trial.random.randbytes(MOST)
    async with trial.dial() as ada:
        await ada.shake()
        await pieces(trial, ada, BINARY, data)
        await ada.expect(BINARY, data, "A message of just 1000 bytes should come back")
        await ada.say(ada.frame(BINARY, trial.random.randbytes(size)))
        await ada.expect_close(1009, f"A message of {size} bytes should be answered by a close with 1009")
    async with trial.dial() as ada:
        await ada.shake()
        await ada.say(ada.frame(BINARY, data, fin=False))
        await ada.say(ada.frame(CONTINUATION, data[:10], fin=False))
        wish = "When the pieces are more than 1000 bytes together, a close with 1009 should come"
        await ada.expect_close(1009, wish)


@task.behaviour
async def answers_a_close(trial: StreamsTrial) -> None:
    """A close is answered by a close with the same code, and the server hangs up."""
    code = trial.number(4000, 4999)
    async with trial.dial() as ada:
        await ada.shake()
        await ada.say(ada.frame(CLOSE, code.to_bytes(2) + trial.word().encode()))
        await ada.expect_close(code, "A close should be answered by a close with the same code")
    async with trial.connect("/", name="bob") as bob:
        word = trial.word()
        await bob.send(word)
        await bob.expect_text(word)
