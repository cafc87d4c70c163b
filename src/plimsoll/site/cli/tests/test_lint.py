"""`plimsoll lint` and `plimsoll import plan`: what they print, their exit codes, and that they write nothing."""

import json
from pathlib import Path

import pytest

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.trail.models import Entry
from plimsoll.site.cli.tests.test_cli import Plimsoll, plimsoll  # noqa: F401 (a fixture)
from tests.cast import House

pytestmark = pytest.mark.django_db


def test_a_file_is_judged_with_a_line_for_each_finding_and_1_when_it_is_serious(plimsoll: Plimsoll, tmp_path: Path) -> None:  # noqa: F811
    bad, good = tmp_path / "bad.txt", tmp_path / "good.md"
    bad.write_text("1. A\n\nWe follow ISO 9001:2008.\n")
    good.write_text("# A\n\nWe follow ISO 9001:2015.\n")
    code, out, _err = plimsoll("lint", "file", str(bad))
    assert (code, out.splitlines()[0].startswith("! 3: ISO 9001:2008 was withdrawn in 2015.")) == (1, True)
    assert plimsoll("lint", "file", str(good))[:2] == (0, "Nothing found.\n")
    code, out, _err = plimsoll("lint", "file", str(bad), "--json")
    told = json.loads(out)
    assert (code, told["serious"], told["findings"][0]["rule"]) == (1, 1, "edition_withdrawn")


@pytest.mark.parametrize(
    ("name", "content", "said"), [("a.pdf", b"%PDF", "A PDF holds pages"), ("a.txt", b"", "empty"), ("none.txt", None, "can't be read")]
)
def test_a_file_that_can_not_be_read_is_a_sentence(plimsoll: Plimsoll, tmp_path: Path, name: str, content: bytes | None, said: str) -> None:  # noqa: F811
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, _out, err = plimsoll("lint", "file", str(path))
    assert (code, said in err) == (1, True)


def test_a_document_of_ours_is_judged_by_its_code(plimsoll: Plimsoll, house: House) -> None:  # noqa: F811
    open_record(DOCUMENT, by=house.ruth, channel="page", title="Law", sort="policy", code="LAW-1", body="# A\n\nWe follow ISO 9001:2008.")
    code, out, _err = plimsoll("lint", "document", "LAW-1", "--organization", house.tenant.slug)
    assert (code, "ISO 9001:2008 was withdrawn" in out) == (1, True)
    code, _out, err = plimsoll("lint", "document", "LAW-9", "--organization", house.tenant.slug)
    assert (code, "There is no document" in err) == (1, True)


def test_a_plan_is_read_and_nothing_is_written(plimsoll: Plimsoll, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "plan.txt"
    path.write_text("Plan\n\n1. Locations\n\n- Leeds: 1 High Street\n\n2. A\n\nAsk [name].\n")
    code, out, _err = plimsoll("import", "plan", str(path), "--dry-run")
    assert code == 0
    assert "location-1" in out
    assert "Leeds" in out
    code, out, _err = plimsoll("import", "plan", str(path), "--dry-run", "--json")
    told = json.loads(out)
    assert ([p["kind"] for p in told["proposals"]], len(told["brackets"]), len(told["findings"]) > 0) == (["location"], 1, True)
    code, _out, err = plimsoll("import", "plan", str(path))
    assert (code, "--dry-run" in err) == (1, True)
    assert not Document.objects.exists()
    assert not Entry.objects.exists()
