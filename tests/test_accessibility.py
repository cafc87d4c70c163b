"""Every shape of page, as people meet it: axe with best practice, both themes, desk and phone, no sideways overflow, a quiet console.

Also recomputes the contrast table of the design language from `tokens.css`.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from plimsoll.site.demonstration.loading import PASSWORD
from tests.browser import CHROMIUM, WIDTHS, axe_finds, opened, watched
from tests.system import ROOT, System

LONG = "Tablets on all wards of the north building lose the Wi-Fi whenever Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikant " * 2
MAILS = {
    "ines": "ines.okafor@northmere.example",
    "callum": "callum.reid@northmere.example",
    "ruth": "ruth.castellano@northmere.example",
    "aoife": "aoife.brennan@brannock.example",
    "dev": "dev.chauhan@northmere.example",
    "leonie": "leonie.brandt@northmere.example",
}
# Only colours change with the theme, so the second theme is asked for contrast alone.
CONTRAST_ONLY = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# A colour that changes with the theme fades for a moment: what is measured is what stays.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))"
WIDER_THAN_THE_WINDOW = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
SHAPES = {
    "": ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"],
    "ines": [
        "/",
        "/incidents/?open=true",
        "/incidents/?q=zzqqzz",
        "/incidents/?colour=red",
        "/incidents/export/",
        "/incidents/new/",
        "/incidents/10/",
        "/incidents/38/edit/",
        "/incidents/38/moves/cancel/",
        "/incidents/10/trail/",
        "/incidents/10/workflow/",
        "/incidents/10/print/",
        "/incidents/10/approvals/",
        "/search/?q=printer",
        "/search/?q=zzqqzz",
        "/inbox/",
        "/inbox/muted/",
        "/preferences/notices/",
        "/nothing-stands-here/",
    ],
    "callum": [
        "/",
        "/inbox/",
        "/settings/",
        "/settings/workflows/incident/",
        "/settings/priorities/",
        "/settings/log/",
        "/settings/notices/",
        "/jobs/",
        "/people/3/",
        "/import/",
        "/account/",
    ],
    "aoife": ["/", "/incidents/", "/incidents/new/", "/settings/"],
    "ruth": [
        "/indicators/?period=2016-03",
        "/indicators/?period=2016-13",
        "/indicators/incident_time_to_resolve/?period=2016-05&by=team",
        "/indicators/incident_first_level/",
        "/indicators/incident_reopened/records/?period=2016-03",
        "/indicators/incident_reopened/records/?period=1999-03",
        "/indicators/incident_volume/correct/?period=2016-03",
        "/indicators/dashboards/agent/",
        "/indicators/dashboards/team-lead/?period=2016-03",
        "/indicators/dashboards/process-manager/?period=2016-03",
        "/settings/indicators/",
        "/settings/indicators/incident_reopened/",
        "/indicators/agreed_shares/?by=agreed",
        "/agreements/1/",
        "/agreements/1/draft/",
        "/agreements/1/exceptions/",
        "/duties/",
    ],
}


class Demonstration:
    """The sample organisation, served; `page` signs somebody of its cast in."""

    def __init__(self, system: System, chromium: Browser) -> None:
        self.system, self.chromium = system, chromium
        self.address = system.serve()

    def page(self, who: str) -> tuple[Page, list[str]]:
        page, complaints = watched(opened(self.chromium))
        page.emulate_media(reduced_motion="reduce")
        if who:
            page.goto(f"{self.address}/accounts/login/")
            page.get_by_label("Work e-mail").fill(MAILS[who])
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(re.compile(r"/(portal/)?$"))  # customers are led to their portal
        return page, complaints


@pytest.fixture(scope="module")
def demonstration(chromium: Browser, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One sample organisation for the looks of this module, on SQLite whatever the run is on."""
    system = System(shutil.copytree(sample_folder, tmp_path_factory.mktemp("demonstration"), dirs_exist_ok=True))
    yield Demonstration(system, chromium)
    system.stop()


