"""The register of processes in a real Chromium: begun from the list, who does what, put in force, what passes, read on a phone; proofs of control."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journey import IN_A_BROWSER, NARROW, Lived, axe_everywhere, choose

pytestmark = IN_A_BROWSER


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def role(page: Page, at: str, title: str) -> None:
    """A role in force, with the page's forms."""
    page.goto(f"{at}/roles/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Authorities").fill("incident:read")
    page.get_by_role("button", name="Open the role").click()
    heading(page, title)
    page.goto(f"{page.url}moves/put_in_force/")
    page.get_by_role("main").get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("main")).to_contain_text("In force")
    heading(page, title)


def test_a_process_from_the_list_to_the_matrix(lived: Lived) -> None:
    page, at = lived.page("ruth"), lived.address
    role(page, at, "Process owner")
    page.goto(f"{at}/processes/map/")
    expect(page.get_by_role("main")).to_contain_text("There is no process yet.")
    page.get_by_role("link", name="Start from the list", exact=True).click()
    heading(page, "Processes to start from")
    axe_everywhere(page)
    page.get_by_role("button", name="Incident management").press("Enter")  # by keyboard alone
    heading(page, "Incident management")
    here = page.url

    page.goto(f"{here}duties/")
    for letter, is_refused in (("A: is accountable", False), ("A: is accountable", True)):
        form = page.locator("section[aria-labelledby=one-more] form")
        form.get_by_label("Activity").select_option("Record and prioritise")
        form.get_by_label("Role").select_option("Process owner")
        form.get_by_label("Is", exact=True).select_option(letter)
        form.get_by_role("button", name="Enter it").click()
        if is_refused:
            expect(page.get_by_role("main")).to_contain_text("only one can be")
    axe_everywhere(page)
    page.goto(f"{here}moves/put_in_force/")
    expect(page.get_by_role("main")).to_contain_text("Nobody is accountable for “Investigate and resolve”.")

    page.goto(f"{at}/processes/start/")
    page.get_by_role("button", name="Problem management").click()
    heading(page, "Problem management")
    page.goto(f"{here}interfaces/")
    page.get_by_label("To the process").select_option("Problem management")
    page.get_by_label("What passes").fill("Faults that come again")
    page.get_by_label("How often").select_option("Every week")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="Faults that come again")).to_be_visible()

    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{at}/processes/matrix/")
    page.get_by_role("link", name="from Incident management to Problem management").click()
    expect(page.get_by_role("heading", name="From Incident management to Problem management")).to_be_visible()
    expect(page.locator("section[aria-labelledby=passes]")).to_contain_text("Every week")
    axe_everywhere(page)
    page.goto(f"{at}/processes/map/")
    expect(page.locator("svg.figure")).to_have_count(1)
    axe_everywhere(page)
    page.goto(f"{here}sipoc/")
    expect(page.get_by_role("main")).to_contain_text("Faults that come again")
    axe_everywhere(page)


def test_what_others_operate_shows_its_four_proofs(lived: Lived) -> None:
    page, at = lived.page("ruth"), lived.address
    page.goto(f"{at}/other-parties/new/")
    page.get_by_label("Title").fill("Repair of lines")
    choose(page, "For which organisation", "Brannock")
    page.get_by_role("button", name="Open the operation by another party").click()
    heading(page, "Repair of lines")
    here = page.url
    expect(page.get_by_role("main")).to_contain_text("Nothing proves it.")
    page.goto(f"{here}proofs/")
    page.get_by_label("What it proves").select_option("We control improvement")
    page.get_by_label("Kind of evidence").select_option("Minutes of a meeting")
    page.get_by_label("What it is").fill("Review in spring")
    page.get_by_label("Of the day").fill("2024-03-01")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("main")).to_contain_text("Name a record, or say where it is kept.")
    page.get_by_label("Or where it is kept").fill("Minutes of the supplier review")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="Review in spring")).to_be_visible()
    axe_everywhere(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(here)
    expect(page.get_by_role("main")).to_contain_text("out of date since 1 March 2025")
    axe_everywhere(page)
