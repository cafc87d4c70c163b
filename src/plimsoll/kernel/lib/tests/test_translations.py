"""Flattened catalogues answer as Django's own do, in every language that there is something of."""

from collections.abc import Iterator

import pytest
from django.utils.translation import gettext, ngettext, override, pgettext, trans_real

from plimsoll.kernel.lib.translations import Flat, flatten


def layers(language: str) -> list[trans_real.TranslationCatalog]:
    found, layer = [], trans_real.translation(language)
    while layer is not None:
        found += [layer._catalog] if layer._catalog else []  # type: ignore[attr-defined]
        layer = layer._fallback  # type: ignore[attr-defined]
    return found


def forget() -> None:
    trans_real._translations.clear()  # type: ignore[attr-defined]
    trans_real._default = None  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def unflattened() -> Iterator[None]:
    """Each test begins and ends with Django's own catalogues."""
    forget()
    yield
    forget()


@pytest.mark.parametrize("language", ["en-gb", "de", "ru", "ar"])
def test_every_text_and_every_form_by_number_is_what_it_was(language: str) -> None:
    keys = {key for layer in layers(language) for key in layer.keys()}  # noqa: SIM118 (a catalogue cannot be walked)
    texts = sorted({key if isinstance(key, str) else key[0] for key in keys} - {""}) + ["Nobody ever translated this sentence."]
    plain = [text.split("\x04") for text in texts]

    def said() -> list[str]:
        with override(language):
            ones = [pgettext(*text) if len(text) == 2 else gettext(text[0]) for text in plain]
            return ones + [ngettext(text[0], "several", n) for text in plain if len(text) == 1 for n in (0, 1, 2, 5, 11, 100)]

    before = said()
    flatten(language)
    assert isinstance(trans_real.translation(language)._catalog, Flat)  # type: ignore[attr-defined]
    assert said() == before
    assert len(texts) > 300


def test_flattening_twice_changes_nothing() -> None:
    flatten("de")
    flatten("de")
    with override("de"):
        assert (gettext("Yes"), gettext("Nobody ever translated this.")) == ("Ja", "Nobody ever translated this.")
