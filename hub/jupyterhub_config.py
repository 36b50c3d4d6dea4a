"""A JupyterHub's part of the course: on The Littlest JupyterHub a file in /opt/tljh/config/jupyterhub_config.d/,
elsewhere  load_subconfig("/opt/channels-lab/hub/jupyterhub_config.py")  in the hub's own configuration.

The course is cloned once, to COURSE, and belongs to root; each learner's work is in their own ~/channels-lab.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub's and TLJH's loaders have it

COURSE = Path(os.environ.get("CHANNELS_LAB_ROOT", "/opt/channels-lab"))
ENVIRONMENT = Path(os.environ.get("CHANNELS_LAB_ENVIRONMENT", COURSE / ".venv"))

c.Spawner.cmd = [str(ENVIRONMENT / "bin" / "channels-lab"), "hub"]
c.Spawner.environment = {"CHANNELS_LAB_ROOT": str(COURSE)}
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.start_timeout = 120  # thirty at once, on a small machine

# A kernel with its servers is under 300 MiB. Some learners leave five notebooks open.
c.Spawner.mem_limit = "1G"
c.Spawner.args = [
    # A kernel that nobody looks at ends after an hour, and with it all that it started. The learner's files stay.
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=120",
]
