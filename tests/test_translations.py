"""No text is written into a template without being marked for translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.system import ROOT

pytestmark = pytest.mark.once

TEMPLATES = sorted((ROOT / "src").glob("**/templates/**/*.html"))
# Names, and what is the same in every language.
SAME_EVERYWHERE = {"Plimsoll", "P", "Esc", "Ctrl", "Enter", "Shift", "Cmd", "K", "KB", "CSV", "API", "URL", "HTML", "YAML", "JSON"}
SPOKEN_ATTRIBUTES = r"\b(?:aria-label|title|alt|placeholder|data-word)\s*=\s*\"([^\"]*)\""
A_WORD = re.compile(r"[^\W\d_]{2,}")


def bare_words(source: str) -> list[str]:
    """The words between tags and in spoken attributes that stand outside translate and blocktranslate."""
    source = re.sub(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", " ", source, flags=re.DOTALL)
    source = re.sub(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", " ", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    source = re.sub(r"<(script|style|kbd|code|title)\b[^>]*>.*?</\1>", " ", source, flags=re.DOTALL)
    spoken = " ".join(re.findall(SPOKEN_ATTRIBUTES, source))
    between = re.sub(r"<[^>]*>", " ", source)
    between = re.sub(r"&\w+;|[\w-]+=\"[^\"]*\"", " ", between)  # also attributes that a block adds to a tag of another template
    return [word for word in A_WORD.findall(f"{spoken} {between}") if word not in SAME_EVERYWHERE]


def test_the_search_finds_a_bare_word() -> None:
    assert bare_words("<p>Hello</p>{% translate 'there' %}<b title=\"{% translate 'x' %}\">{{ name }}</b>") == ["Hello"]
    assert bare_words('<a aria-label="Close it">{% blocktranslate %}Shut {{ door }}{% endblocktranslate %}</a>') == ["Close", "it"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)).rpartition("templates/")[2])
def test_a_template_has_no_text_outside_translation(template: Path) -> None:
    assert bare_words(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)).rpartition("templates/")[2])
def test_a_mark_has_no_word_of_its_own(template: Path) -> None:
    """`{% state "active" word %}`: what a tag shows beside the shape is handed in, translated."""
    assert re.findall(r"{%\s*(?:state|verdict)\s+\S+\s+[\"'][^%]*%}", template.read_text(encoding="utf-8")) == []
