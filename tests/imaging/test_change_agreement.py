"""Weighted kappa against its definition, and where there is none."""

import math

import pytest

from tracker.imaging.change.agreement import FEWEST, weighted_kappa


def judged(table):
    pairs = [(row, column) for row, line in enumerate(table) for column, count in enumerate(line) for _ in range(count)]
    return [one[0] for one in pairs], [one[1] for one in pairs]


def test_kappa_is_what_its_definition_says():
    table = [[12, 3, 1], [2, 9, 2], [0, 1, 6]]
    first, second = judged(table)
    total = len(first)
    rows, columns = [sum(line) / total for line in table], [sum(line[i] for line in table) / total for i in range(3)]
    observed = sum(abs(i - j) * table[i][j] / total for i in range(3) for j in range(3))
    chance = sum(abs(i - j) * rows[i] * columns[j] for i in range(3) for j in range(3))
    found = weighted_kappa(first, second, 3)
    assert found.value == pytest.approx(1 - observed / chance)
    assert -1 <= found.low < found.value < found.high <= 1


def test_few_pairs_and_one_grade_have_no_kappa():
    assert weighted_kappa([0, 1] * 4, [0, 1] * 4, 3) is None
    assert weighted_kappa([0] * FEWEST, [0, 1] * (FEWEST // 2), 3) is None


def test_full_agreement_has_no_interval():
    found = weighted_kappa([0, 1] * FEWEST, [0, 1] * FEWEST, 3)
    assert found.value == pytest.approx(1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_full_disagreement_stays_within_minus_one():
    found = weighted_kappa([0, 2] * FEWEST, [2, 0] * FEWEST, 3)
    assert found.value == pytest.approx(-1)
