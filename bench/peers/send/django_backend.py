"""`django_backend.py PORT`: Django's templates and its mail backend, over one connection."""

import csv
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context, Engine

settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1]))
django.setup()
engine = Engine()
page = engine.from_string(Path("page.html").read_text("utf-8"))
text = engine.from_string(Path("page.txt").read_text("utf-8"))

with get_connection() as relay, Path("readers.csv").open(encoding="utf-8") as rows:
    for row in csv.DictReader(rows):
        values = Context(row)
        message = EmailMultiAlternatives(
            f"{row['first_name']}, the wrens are back",
            text.render(values),
            "Field Notes <news@example.com>",
            [row["email"]],
            headers={"List-Unsubscribe": f"<{row['unsubscribe_url']}>"},
            connection=relay,
        )
        message.attach_alternative(page.render(values), "text/html")
        message.send()
