"""The rules of service requirements: no database."""

from datetime import date

from plimsoll.portfolio.requirements.rules import REQUIREMENT_FLOW, Facts, is_accepted, is_covered, says_what_is_needed

DAY = date(2026, 11, 20)


def test_a_requirement_is_written_down_before_it_is_analysed_and_agreed() -> None:
    assert "what is needed" in str(says_what_is_needed(Facts(text=" ")))
    assert says_what_is_needed(Facts(text="Answers within an hour.")) is None


def test_s_027_agreed_means_that_somebody_said_yes_on_a_day() -> None:
    assert "who accepted it" in str(is_accepted(Facts(accepted_on=DAY)))
    assert "the day" in str(is_accepted(Facts(accepted_by="Maeve Dunne")))
    assert is_accepted(Facts(accepted_by="Maeve Dunne", accepted_on=DAY)) is None


def test_w_sl_covered_by_an_agreement_or_by_words_with_their_reason() -> None:
    assert is_covered(Facts(agreements=1)) is None
    assert is_covered(Facts(covering_target="The house rules", covering_reason="It is ours alone.")) is None
    assert "why no agreement does" in str(is_covered(Facts(covering_target="The house rules")))
    assert "what covers it" in str(is_covered(Facts(covering_reason="It is ours alone.")))


def test_the_flow_speaks_the_words_of_the_map() -> None:
    assert [s.name for s in REQUIREMENT_FLOW.states] == ["captured", "analysed", "agreed", "covered", "obsolete"]
    assert [m.name for m in REQUIREMENT_FLOW.moves if not m.asks_note] == ["analyse", "agree", "cover"]
