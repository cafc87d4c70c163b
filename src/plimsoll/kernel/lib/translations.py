"""Translated texts in one look-up. It knows gettext and Django's catalogues, and nothing of what the texts say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import trans_real


class Flat(trans_real.TranslationCatalog):
    """All catalogues of a language and of what it falls back to, as one dictionary; a text that none holds stands for itself."""

    def __init__(self, layers: list[Any]) -> None:
        self._catalogs = [catalog for layer in layers for catalog in layer._catalogs]
        self._plurals = [plural for layer in layers for plural in layer._plurals]
        self.known: dict[str, str] = {}
        for catalog, plural in reversed(list(zip(self._catalogs, self._plurals, strict=True))):
            # A text that has only forms by number is found by its form for one, as gettext itself does.
            self.known |= {key[0]: text for key, text in catalog.items() if isinstance(key, tuple) and key[1] == plural(1)}
            self.known |= {key: text for key, text in catalog.items() if isinstance(key, str)}

    def get(self, key: Any, default: Any = None) -> Any:
        if isinstance(key, str):
            return self.known.get(key, key)
        return super().get(key, default)


def flatten(language: str) -> None:
    """Bring the catalogues of a language into one. Once, before anything is served; answers are the same as before.

    Django keeps one catalogue an app and asks them one after the other, then those of each fallback, twice for a text that is its own
    translation, as every text of the source language is: 2.5 ms of a record page of 12.
    """
    top: Any = trans_real.translation(language)
    layers, layer = [], top
    while layer is not None:
        if isinstance(layer._catalog, trans_real.TranslationCatalog):
            layers.append(layer._catalog)
        layer = layer._fallback
    top._catalog, top._fallback = Flat(layers), None
