"""Settings for strangers."""

import re

from channels_lab.errors import LabError
from channels_lab.grading.chance import Chance
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

_SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.production"}
_HTTPS = {"X-Forwarded-Proto": "https"}
_HOUR = 3600
_SERVER = "the real site"

task = Task(
    difficulty="medium",
    minutes=20,
    files=("config/production.py",),
    hints=(
        "What has `config/settings.py` worked out already, by the time your lines run, from DEBUG being on?",
        "Go through the table: each line is a setting or two. `manage.py check --deploy` names those that are missing.",
        'DEBUG = SIGN_UP_OPEN = False; ALLOWED_HOSTS = env_list("SITE_HOSTS"), and raise ImproperlyConfigured where it '
        "is empty; SECURE_SSL_REDIRECT, SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_PROXY_SSL_HEADER, "
        "SECURE_HSTS_…",
    ),
    deadline=30,
)


async def start(trial: Trial) -> str:
    """Start the site with these settings, once for all behaviours: the name of its host."""
    host = f"{Chance(trial.chance.seed).word()}.example"
    running = trial.box.process(_SERVER)
    if not running or not running.alive:
        await trial.daphne(_SERVER, env=_SETTINGS | {"SITE_HOSTS": f"{trial.word()}.example,{host}"})
    return host


@task.behaviour
async def https(trial: Trial) -> None:
    """Who comes by HTTP is sent to HTTPS; who comes by HTTPS, as Nginx says, is served, and told to come so again."""
    host = await start(trial)
    answer = await trial.get("/people/login/", status=None, server=_SERVER, headers={"Host": host})
    where = answer.headers.get("location", "nowhere")
    trial.expect(
        where == f"https://{host}/people/login/",
        f"GET http://{host}/people/login/ should lead to https://{host}/people/login/; {answer.status_code} came, "
        f"leading {where if where == 'nowhere' else f'to {where}'}",
    )
    answer = await trial.get("/people/login/", server=_SERVER, headers={"Host": host, **_HTTPS})
    hsts = re.search(r"max-age=(\d+)", answer.headers.get("strict-transport-security", ""))
    trial.expect(hsts and int(hsts[1]) >= _HOUR, "Strict-Transport-Security should be said, for an hour at least")


@task.behaviour
async def cookies(trial: Trial) -> None:
    """Cookies come with `Secure`."""
    host = await start(trial)
    answer = await trial.get("/people/login/", status=None, server=_SERVER, headers={"Host": host, **_HTTPS})
    cookie = answer.headers.get("set-cookie", "")
    trial.expect("secure" in cookie.lower(), "The cookie csrftoken should have come with Secure, and came without")


@task.behaviour
async def hosts(trial: Trial) -> None:
    """It answers by the names in SITE_HOSTS, and by no other; and shows nobody what stands inside."""
    host = await start(trial)
    for name, status in {host: 404, f"{trial.word()}.example": 400, "127.0.0.1": 400}.items():
        path = f"/{trial.word()}/"
        answer = await trial.get(path, status=None, server=_SERVER, headers={"Host": name, **_HTTPS})
        trial.expect(
            answer.status_code == status,
            f"GET https://{name}{path} should have been answered with {status}; {answer.status_code} came",
        )
        trial.expect("DEBUG = True" not in answer.text, "A page of errors shows the settings: DEBUG is on")


@task.behaviour
async def named(trial: Trial) -> None:
    """Without SITE_HOSTS it does not start, and says that it is missing."""
    try:
        await trial.manage("check", env=_SETTINGS)
    except Unmet as error:
        text = f"{error.message} {error.details}"
        if "SITE_HOSTS" not in text:
            raise Unmet("The error should name SITE_HOSTS.", details=error.details) from None
    else:
        raise Unmet("Without SITE_HOSTS the site should not have started, and it did.")


@task.behaviour
async def nobody_signs_up(trial: Trial) -> None:
    """Nobody can sign up."""
    host = await start(trial)
    answer = await trial.get("/people/signup/", status=None, server=_SERVER, headers={"Host": host, **_HTTPS})
    trial.expect(answer.status_code in (403, 404), f"/people/signup/ should be closed; {answer.status_code} came")


@task.behaviour
async def deploy(trial: Trial) -> None:
    """`manage.py check --deploy` has nothing against it."""
    words = "check", "--deploy", "--fail-level", "WARNING"
    try:
        await trial.manage(*words, env=_SETTINGS | {"SITE_HOSTS": f"{trial.word()}.example"})
    except LabError as error:
        found = ", ".join(dict.fromkeys(re.findall(r"security\.W\d+", f"{error.details} {error.message}")))
        raise Unmet(f"`manage.py {' '.join(words)}` has something to say: {found}.", details=error.details) from None
