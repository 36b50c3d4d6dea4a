"""Invite a guest."""

from typing import Any

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.token_page import forged, new_token
from channels_lab.grading.tree import Person
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_CONSUMERS = "tokens/consumers.py"

task = Task(
    difficulty="medium",
    minutes=25,
    files=(_CONSUMERS,),
    hints=(
        "What must an invitation tell by itself, when nothing is kept in a table, and how do you know that nobody has "
        "changed it?",
        "A `Signer` with a salt of its own: `sign_object` takes who invites and until when; `unsign_object` raises "
        "BadSignature. Only then look at the time.",
        'SIGNER = Signer(salt="tokens.invitations"); SIGNER.sign_object({"by": name, "until": time.time() + seconds}); '
        "told = SIGNER.unsign_object(text), and refuse `BadSignature`, `KeyError`, `TypeError` and `ValueError`.",
    ),
)


async def invitation(trial: Trial, seconds: float, person: Person | None = None) -> tuple[str, str]:
    """Somebody logs in and invites: the invitation, and who it was."""
    person = person or trial.person()
    async with trial.connect("/ws/door/", name=person.name, user=person) as caller:
        await caller.expect_json({"you": person.name, "by": "session"})
        await caller.send_json({"invite": seconds})
        told = await caller.expect_json({"invitation": str})
        return told["invitation"], person.name


async def expect_sent_away(trial: Trial, message: Any, error: str) -> None:
    """A guest who says this first is told an error, and closed."""
    async with trial.connect("/ws/door/", name="guest") as guest:
        if isinstance(message, str):
            await guest.send(message)
        else:
            await guest.send_json(message)
        await guest.expect_json({"error": error})
        await guest.expect_close(4001)


@task.behaviour(points=2)
async def comes_in(trial: Trial) -> None:
    """A guest comes in by an invitation, and is told who has invited, as often as the guest asks."""
    text, name = await invitation(trial, trial.number(60, 600))
    async with trial.connect("/ws/door/", name="guest") as guest:
        await guest.send_json({"invitation": text})
        await guest.expect_json({"you": "guest", "by": name})
        await guest.send(trial.word())
        await guest.expect_json({"you": "guest", "by": name})


@task.behaviour(points=2)
async def not_forged(trial: Trial) -> None:
    """An invitation in which a letter has been changed is `INVITATION_INVALID`; so is anything else, a token too."""
    text, _ = await invitation(trial, trial.number(60, 600))
    for _ in range(4):
        await expect_sent_away(trial, {"invitation": forged(trial, text)}, "INVITATION_INVALID")
    await expect_sent_away(trial, {"invitation": trial.number()}, "INVITATION_INVALID")
    await expect_sent_away(trial, trial.word(), "INVITATION_INVALID")
    token = await new_token(trial, trial.person())
    for one in token, token.partition(".")[2]:
        await expect_sent_away(trial, {"invitation": one}, "INVITATION_INVALID")


@task.behaviour
async def not_for_ever(trial: Trial) -> None:
    """When its time is over it is `INVITATION_EXPIRED`."""
    text, _ = await invitation(trial, -trial.number(5, 50))
    await expect_sent_away(trial, {"invitation": text}, "INVITATION_EXPIRED")


@task.behaviour
async def outlives_a_restart(trial: Trial) -> None:
    """An invitation is good after a restart of the server, too."""
    text, name = await invitation(trial, trial.number(60, 600))
    await trial.restart()
    async with trial.connect("/ws/door/", name="guest") as guest:
        await guest.send_json({"invitation": text})
        await guest.expect_json({"you": "guest", "by": name})


@task.mistake
def for_everything_the_same_signature(evidence: Evidence) -> Said | None:
    """The signer of the tokens signs invitations, too."""
    if not evidence.raised(r"KeyError: '\w+'") or not any(
        one.module == "tokens.signing" for one in evidence.source.imports(_CONSUMERS)
    ):
        return None
    return Said(
        see="A token came as an invitation, and its signature was good.",
        why="What is signed by one signer, with one salt, can be shown wherever that signer is asked: it says that we "
        "have made it, not what for.",
        change='Make a signer of your own: `Signer(salt="tokens.invitations")`.',
        place=next((call.place for call in evidence.source.calls("unsign_object", _CONSUMERS)), None),
    )


@task.mistake
def signed_by_nobody(evidence: Evidence) -> Said | None:
    """The invitation is text that anybody can write."""
    known = {"django.core.signing", "django.core", "tokens.signing", "hmac", "hashlib", "secrets", "uuid", "jwt"}
    error, imported = str(evidence.error), evidence.source.imports(_CONSUMERS)
    used = any(
        one.module in known and set(one.names) - {"BadSignature", "SignatureExpired", "InvalidSignature"}
        for one in imported
    )
    if used or "INVITATION_INVALID" not in error:
        return None
    return Said(
        see="A letter of the invitation was changed, and the door did not see it.",
        why="Whoever reads an invitation can write another one: nothing shows that it is ours.",
        change="Sign it: django.core.signing has `Signer`, with `sign_object` and `unsign_object`.",
    )
