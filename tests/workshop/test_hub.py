"""The configuration of hub/: a learner on a real JupyterHub that has it, and what Kubernetes would be asked for."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from httpx import HTTPStatusError

from channels_lab.course.course import Course

from . import chart
from .hub import Hub
from .learner import Learner

# Where the pod has what lies elsewhere on this machine.
HOME, COURSE, SERVERS = "/home/jovyan", "/srv/repo", "/etc/jupyter"

BY_THE_CHART = """
def by_the_chart(spawner):
    before(spawner)
    if spawner.user.name != "zoe":
        return
    settings = {settings!r}
    for name, value in settings["environment"].items():
        settings["environment"][name] = value.replace({home!r}, spawner.home_dir)
    settings["cmd"][0] = os.environ["CHANNELS_LAB_ENVIRONMENT"] + "/bin/" + settings["cmd"][0]
    spawner.args = []
    for name in settings:
        spawner.set_trait(name, settings[name])

c.Spawner.pre_spawn_hook = by_the_chart
"""
POD = """
import asyncio, json, sys
from types import SimpleNamespace
from jupyterhub.objects import Hub
from kubespawner import KubeSpawner
from traitlets.config import Config

async def main():
    settings = json.load(sys.stdin)
    unknown = set(settings) - set(KubeSpawner.class_trait_names(config=True))
    user = SimpleNamespace(name="ada", id=1, escaped_name="ada", url="/user/ada/", server=None, groups=[])
    spawner = KubeSpawner(config=Config(KubeSpawner=settings), _mock=True, hub=Hub(), user=user)
    (pod,) = (await spawner.get_pod_manifest()).to_dict()["spec"]["containers"]
    environment = {one["name"]: one["value"] for one in pod["env"]}
    claim = spawner.get_pvc_manifest().to_dict()["spec"]["resources"]
    print(json.dumps([sorted(unknown), pod["args"], pod["resources"], environment, claim]))

asyncio.run(main())
"""
NOWHERE = """
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: none, user: {}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
"""


def test_the_chart_knows_every_value() -> None:
    """hub/values.yaml has no name that the chart does not know, and a misspelt one would be told."""
    assert [name for name, _ in chart.each() if name not in chart.TRAITS and name not in chart.UNSEEN] == []
    said = {"singleuser": {"memory": {"limt": "1G"}, "cmd": ["channels-lab"]}}
    assert [name for name, _ in chart.each(said)] == ["singleuser.memory.limt", "singleuser.cmd"]


@pytest.mark.slow
def test_kubernetes_is_asked_for_a_learner(tmp_path: Path) -> None:
    """The real KubeSpawner knows all that the values set, and makes a pod of it with our command, limits and home."""
    pytest.importorskip("kubespawner", reason="uv sync --group test --group kubernetes")
    (tmp_path / "kubeconfig").write_text(NOWHERE)
    settings = {chart.TRAITS[name]: value for name, value in chart.each() if name in chart.TRAITS}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", POD],
        input=json.dumps(settings),
        env={"KUBECONFIG": str(tmp_path / "kubeconfig")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    unknown, command, resources, environment, claim = json.loads(ran.stdout)
    assert (unknown, command) == ([], ["channels-lab", "hub"])
    assert resources["limits"] == {"cpu": 2.0, "memory": 2**30}
    assert resources["requests"] == {"cpu": 0.05, "memory": 300 * 2**20}
    assert (
        environment.items() >= {"CHANNELS_LAB_ROOT": COURSE, "CHANNELS_LAB_WORKSPACE": f"{HOME}/channels-lab"}.items()
    )
    assert claim["requests"] == {"storage": "1Gi"}


def by_the_chart(course: Course, folder: Path) -> str:
    """Configuration that starts zoe's server as the values say, with paths of this machine in place of the pod's."""
    servers = folder / "jupyter"
    settings = {chart.TRAITS[name]: value for name, value in chart.each() if name in chart.TRAITS}
    del settings["storage_capacity"]  # a disk is for Kubernetes
    for file in chart.values()["singleuser"]["extraFiles"].values():
        here = servers / Path(file["mountPath"]).relative_to(SERVERS)
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_text(json.dumps(file["data"]))
    settings["environment"]["JUPYTER_CONFIG_PATH"] = str(servers)
    assert settings["environment"]["CHANNELS_LAB_ROOT"] == COURSE
    settings["environment"]["CHANNELS_LAB_ROOT"] = str(course.root)
    return BY_THE_CHART.format(settings=settings, home=HOME)


@pytest.mark.timeout(500)
async def test_learners_on_a_hub(course: Course, tmp_path: Path) -> None:
    """By jupyterhub_config.py as by values.yaml: who logs in is led to their copy of chapter 00, their idle kernels
    are to end, their work is their own, and a page of their server is below their path, where nobody else finds it.
    """

    async def learn(name: str) -> None:
        async with Learner(hub, name) as learner:
            assert learner.first == f"{hub.local}/user/{name}/lab/tree/notebooks/00_start_here.ipynb"
            assert "Start here" in (await learner.get(f"{learner.home}api/contents/notebooks/00_start_here.ipynb")).text
            page = await learner.run(
                '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("07")',
                'server = await lab.daphne()\nprint(server.show("/chat/lobby/").src)',
            )
            assert page.startswith(f"/user/{name}/proxy/")
            assert 'id="chat-log"' in (await learner.get(page.strip())).text
            assert (hub.workspace(name).project / "manage.py").is_file()
            assert not hub.workspace(name).folder.stat().st_mode & 0o077
            with pytest.raises(HTTPStatusError, match=r"40[34]"):
                await learner.get(page.strip().replace(name, {"ada": "zoe", "zoe": "ada"}[name]))

    async with Hub(course, tmp_path, by_the_chart(course, tmp_path)) as hub:
        await asyncio.gather(learn("ada"), learn("zoe"))
        assert hub.log().count("Culling kernels with idle durations > 3600 seconds at 120 second intervals") == 2
        assert "not recognized by" not in hub.log()
