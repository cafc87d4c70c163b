"""Typed events: publish and connect; plain Python."""

from plimsoll.kernel.events.bus import Event, KeptChanged, connect, publish, wired

__all__ = ["Event", "KeptChanged", "connect", "publish", "wired"]
