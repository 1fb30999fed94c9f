"""A Spark job that failed at night."""

from __future__ import annotations

from sandbox.scenario.scenario import Scenario, Step, sign_in

FAILING_JOB = Scenario(
    name="failing-job",
    title="A Spark job failed",
    about=(
        "You are Alice, on call for data engineering. A nightly job failed. Find out why, and "
        "leave it written down for the next person."
    ),
    person="alice",
    steps=(
        sign_in("alice"),
        Step(
            "Ask Spark which jobs failed. It only reads, so nobody is asked.",
            "portico call spark.list_failed_jobs",
            see=("revenue_rollup", "bad record: amount='N/A' in order 310017"),
        ),
        Step(
            "Have the failure explained: one record is bad, and it lies in the one partition that "
            "has most of the rows.",
            "portico call spark.explain_failure --arg application=revenue_rollup",
            see=('"largest": 350435', '"median": 6521.5', '"skewed": true'),
        ),
        Step(
            "Write down what you found. This changes something, so Portico asks you first.",
            "portico call spark.record_root_cause --arg application=revenue_rollup \\\n"
            "  --arg cause='Order 310017 has N/A for an amount.'",
            press="Allow once",
            see=('"by": "alice"',),
        ),
        Step(
            "Whoever looks next finds it.",
            "portico call spark.explain_failure --arg application=revenue_rollup",
            see=('"cause": "Order 310017 has N/A for an amount."',),
        ),
    ),
)
