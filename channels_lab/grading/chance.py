"""Chance: the words, rooms and numbers of one check, from one seed, so that no reply can be known beforehand."""

import random

__all__ = ["Chance"]

_ONSETS = (*"bdfghklmnprstvz", "br", "dr", "fl", "gr", "kl", "pl", "sk", "st", "tr")
_NUCLEI = (*"aeiou", "ai", "au", "ea", "io", "oa")
_SCRIPTS = ("안녕", "привет", "żółw", "naïve", "日本", "🎈", "&lt;", "<b>", '"', "'", "\\n")


class Chance:
    """Makes what differs from check to check. `random` is Python's own generator, for anything else."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = random.SystemRandom().getrandbits(32) if seed is None else seed
        self.random = random.Random(self.seed)
        self._given: set[str] = set()

    def word(self) -> str:
        """A word that can be spoken, and that was not given before: "drekio"."""
        while True:
            syllables = self.random.randint(2, 3)
            word = "".join(self.random.choice(_ONSETS) + self.random.choice(_NUCLEI) for _ in range(syllables))
            if word not in self._given:
                self._given.add(word)
                return word

    def words(self, count: int) -> list[str]:
        """So many different words."""
        return [self.word() for _ in range(count)]

    def text(self) -> str:
        """A sentence with letters and signs that code likes to break on."""
        return " ".join([self.word(), self.random.choice(_SCRIPTS), self.word()])

    def room(self) -> str:
        """A room's name: small letters and digits, without a space."""
        return f"{self.word()}-{self.random.randint(10, 99)}"

    def number(self, low: int = 1000, high: int = 9999) -> int:
        """A whole number between these two, both included."""
        return self.random.randint(low, high)
