"""A crew: the worker processes of this machine, started when there is work for one more, and replaced when they die."""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from channels_lab.course.answer import Answer
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.job import NotJudged
from channels_lab.marking.member import Member
from channels_lab.sandbox.confinement import alone

__all__ = ["PER_CORE", "Crew", "cores"]

# How many submissions are judged at once for each core: checks wait more than they compute.
PER_CORE = 8


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """Judges in worker processes, one for each core, for as many threads as ask. `close` ends all of them.

    A pool of the library's would lose all its workers with one, and could not confine them.
    """

    def __init__(self, root: Path, checkpoints: Path, *, trust: bool) -> None:
        words = [sys.executable, "-P", "-m", "channels_lab.marking.worker", str(root), str(checkpoints)]
        self._command = [*words, "trust" if trust else "confine"]
        self._before = [] if trust else alone()
        self._members: list[Member] = []
        self._apart: set[Member] = set()  # which have one submission, and get no other
        self._lock = threading.Lock()
        self._over = False

    def begin(self, jobs: int) -> None:
        """Start workers for so many submissions; nothing is awaited. Raises LabError where that is impossible."""
        for _ in range(min(jobs, cores())):
            member = Member(self._command, self._before)
            with self._lock:
                self._members.append(member)

    def judge(self, answers: Sequence[Answer], seconds: float, *, apart: bool = False) -> list[Verdict]:
        """The verdicts on a submission's answers, in order; `apart`, by a worker that judges no other meanwhile.

        Raises NotJudged when the worker ends or needs longer, LabError when no submission can be judged.
        """
        member = self._borrow(apart)
        try:
            return member.judge(answers, seconds)
        finally:
            self._give_back(member)

    def rest(self) -> None:
        """End the workers that have nothing to do."""
        with self._lock:
            idle = [one for one in self._members if not one.busy]
            self._members = [one for one in self._members if one.busy]
        _end(idle)

    def close(self) -> None:
        """End all workers; whoever waits for one is told that it has ended."""
        with self._lock:
            self._over = True
            members, self._members = [*self._members, *self._apart], []
        _end(members)

    def _borrow(self, apart: bool) -> Member:
        with self._lock:
            if self._over:
                raise NotJudged("The run is over.")
            dead = [one for one in self._members if not (one.alive or one.busy)]
            self._members = [one for one in self._members if one not in dead]
            there = [one for one in self._members if one.alive]
            member = min(there, key=lambda one: one.busy, default=None)
            if member is None or (member.busy and (apart or len(there) < cores())):
                member = Member(self._command, self._before)
                self._members.append(member)
            if apart:
                self._members.remove(member)
                self._apart.add(member)
            member.busy += 1
        _end(dead)
        return member

    def _give_back(self, member: Member) -> None:
        with self._lock:
            member.busy -= 1
            done = not member.busy and (not member.alive or self._over)
            if member in self._apart:
                self._apart.discard(member)
                # Another may be in its place by now.
                done = done or len(self._members) >= cores()
                if not done:
                    self._members.append(member)
            if done and member in self._members:
                self._members.remove(member)
        if done:
            member.end()


def _end(members: list[Member]) -> None:
    for member in members:
        member.ask_to_end()
    for member in members:
        member.end()
