"""The tasks, a module each: `t06_2.py` is task 06.2. Its docstring is the title, `task` the task."""
