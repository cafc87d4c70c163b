"""What people come to do, walked in a real Chromium: first visit, second factor, an incident's whole life, many at once, an import."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser import opened, totp_code, watched
from tests.journey import IN_A_BROWSER, Lived, act, choose
from tests.system import ROOT, System

pytestmark = IN_A_BROWSER


def test_the_first_visit_sets_the_house_up_and_a_second_factor_guards_it(system: System, chromium: Browser) -> None:
    address = system.serve()
    code = system.python("from plimsoll.kernel.identity.setup import setup_code; print(setup_code())").strip()
    page, complaints = watched(opened(chromium))
    page.goto(f"{address}/incidents/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up Plimsoll")
    page.get_by_label("Set-up code").fill("AAAA-BBBB-CCCC")
    for label, text in (
        ("Your name", "Ruth Castellano"),
        ("Work e-mail", "ruth@northmere.example"),
        ("Password again", "a mark on the hull"),
        ("Name of the organisation that provides the services", "Northmere Digital Services"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Password", exact=True).fill("a mark on the hull")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ruth Castellano")
    page.get_by_label("Set-up code").fill(code)
    page.get_by_label("Password", exact=True).fill("a mark on the hull")
    page.get_by_label("Password again").fill("a mark on the hull")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Setting the management system up")
    page.goto(f"{address}/account/")
    page.get_by_role("link", name="Set up the app…").click()
    if page.get_by_label("Password").count():  # asked again when some time has passed
        page.get_by_label("Password").fill("a mark on the hull")
        page.get_by_role("main").get_by_role("button").first.click()
    secret = re.search(
        r"\b([A-Z2-7]{4}(?: ?[A-Z2-7]{4}){7})\b",
        page.get_by_role("main").inner_text() + " " + " ".join(page.locator("input").evaluate_all("inputs => inputs.map(i => i.value)")),
    )
    assert secret, page.get_by_role("main").inner_text()
    page.locator("input[name=code]").fill(totp_code(secret.group(1)))
    page.get_by_role("main").locator("button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("recovery|code", re.IGNORECASE))
    page.context.clear_cookies()
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Work e-mail").fill("ruth@northmere.example")
    page.get_by_label("Password").fill("a mark on the hull")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("input[name=code]").fill(totp_code(secret.group(1), ahead=1))
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    assert [c for c in complaints if not re.search("status of 4(00|22)", c)] == []  # the wrong code was refused


def test_an_incident_is_reported_triaged_answered_resolved_and_reopened(lived: Lived) -> None:
    aoife, ines = lived.page("aoife"), lived.page("ines")
    aoife.goto(f"{lived.address}/incidents/new/")  # leads to the portal
    aoife.get_by_label("What is wrong").fill("Ward tablets drop off Wi-Fi on floors 3 and 4")
    aoife.get_by_label("What happened").fill("Since half past seven our tablets lose the Wi-Fi every few minutes.")
    aoife.get_by_label("It can wait, or is a question").check()
    aoife.get_by_role("button", name="Report it").click()
    expect(aoife.get_by_role("heading", level=1)).to_have_text("Ward tablets drop off Wi-Fi on floors 3 and 4")
    here = aoife.url.replace("/portal/", "/").partition("?")[0]

    ines.goto(here)
    act(ines, "Assign")
    choose(ines, "Service", "Network and Wi-Fi")
    choose(ines, "Category", "Network")
    ines.get_by_label("Impact").select_option(label="Medium")
    ines.get_by_label("Urgency").select_option(label="High")
    choose(ines, "With", "Ines Okafor")
    ines.get_by_role("main").get_by_role("button", name="Assign").click()
    expect(ines.get_by_role("main")).to_contain_text("Assigned")
    act(ines, "Start work")
    if "/moves/" in ines.url:
        ines.get_by_role("main").get_by_role("button", name="Start work").click()
    expect(ines.locator("[aria-current=step]")).to_contain_text("In progress")

    ines.locator("textarea[name=text]").fill("Thank you, Aoife. Dev in our network team has it now.")
    ines.get_by_role("button", name=re.compile("^Send")).click()
    expect(ines.locator(".msg[data-from=us]")).to_contain_text("Dev in our network team")
    ines.locator("label").filter(has_text="Internal note").click()
    ines.locator("textarea[name=text]").fill("Looks like last night's firmware again.")
    ines.get_by_role("button", name="Add internal note").click()
    expect(ines.locator(".msg[data-from=internal]")).to_contain_text("firmware")

    aoife.goto(here)
    expect(aoife.get_by_role("main")).to_contain_text("Dev in our network team")
    expect(aoife.get_by_role("main")).not_to_contain_text("firmware")
    expect(aoife.get_by_text("Internal note")).to_have_count(0)

    ines.goto(here)
    act(ines, "Resolve")
    ines.get_by_role("main").get_by_role("button", name="Resolve").click()
    expect(ines.get_by_role("alert").first).to_contain_text("Resolving needs")
    ines.get_by_label(re.compile("^Resolution")).first.fill("fixed")
    ines.get_by_label(re.compile("^Cause")).fill("firmware")
    ines.get_by_label(re.compile("^How it was resolved")).fill("Took the controller back to 8.10.4.")
    ines.get_by_label(re.compile("^Item")).fill("WLC-BRK-02")
    ines.get_by_role("main").get_by_role("button", name="Resolve").click()
    expect(ines.locator("[aria-current=step]")).to_contain_text("Resolved")

    aoife.goto(here)
    aoife.get_by_role("main").get_by_role("link", name="Reopen").click()
    aoife.get_by_label("Say why").fill("It happens again on floor 4.")
    aoife.get_by_role("main").get_by_role("button", name="Reopen").click()
    expect(aoife.locator("[aria-current=step]")).to_contain_text("Being worked on")
    assert lived.complaints["aoife"] == []
    assert [c for c in lived.complaints["ines"] if not re.search("409|422", c)] == []


def test_what_somebody_else_changed_meanwhile_is_shown_with_both_values(lived: Lived) -> None:
    ines, dev = lived.page("ines"), lived.page("dev")
    ines.goto(f"{lived.address}/incidents/1/edit/")
    dev.goto(f"{lived.address}/incidents/1/edit/")
    dev.get_by_label("Symptom").fill("Half a label")
    dev.get_by_role("main").get_by_role("button", name=re.compile("^Save")).click()
    expect(dev).to_have_url(re.compile("/incidents/1/(#.*)?$"))
    ines.get_by_label("Symptom").fill("Blank label")
    ines.get_by_role("main").get_by_role("button", name=re.compile("^Save")).click()
    main = ines.get_by_role("main")
    expect(main).to_contain_text("Dev Chauhan")
    expect(main).to_contain_text("Half a label")
    assert "Blank label" in main.inner_html()


def test_several_are_moved_at_once_after_a_preview(lived: Lived) -> None:
    ines = lived.page("ines")
    ines.goto(f"{lived.address}/incidents/?state=new")
    rows = ines.locator("tbody input[name=pick]")
    expect(rows.first).to_be_visible()
    rows.nth(0).check()
    rows.nth(1).check()
    bar = ines.get_by_role("form", name="Do to the selected rows")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name=re.compile("^Move")).click()
    ines.get_by_role("button", name="Cancel…").click()
    main = ines.get_by_role("main")
    expect(main).to_contain_text("What will happen")
    expect(main).to_contain_text("becomes")
    ines.get_by_label(re.compile("^Note|^Why|^Reason")).first.fill("Reported twice.")
    main.get_by_role("button", name=re.compile("2 of 2|of 2|both|^Cancel")).last.click()
    expect(main.get_by_text("Cancelled").first).to_be_visible()


def test_the_keyboard_and_the_palette_lead_everywhere(lived: Lived) -> None:
    ines = lived.page("ines")
    ines.goto(f"{lived.address}/incidents/?open=true")
    ines.keyboard.press("j")
    ines.keyboard.press("Enter")
    expect(ines).to_have_url(re.compile(r"/incidents/\d+/"))
    ines.keyboard.press("?")
    expect(ines.get_by_role("dialog")).to_be_visible()
    ines.keyboard.press("Escape")
    ines.keyboard.press("Control+k")
    ines.keyboard.type("INC-1")
    ines.get_by_role("option").filter(has_text="INC-1").first.click()
    expect(ines).to_have_url(re.compile("/incidents/1/"))


def test_a_log_is_imported_after_a_preview(lived: Lived) -> None:
    ruth = lived.page("ruth")
    ruth.goto(f"{lived.address}/import/")
    ruth.locator("input[type=file]").set_input_files(str(ROOT / "content" / "demo" / "uci_first400.csv.gz"))
    ruth.locator("select[name=map]").or_(ruth.locator("select")).first.select_option("uci_incidents")
    ruth.get_by_role("button", name="Look at what would come of it").click()
    main = ruth.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"\b400\b"), timeout=60_000)
    main.get_by_role("button", name=re.compile("Import|Bring|Run")).first.click()
    expect(main).to_contain_text(re.compile("2[,. ]?627"), timeout=120_000)
    ruth.goto(f"{lived.address}/incidents/?q=Category")
    expect(ruth.locator("tbody tr").first).to_be_visible()
