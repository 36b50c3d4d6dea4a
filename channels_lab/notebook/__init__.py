"""What a learner sees in JupyterLab: magics, servers to talk to, displays, progress."""
