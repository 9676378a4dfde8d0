"""Encrypts the addresses of services anew, after a new key was put before the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from system.services import reseal_all
from system.vault import Unreadable


class Command(BaseCommand):
    """`manage.py rotate_secrets`."""

    help = "Encrypts the addresses of services anew with the first of ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for all or for none."""
        try:
            number = reseal_all()
        except Unreadable as error:
            raise CommandError(
                "An address cannot be decrypted: its old key must be among ENCRYPTION_KEYS."
            ) from error
        self.stdout.write(f"Encrypted anew: {number}.")
