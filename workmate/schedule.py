"""What Celery beat starts when, for the whole product, and what waits behind what."""

from typing import Any

from celery.schedules import crontab

# The priority of a task that nobody looks at a page for: one of many, or one of a sweep. All others
# have 0, and the broker gives them out first: a mail does not wait for 200 PDFs.
LATER = 9


def at(task: str, **moment: Any) -> dict[str, Any]:
    """When a task runs: as cron has it, each minute where nothing else is said."""
    return {"task": task, "schedule": crontab(**moment)}


SCHEDULE = {
    "mark overdue invoices": at("invoices.mark_overdue", hour=0, minute=20),
    "make missing invoice PDFs": at("invoices.render_missing_pdfs", minute="*/5"),
    "send waiting invoice mails": at("invoices.deliver_waiting", minute="*/5"),
    "read waiting documents": at("documents.read_waiting", minute="*/10"),
    "let go of receipts that no expense took": at("finance.drop_kept_files", hour=3, minute=30),
    "empty the trash of documents": at("documents.clean", hour=3, minute=40),
    "remind of what is due": at("reminders.check_due", hour=6, minute=0),
    # Other time zones, and what a night without a worker left out.
    "catch up on reminders": at("reminders.check_due", minute=10),
    # A worker that was away catches up on nothing: only the newest counts.
    "check services": {**at("system.check_services"), "options": {"expires": 50}},
    "forget old checks": at("system.prune_checks", hour=3, minute=40),
    "carry on with imports": at("system.carry_on_imports", minute="*/2"),
    "forget old imports": at("system.forget_imports", hour=3, minute=50),
    "send waiting notifications": at("reminders.deliver_waiting", minute="*/5"),
}
