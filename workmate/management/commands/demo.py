"""Build the demo company, or a load set."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from workmate.demo import Demo, demo_password
from workmate.events import facts_only

COUNTS = ("customers", "projects", "invoices", "time_entries")
DEMO_DOMAIN = "@nordlicht.example"


class Command(BaseCommand):
    """`manage.py demo [--once]`, or with numbers: a load set."""

    help = "Builds a believable company, or, with numbers, a load set. Only where DEBUG is on."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, or only where nothing is there yet."""
        parser.add_argument("--once", action="store_true", help="do nothing where people exist")
        for name in COUNTS:
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, and print who can sign in."""
        if not settings.DEBUG:
            raise CommandError("Demo data is for development: DEBUG is off.")
        if any(options[name] is not None for name in COUNTS):
            load = import_module("benchmarks.load")
            load.fill(**{name: options[name] or 0 for name in COUNTS}, say=self.stdout.write)
            return
        people = get_user_model()._default_manager
        if people.exists():
            if not options["once"]:
                raise CommandError("There are people already: the demo company wants an empty one.")
            if people.filter(email__endswith=DEMO_DOMAIN).exists():
                self.tell(
                    dict(
                        people.filter(email__endswith=DEMO_DOMAIN)
                        .order_by("-employee_code")
                        .values_list("role__name", "email")
                    )
                )
            return
        demo = Demo(demo_password())
        with transaction.atomic(), facts_only():
            for module in settings.MODULES:
                if find_spec(f"{module}.demo"):
                    import_module(f"{module}.demo").build(demo)
        self.tell(demo.sign_ins)

    def tell(self, sign_ins: dict[str, str]) -> None:
        """Print who can sign in, and with what."""
        self.stdout.write("Demo company. Sign in as:")
        for role, email in sorted(sign_ins.items()):
            self.stdout.write(f"  {role:<14}{email}")
        self.stdout.write(f"  Password of all: {demo_password()}")
