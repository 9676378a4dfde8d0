"""A few documents of the demo company: contracts and plans as PDF."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from documents.services import upload_document
from workmate.demo import Demo

TITLES = [
    ("Arbeitsordnung", "Richtlinie", False),
    ("Mietvertrag Büro", "Vertrag", True),
    ("Notfallplan Rechenzentrum", "Plan", False),
    ("Netzplan Standort Kiel", "Plan", False),
]


def page(title: str) -> "ContentFile[bytes]":
    """A page with a title, as PDF."""
    image = Image.new("L", (827, 1169), 255)
    ImageDraw.Draw(image).text((80, 80), title, fill=0, font_size=32)
    buffer = BytesIO()
    image.save(buffer, format="PDF", title=title)
    return ContentFile(buffer.getvalue(), name=f"{title}.pdf")


def build(demo: Demo) -> None:
    """Some of the company, and a plan for each of the first projects."""
    people = demo.rows["people"]
    for index, (title, category, confidential) in enumerate(TITLES):
        upload_document(
            page(title),
            by=people[index % len(people)],
            title=title,
            category=category,
            is_confidential=confidential,
        )
