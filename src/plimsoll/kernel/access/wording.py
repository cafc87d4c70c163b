"""A word of authority (`incident:resolve`) as people say it. Who knows the labels of kinds and moves stands higher and says so once."""

from __future__ import annotations

from collections.abc import Callable

_speakers: list[Callable[[str], str]] = []


def say_with(speaker: Callable[[str], str]) -> None:
    """Let this say what a word allows, as the doing of it ("changing settings"). The last one said counts."""
    _speakers.append(speaker)


def doing(word: str) -> str:
    """What the word allows, as the doing of it; as plain words of its own where nobody knows better."""
    if _speakers:
        return _speakers[-1](word)
    kind, _colon, action = word.partition(":")
    return f"“{action.partition('@')[0].replace('_', ' ')}” ({kind})"


__all__ = ["doing", "say_with"]
