"""Facts that are rates and plain numbers, from the form to the engine and back. No database."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.utils.datastructures import MultiValueDict

from applications import selectors
from applications.forms import FactsForm
from applications.services.claims import fact_value
from applications.views.reading import fact_words
from clauses.engine import FactSpec
from portal.kernel.refusals import Refusal
from review.forms import FindingsForm
from review.selectors import fact_words as reviewed_words

RATE = FactSpec("loan_rate", "贷款年利率", "rate", "", "", True, "applicant")
AREA = FactSpec("area", "租用面积", "number", "平方米", "", True, "applicant")
RULES = SimpleNamespace(facts=(RATE, AREA))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3.85%", "0.0385"), ("5‰", "0.005"), ("100％", "1"), (" 4.35 %", "0.0435"), ("", None)],
)
def test_a_rate_is_kept_as_a_share(typed, kept):
    found = fact_value(RATE, typed)
    assert found == kept or Fraction(found) == Fraction(kept)


@pytest.mark.parametrize(
    "typed", ["3.85", "0.0385", "%", "-1%", "1e3%", "9" * 40 + "%", "1.12345678%", "高%"]
)
def test_a_rate_without_its_sign_or_out_of_shape_is_refused(typed):
    with pytest.raises(Refusal) as refused:
        fact_value(RATE, typed)
    assert refused.value.code == "bad_rate" and refused.value.field == "loan_rate"


@pytest.mark.parametrize(
    ("typed", "good"), [("12.5", True), ("0", True), ("1,2", False), ("大", False), ("-1", False)]
)
def test_a_number(typed, good):
    if good:
        assert fact_value(AREA, typed) == typed
    else:
        with pytest.raises(Refusal) as refused:
            fact_value(AREA, typed)
        assert refused.value.code == "bad_number"


def test_the_engine_gets_them_exact():
    found = selectors.typed_facts(RULES, {"loan_rate": "0.0385", "area": "12.5"})
    assert found == {"loan_rate": Fraction(77, 2000), "area": Fraction(25, 2)}


def test_they_are_read_back_as_they_were_typed():
    for words in (fact_words, reviewed_words):
        assert words(RATE, "0.0385") == "3.85%" and words(AREA, "12.5") == "12.5平方米"
    claim = SimpleNamespace(facts={"loan_rate": "0.0385", "area": "12.5"})
    form = FactsForm(claim=claim, facts=(RATE, AREA))
    assert form["loan_rate"].value() == "3.85%" and fact_value(RATE, form["loan_rate"].value()) == "0.0385"
    assert "百分号" in form.fields["loan_rate"].help_text and form.fields["area"].unit == "平方米"
    typed = FactsForm(MultiValueDict({"loan_rate": ["x"]}), claim=claim, facts=(RATE, AREA))
    assert typed["loan_rate"].value() == "x"


def test_the_verification_form_asks_for_them():
    form = FindingsForm(facts=(RATE, AREA), initial={"loan_rate": "3.85%"})
    assert "百分号" in form.fields["loan_rate"].help_text and form["loan_rate"].value() == "3.85%"
