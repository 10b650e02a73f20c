"""The bench: its cases are found, and a figure over its limit fails."""

from devtools import bench


def test_cases_are_found_by_their_name(tmp_path):
    (tmp_path / "some.py").write_text(
        "def case_deliver(env):\n    return []\n\ndef helper():\n    pass\n"
    )
    assert list(bench.discover(tmp_path)) == ["deliver"]


def test_figures_within_their_limits_pass(capsys):
    assert bench.report([("deliver", "queries per unit", 3.0, 4.0), ("deliver", "x", 9, None)]) == 0
    assert "queries per unit" in capsys.readouterr().out


def test_a_figure_over_its_limit_fails(capsys):
    assert bench.report([("deliver", "queries per unit", 5.0, 4.0)]) == 1
    assert "OVER" in capsys.readouterr().out


def test_an_unknown_case_is_told():
    assert bench.report([]) == 1
