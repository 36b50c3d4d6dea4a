"""Behind the mask."""

from websockets.frames import Frame, Opcode

from channels_lab.grading.caller import Caller
from channels_lab.grading.dial import Heard
from channels_lab.grading.streams_trial import StreamsTrial
from channels_lab.grading.task import Task
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

task = Task(
    kind="streams",
    difficulty="medium",
    minutes=25,
    files=("byhand.py",),
    hints=(
        "How many bytes of a frame must have come before you know how long it is?",
        "Two bytes; where the length in them is 126 or 127, two or eight more; then the mask, then the payload. "
        "`readexactly` waits until so many have come. A server's own frame has no mask, and the same three lengths.",
        "first, second = await reader.readexactly(2); length = second & 127; 126: int.from_bytes(await "
        "reader.readexactly(2)); payload: bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked))",
    ),
)

TEXT, BINARY = 1, 2


@task.behaviour(points=2)
async def short_ones(trial: StreamsTrial) -> None:
    """A short message comes back: unmasked, in one frame, of the same kind."""
    for opcode, word in ((TEXT, trial.word()), (BINARY, trial.word())):
        payload = f"{word} {trial.word()}".encode()
        framed = Frame(Opcode(opcode), payload).serialize(mask=True)
        wish = "A message should come back as it was"
        async with trial.dial() as ada:
            await ada.shake()
            await ada.say(framed)
            heard = await ada.hear(wish)
            if heard.payload == framed[6:]:
                raise Unmet(f"{wish}; it came back masked: XOR it with the four bytes before it.")
            if not heard.fin:
                raise Unmet(f"{wish}, in one frame; the first bit of what came, FIN, says that more will follow.")
            if (heard.opcode, heard.payload) != (opcode, payload):
                raise Unmet(f"{wish}; {heard} came instead of {str(Heard(opcode, payload, True)).removesuffix(',')}.")


@task.behaviour(points=2)
async def a_real_client(trial: StreamsTrial) -> None:
    """A real client can talk, and close."""
    async with trial.connect("/", name="ada") as ada:
        for text in (trial.text(), "", trial.word()):
            await ada.send(text)
            await ada.expect_text(text)


async def comes_back(trial: StreamsTrial, ada: Caller, length: int) -> None:
    """A message of so many bytes comes back."""
    data = trial.random.randbytes(length)
    try:
        await ada.send(data)
        await ada.expect_bytes(data)
    except Unmet as unmet:
        raise Unmet(f"A message of {length} bytes should come back. {unmet.message}", details=unmet.details) from None


@task.behaviour(points=2)
async def long_ones(trial: StreamsTrial) -> None:
    """Longer messages come back, too: up to 65535 bytes, with two bytes of length."""
    for length in (125, 126, trial.number(300, 9999), 65_535):
        async with trial.connect("/", name="ada") as ada:
            await comes_back(trial, ada, length)


@task.behaviour
async def very_long_ones(trial: StreamsTrial) -> None:
    """Still longer messages come back, with eight bytes of length."""
    for length in (65_536, trial.number(66_000, 99_999)):
        async with trial.connect("/", name="ada") as ada:
            await comes_back(trial, ada, length)


@task.behaviour(points=2)
async def a_slow_network(trial: StreamsTrial) -> None:
    """Frames are found however the network cuts them: in drops, or two at once."""
    words = [word.encode() for word in trial.words(2)]
    for apart, how in ((3, "three bytes at a time"), (0, "at once")):
        async with trial.dial() as ada:
            await ada.shake()
            await ada.say(b"".join(ada.frame(TEXT, word) for word in words), apart=apart)
            for word in words:
                await ada.expect(TEXT, word, f"Two frames are sent {how}: each should come back")
