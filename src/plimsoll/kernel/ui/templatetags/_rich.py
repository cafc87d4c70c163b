"""Text that people wrote, from Markdown to HTML that may stand in a page."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "p",
    "br",
    "hr",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "img",
}
_TAGS |= {"h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}


_ATTACHED = re.compile(r"/[a-z]+/[0-9]+/attachments/[0-9]+/")


def _image(self: Any, tokens: Any, number: int, options: Any, env: Any) -> str:
    """Only files attached to records are shown: an image from elsewhere would tell its sender who reads, when and where, and any other
    address of our own would be asked, and perhaps do something, each time the text is looked at."""
    token = tokens[number]
    source, alt = str(token.attrGet("src") or ""), escape(token.content)
    if _ATTACHED.fullmatch(source):
        return f'<img src="{escape(source)}" alt="{alt}">'
    return f'<a href="{escape(source)}">{alt or escape(source)}</a>'


def _heading_open(self: Any, tokens: Any, number: int, options: Any, env: Any) -> str:
    level = env.get("level")
    return f"<h{min(6, level + int(tokens[number].tag[1]) - 1)}>" if level else "<p><strong>"


def _heading_close(self: Any, tokens: Any, number: int, options: Any, env: Any) -> str:
    level = env.get("level")
    return f"</h{min(6, level + int(tokens[number].tag[1]) - 1)}>\n" if level else "</strong></p>\n"


# Single line ends are kept: people write mails, not paragraphs of a typesetter.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.add_render_rule("image", _image)
_markdown.add_render_rule("heading_open", _heading_open)
_markdown.add_render_rule("heading_close", _heading_close)


@lru_cache(maxsize=512)
def _rich(text: str, level: int) -> SafeString:
    html = _markdown.render(text, {"level": level})
    # Parsed and cleaned by two tools that do not know each other; what one lets through the other must let through too.
    return mark_safe(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            link_rel="noopener nofollow",
            url_schemes={"http", "https", "mailto", "tel"},
        )
    )


def as_rich(text: object, level: object = 0) -> SafeString:
    """Markdown to safe HTML. Headings become strong lines, or start at ``level`` where the page has room for headings."""
    return _rich(str(text or ""), int(str(level or 0)))
