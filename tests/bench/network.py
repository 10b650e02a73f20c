"""What it takes to evaluate all dealers of a company (D11)."""

from datetime import timedelta

from odoo import fields

from devtools.bench_cases import measured

FEW, MANY = 30, 300


def case_dealer_evaluation(env):
    """Three hundred dealers cost hardly more queries than thirty."""
    few = _evaluate(env, FEW, 400)
    many = _evaluate(env, MANY, 800)
    return [
        (f"queries to evaluate {MANY} dealers", many.queries, 150),
        ("queries a dealer that come with more dealers", _marginal(few, many), 0.3),
        (f"seconds to evaluate {MANY} dealers", many.seconds, None),
    ]


def _marginal(few, many):
    return (many.queries - few.queries) / (MANY - FEW)


def _evaluate(env, number, days_ago):
    """Measure the evaluation of ``number`` new dealers in a period of its own."""
    end = fields.Date.today() - timedelta(days=days_ago)
    start = end - timedelta(days=90)
    partners = env["res.partner"].create(
        [
            {"name": f"Bench dealer {number} {index}", "is_company": True, "is_dealer": True}
            for index in range(number)
        ]
    )
    agreements = env["aftersales.dealer.agreement"].create(
        [
            {"dealer_id": partner.id, "date_start": start, "date_end": end, "labour_rate": 40.0}
            for partner in partners
        ]
    )
    agreements._set_state("running")
    env.flush_all()
    env.invalidate_all()
    with measured(env) as result:
        env["aftersales.dealer.evaluation"]._evaluate(env.company, start, end)
        env.flush_all()
    return result
