"""Print a new API token for a person."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from employees.models import Employee
from employees.services import create_token

MAX_DAYS = 3650


class Command(BaseCommand):
    """`manage.py api_token EMAIL [--scope PATTERN ...]`."""

    help = "Prints a new API token for a person. It is shown only this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and what it may."""
        parser.add_argument("email")
        parser.add_argument("--scope", action="append", dest="scopes", metavar="PATTERN")
        parser.add_argument("--name", default="command line")
        parser.add_argument(
            "--days", type=int, default=365, help=f"valid for so many days, 1 to {MAX_DAYS}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token."""
        if not 1 <= options["days"] <= MAX_DAYS:
            raise CommandError(f"--days takes a number from 1 to {MAX_DAYS}.")
        email = options["email"].strip().lower()
        person = Employee.objects.active().filter(email=email).first()
        if person is None:
            raise CommandError(f"No active employee has the e-mail {options['email']}.")
        try:
            _token, text = create_token(
                person,
                by=None,
                name=options["name"],
                scopes=options["scopes"],
                expires_at=timezone.now() + dt.timedelta(days=options["days"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(text)