def faults_of(page: Page, *, everywhere: bool = True) -> list[str]:
    """What is wrong with the page that stands: wide and phone, light and dark; with everywhere=False only wide-light and phone-light."""
    found: list[str] = []
    for width in ("desk", "phone"):
        page.set_viewport_size(WIDTHS[width])  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        page.evaluate(SETTLED)
        found += [f"{width}: {line}" for line in axe_finds(page)]
        if (by := page.evaluate(WIDER_THAN_THE_WINDOW)) > 1:
            found.append(f"{width}: {by} px wider than the window")
        if everywhere:
            page.emulate_media(color_scheme="dark")
            page.evaluate(SETTLED)
            dark: dict[str, Any] = Axe().run(page, options=CONTRAST_ONLY).response
            found += [f"{width}, dark: {v['nodes'][0]['target']}: {v['nodes'][0]['any'][0]['message']}" for v in dark["violations"]]
    for name, width in (("a large window", 1440), ("320 px", 320)):
        page.set_viewport_size({"width": width, "height": 900})
        if (by := page.evaluate(WIDER_THAN_THE_WINDOW)) > 1:
            found.append(f"{name}: {by} px wider than the window")
    page.set_viewport_size(WIDTHS["desk"])  # type: ignore[arg-type]
    return found


def looked_at(page: Page, complaints: list[str], address: str, path: str, *, everywhere: bool = True) -> list[str]:
    """Open a path and list its faults, with what the console said; an answer of 404 or 403 is a page like any other."""
    complaints.clear()
    answer = page.goto(address + path)
    assert answer is not None
    if answer.status >= 500:
        return [f"answered {answer.status}"]
    expected = f"status of {answer.status}"
    return faults_of(page, everywhere=everywhere) + [c for c in complaints if expected not in c]


@pytest.mark.parametrize("who", SHAPES)
@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")
def test_a_page_of_every_shape_is_accessible_in_both_themes_wide_and_on_a_phone(demonstration: Demonstration, who: str) -> None:
    page, complaints = demonstration.page(who)
    faults = {path: looked_at(page, complaints, demonstration.address, path) for path in SHAPES[who]}
    page.context.close()
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")
def test_a_very_long_title_a_form_with_faults_and_many_picked_rows_fit_too(demonstration: Demonstration) -> None:
    page, complaints = demonstration.page("ines")
    page.goto(f"{demonstration.address}/incidents/new/")
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.get_by_role("alert").first.wait_for()
    faults = {"a form with faults": faults_of(page)}
    page.get_by_label("Title").fill(LONG[:240])
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/incidents/\d+/"))
    faults["a long title"] = faults_of(page)
    page.goto(f"{demonstration.address}/incidents/?open=true")
    faults["a long title in a list"] = faults_of(page)
    for row in range(3):
        page.locator("tbody input[name=pick]").nth(row).check()
    faults["the bulk bar"] = faults_of(page)
    page.get_by_role("form", name="Do to the selected rows").get_by_role("button").first.click()
    page.wait_for_url(re.compile("/bulk/|/assign/|/moves/"))
    faults["a bulk act"] = faults_of(page)
    page.context.close()
    assert {at: found for at, found in faults.items() if found} == {}
    assert [c for c in complaints if "422" not in c] == []


NOT_PAGES = ("news", "palette", "choose", "download", "file", "livez", "readyz", "theme", "demo/", "confirm", "openapi", "export")


def every_path() -> list[str]:
    """Each address of the house, with numbers and names that exist in the sample organisation where they can."""
    from django.urls import URLPattern, get_resolver  # noqa: PLC0415 (needs Django's set-up)

    def flat(patterns: list[Any], before: str = "") -> Iterator[str]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield here
            else:
                yield from flat(pattern.url_patterns, here)

    found = []
    for route in flat(get_resolver("plimsoll.site.urls").url_patterns):
        if "^" in route or "<slug:act>" in route or any(word in route for word in NOT_PAGES) or (route.startswith("api/") and "docs" not in route):
            continue
        if re.search("/(views|macros|columns)/", route) and not route.startswith("incidents/"):
            continue  # the same page for every kind
        number = "38" if route.startswith("incidents/") else "1"
        path = re.sub(r"<int:\w+>", number, route)
        path = path.replace("<str:kind>", "incident").replace("<str:name>", "cancel").replace("<str:reference>", "INC-38")
        path = re.sub(r"<\w+:\w+>", "not-found", path)
        found.append(f"/{path}")
    return list(dict.fromkeys(found))


