"""Stop this attack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.token_page import new_token
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

task = Task(
    difficulty="hard",
    minutes=25,
    files=("tokens/origins.py",),
    hints=(
        "Write down the Origins of the table one below the other. Which of them does each of the three conditions let "
        "in, and why?",
        "Nothing here is a question of text that stands somewhere in another. Take the Origin apart with `urlsplit`: "
        "scheme, host and port have to be right, each of them.",
        "partner = urlsplit(trusted); parts = urlsplit(origin); parts.scheme == partner.scheme and (parts.netloc == "
        'partner.netloc or partner.netloc.startswith("*.") and parts.netloc.endswith(partner.netloc[1:]))',
    ),
)


@asynccontextmanager
async def with_partners(trial: Trial) -> AsyncIterator[tuple[str, str]]:
    """A server that trusts a page by name, and all below a domain; the two domains."""
    one, many = (f"{trial.word()}.example" for _ in range(2))
    await trial.daphne("partners", env={"DJANGO_TRUSTED_ORIGINS": f"https://{one},https://*.{many}"})
    yield one, many
    await trial.stop("partners")


async def expect_kept_out(
    trial: Trial, who: str, origin: str | None, server: str = "main", subprotocols: list[str] | None = None
) -> None:
    """A page with this Origin, opened by somebody who is logged in, does not get in."""
    try:
        await trial.expect_refused(
            "/ws/door/", name=who, user="alice", origin=origin, server=server, subprotocols=subprotocols
        )
    except Unmet as error:
        named = f"{who} ({origin})" if origin else who  # too long for the picture
        raise Unmet(error.message.replace(who, named, 1), error.fix, error.details) from None


@task.behaviour
async def ours(trial: Trial) -> None:
    """Our own page gets in, and a program with a token, which has no Origin."""
    person = trial.person()
    async with trial.connect("/ws/door/", name="our page", user=person) as page:
        await page.expect_json({"you": person.name, "by": "session"})
    token = await new_token(trial, person)
    async with trial.connect("/ws/door/", name="robot", origin=None, subprotocols=["channelslab", token]) as robot:
        await robot.expect_json({"you": person.name, "by": "token"})


@task.behaviour(points=2)
async def strangers(trial: Trial) -> None:
    """A stranger's page does not get in: from elsewhere, from another port, from a name that begins like ours."""
    port, name = trial.box.ports["main"], f"{trial.word()}.example"
    pages = {
        "a page from elsewhere": f"https://{name}",
        "a page from another port": f"http://127.0.0.1:{port + 1}",
        "a page from a name that begins like ours": f"http://127.0.0.1.{name}:{port}",
    }
    for who in trial.random.sample(list(pages), len(pages)):
        await expect_kept_out(trial, who, pages[who])


@task.behaviour
async def nobody(trial: Trial) -> None:
    """Whoever hides where it comes from does not get in: `null`, or no Origin and no token."""
    await expect_kept_out(trial, "a page without a name", "null")
    await expect_kept_out(trial, "a client without Origin and token", None)


@task.behaviour
async def no_password(trial: Trial) -> None:
    """A stranger's page that says `channelslab` only does not get in."""
    origin = f"https://{trial.word()}.example"
    await expect_kept_out(trial, "a page that says channelslab", origin, subprotocols=["channelslab"])


@task.behaviour
async def partners(trial: Trial) -> None:
    """A partner's page gets in: the one that is named, and whatever is below a domain with `*.`"""
    async with with_partners(trial) as (one, many):
        for host in one, f"{trial.word()}.{many}":
            async with trial.connect(
                "/ws/door/", name=f"a partner ({host})", user="bob", origin=f"https://{host}", server="partners"
            ):
                pass


@task.behaviour(points=2)
async def nearly_partners(trial: Trial) -> None:
    """A page that only looks like a partner's does not get in."""
    async with with_partners(trial) as (one, many):
        word = trial.word()
        pages = {
            "a page whose name ends like a partner's": f"https://{word}{many}",
            "a partner's page without HTTPS": f"http://{word}.{many}",
            "a page from another port of a partner's": f"https://{word}.{many}:8443",
            "a page from a name that begins like a partner's": f"https://{word}.{many}.{trial.word()}.example",
            "a page from below a partner's name": f"https://{word}.{one}",
        }
        for who in trial.random.sample(list(pages), len(pages)):
            await expect_kept_out(trial, who, pages[who], "partners")


@task.mistake
def a_partner_is_refused(evidence: Evidence) -> Said | None:
    """Somebody is refused whom CSRF_TRUSTED_ORIGINS names."""
    if not str(evidence.error).startswith("a partner ("):
        return None
    return Said(
        see="A page that `settings.CSRF_TRUSTED_ORIGINS` trusts was refused.",
        why="An entry is a whole Origin, `https://one.example`, or has a star: `https://*.many.example`. The star "
        "stands for any name in front of that dot.",
        change="Compare scheme and name of the Origin with those of each entry; where its name begins with `*.`, with "
        "the rest of it, from the dot on.",
        place=next((call.place for call in evidence.source.calls("is_partner", "tokens/origins.py")), None),
    )


@task.mistake
def a_stranger_is_let_in(evidence: Evidence) -> Said | None:
    """Somebody got in who should not have."""
    error = str(evidence.error)
    who, refused, _ = error.partition(" should have been refused")
    if not refused:
        return None
    condition = "for our own pages"
    if "channelslab" in who or "without Origin" in who:
        condition = "for programs"
    elif "partner" in who:
        condition = "for partners"
    return Said(
        see=f"The condition {condition} let in {who}.",
        why="The browser of whoever looks at that page has sent Alice's cookie along. The page reads now what Alice "
        "may read, and says what it likes in her name.",
        change="See which part of the Origin that condition does not look at: scheme, name, port, or whether there is "
        "one at all.",
    )
