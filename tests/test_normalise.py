import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kras_graph.curation.normalise import digest, normalise

TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("aB 9.-\n\u0301\u1161\u11a8\u1100\uac00ﬁ½\u2011ß\u0345İ①\u00bd"),
    ),
    max_size=40,
)


def kept(text: str) -> str:
    """The definition, written down directly for the whole text."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(char.casefold() for char in folded)
    return "".join(
        char
        for i, char in enumerate(folded)
        if char.isalnum()
        or (
            char == "."
            and folded[max(0, i - 1) : i].isdecimal()
            and folded[i + 1 : i + 2].isdecimal()
        )
    )


@given(TEXTS)
def test_cluster_wise_result_equals_the_definition_on_the_whole_text(text: str) -> None:
    assert normalise(text).text == kept(text)


@given(TEXTS)
def test_every_normalised_character_leads_back_to_raw_characters(text: str) -> None:
    done = normalise(text)
    assert len(done.raw_starts) == len(done.raw_ends) == len(done.text)
    for position in range(len(done.text)):
        start, end = done.raw_span(position, position + 1)
        assert 0 <= start < end <= len(text)
    assert list(done.raw_starts) == sorted(done.raw_starts)


def test_wrapping_and_hyphenation_change_nothing() -> None:
    flat = "A well-known effect of 4.0 units (range 2.8 to 5.6) was seen."
    wrapped = "A well\u2010known ef-\nfect of\n4.0   units (range\n2.8 to 5.6) was se-\n en."
    assert normalise(flat).text == normalise(wrapped).text


def test_decimal_points_stay_and_full_stops_go() -> None:
    assert normalise("1.5 vs. 15. End.").text == "1.5vs15end"
    assert normalise("1.5").text != normalise("15").text


def test_digest_is_sha256_of_utf8() -> None:
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