@pytest.mark.slow
@pytest.mark.parametrize("who", ["ines", "callum", "ruth", "aoife"])
@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")
def test_every_page_of_the_house_is_accessible(demonstration: Demonstration, who: str) -> None:
    page, complaints = demonstration.page(who)
    faults = {}
    for path in every_path():
        if "logout" in path:
            continue
        answer = page.context.request.get(demonstration.address + path)
        if answer.status != 405 and "text/html" in answer.headers.get("content-type", ""):
            faults[path] = looked_at(page, complaints, demonstration.address, path, everywhere=who == "ines")
    page.context.close()
    assert len(faults) > 60
    assert {path: found for path, found in faults.items() if found} == {}


# --- The contrast of every pair, from the style sheet itself ---

TOKENS = (ROOT / "src" / "plimsoll" / "kernel" / "ui" / "static" / "plimsoll" / "tokens.css").read_text(encoding="utf-8")
COLOUR = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
GROUNDS = ("sheet", "fog", "raised", "well", "hover", "picked")
MEANINGS = ("good", "watch", "bad", "decide", "still")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "sea") for ground in GROUNDS),
    *((meaning, f"{meaning}-tint") for meaning in MEANINGS),
    *((meaning, ground) for meaning in MEANINGS for ground in ("sheet", "well", "hover", "picked")),
    ("sea", "sea-tint"),
    ("sea-deep", "sea-tint"),
    ("on-sea", "sea"),
    ("on-sea", "sea-deep"),
    ("on-sea", "bad-fill"),
    ("internal-ink", "internal"),
    ("ink", "internal"),
    ("ink-2", "internal"),
    ("on-hull", "hull"),
]
SHAPES_ON = [
    *(("edge", ground) for ground in ("sheet", "fog", "well")),
    *(("focus", ground) for ground in GROUNDS),
    *((f"{meaning}-fill", f"{meaning}-tint") for meaning in MEANINGS),
    *((f"{meaning}-fill", "sheet") for meaning in MEANINGS),
    ("sea-fill", "still-tint"),
    ("sea-fill", "sheet"),
    ("internal-edge", "internal"),
]
Colour = tuple[float, float, float]


def colours(theme: str) -> dict[str, Colour]:
    """The tokens of one theme, as lightness (0 to 1), chroma and hue (degrees)."""
    found = {}
    for name, value in re.findall(r"--([\w-]+):\s*(light-dark\(.*?\)\)|oklch\([^/)]*\))\s*;", TOKENS):
        values = re.findall(COLOUR, value)
        if values:
            lightness, chroma, hue = values[-1 if theme == "dark" else 0]
            found.setdefault(name, (float(lightness) / 100, float(chroma), float(hue)))
    return found


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2) of an oklch colour, rounded to the 256 steps of a screen as a browser does."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )

    def shown(part: float) -> float:
        part = min(max(part, 0.0), 1.0)
        coded = 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
        step = round(coded * 255) / 255
        return step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4

    red, green, blue = (shown(part) for part in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_conversion_of_colours_is_right() -> None:
    assert contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.01)
    assert contrast((0.62796, 0.25768, 29.234), (1, 0, 0)) == pytest.approx(4.0, abs=0.02), "pure red on white"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_four_and_a_half_to_one_and_every_shape_three_to_one(theme: str) -> None:
    found = colours(theme)
    weak = [f"--{ink} on --{ground}: {ratio:.2f}" for ink, ground in TEXT if (ratio := contrast(found[ink], found[ground])) < 4.5]
    weak += [f"--{fill} on --{ground}: {ratio:.2f}" for fill, ground in SHAPES_ON if (ratio := contrast(found[fill], found[ground])) < 3]
    assert weak == []
