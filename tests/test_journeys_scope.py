"""The scope of the management system in a real Chromium: written, refused while something is missing, reviewed, read on a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journey import IN_A_BROWSER, NARROW, Lived, act, axe_everywhere

pytestmark = IN_A_BROWSER


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_scope_from_the_first_unit_to_the_review(lived: Lived) -> None:
    page, at = lived.page("ruth"), lived.address

    page.goto(f"{at}/scope/")
    heading(page, "Scope of the management system")
    expect(page.get_by_role("main")).to_contain_text("There is no scope yet.")
    expect(page.get_by_role("main")).to_contain_text("covers the services Network and Wi-Fi.")
    axe_everywhere(page)

    page.goto(f"{at}/units/new/")
    page.get_by_label("Title").fill("Operations")
    page.get_by_label("Title").press("Enter")  # by keyboard alone
    heading(page, "Operations")
    page.goto(f"{at}/locations/new/")
    page.get_by_label("Title").fill("Harbour House")
    page.get_by_label("Address lines").fill("12 Harbour Row")
    page.get_by_label("In scope", exact=True).uncheck()
    page.get_by_role("button", name="Open the location").click()
    expect(page.get_by_role("main")).to_contain_text("Say why it is not in scope.")
    page.get_by_label("In scope", exact=True).check()
    page.get_by_role("button", name="Open the location").click()
    heading(page, "Harbour House")

    page.goto(f"{at}/scopes/new/")
    page.get_by_label("Title").fill("Our scope")
    for name in ("location", "customers", "customer_location", "technology"):
        page.locator(f"[name={name}_answer]").select_option("considered")
        page.locator(f"[name={name}_text]").fill("As the agreements say.")
    page.get_by_role("button", name="Open the scope").click()
    heading(page, "Our scope")
    here = page.url
    page.goto(f"{here}moves/submit/")
    expect(page.get_by_role("main")).to_contain_text("the timeline: at least one milestone")

    page.goto(f"{here}exclusions/")
    expect(page.get_by_role("main")).to_contain_text("Nothing is excluded so far.")
    page.get_by_label("What it is").select_option("Something else")
    page.get_by_label("In words").fill("The print shop")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("alert").or_(page.locator("[data-errors]")).first).to_be_visible()  # without a reason it is refused
    page.get_by_label("Why").fill("It was sold in spring.")
    page.get_by_role("button", name="Enter it").click()
    heading(page, "Exclusions")
    expect(page.get_by_role("heading", name="The print shop")).to_be_visible()
    axe_everywhere(page)
    page.get_by_text("Change it").click()
    page.get_by_label("Why").first.fill("It was sold in March.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("main")).to_contain_text("It was sold in March.")
    page.goto(f"{here}milestones/")
    page.get_by_label("Milestone").fill("Policy in force")
    page.get_by_label("Due").fill("2031-03-01")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="Policy in force")).to_be_visible()
    page.goto(f"{here}resources/")
    page.get_by_label("Kind").select_option("People")
    page.get_by_label("What is needed").fill("SMS manager")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="SMS manager")).to_be_visible()

    page.goto(here)
    act(page, "Ask for approval")
    expect(page.get_by_role("main")).to_contain_text("In review")
    page.goto(f"{here}moves/approve/")
    expect(page.get_by_role("main")).to_contain_text("Nobody approves what they wrote last.")

    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{at}/scope/")
    for text in ("from Harbour House", "managed and delivered by Operations", "The print shop", "Policy in force", "Organisation chart"):
        expect(page.get_by_role("main")).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe_everywhere(page)
    assert [c for c in lived.complaints["ruth"] if "422" not in c] == []  # a refused form answers so
