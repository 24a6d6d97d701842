"""Who does something, as records keep them: by a name that people read, and by what tells one person from another."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Actor:
    """``name`` is usually an address: it can be changed, and be given to somebody else. ``subject`` is the `sub` of their
    token and stays; functions have none, and neither have those in records that were written before it was kept."""

    name: str
    subject: str = ""

    def may_be(self, other: Self) -> bool:
        """Whether nothing says that these are two: what takes a second person is refused then.

        Where one has no subject, names decide; they may be a subject as well, as older records of drills have it.
        """
        if self.subject and other.subject:
            return self.subject == other.subject
        return not (self.name and other.name) or bool(self._known_as() & other._known_as())

    def _known_as(self) -> set[str]:
        return {word.casefold() for word in (self.name, self.subject) if word}
