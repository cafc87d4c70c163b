"""What people's text may show of ours, and of others'."""

import pytest

from plimsoll.kernel.ui.templatetags._rich import as_rich


@pytest.mark.parametrize(
    ("source", "is_shown"),
    [
        ("/incidents/7/attachments/3/", True),
        ("/incidents/export/?format=csv", False),
        ("/inbox/5/", False),
        ("/incidents/7/attachments/3/?x=1", False),
        ("/incidents/7/attachments/3/../../8/", False),
        ("//elsewhere.example/incidents/7/attachments/3/", False),
        ("https://elsewhere.example/a.png", False),
    ],
)
def test_only_attached_files_are_shown_as_pictures(source: str, is_shown: bool) -> None:
    html = str(as_rich(f"![Picture]({source})"))
    assert ("<img" in html) is is_shown
    assert "Picture" in html
