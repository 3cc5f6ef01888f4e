"""`plain.py PORT [KEY]`: Jinja2, EmailMessage and smtplib, as scripts do it; with a KEY, dkimpy signs."""

import csv
import smtplib
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
from jinja2 import Environment

jinja = Environment(autoescape=True)
page = jinja.from_string(Path("page.html").read_text("utf-8"))
text = jinja.from_string(Path("page.txt").read_text("utf-8"))
port, key = int(sys.argv[1]), Path(sys.argv[2]).read_bytes() if sys.argv[2:] else b""

with smtplib.SMTP("127.0.0.1", port) as relay, Path("readers.csv").open(encoding="utf-8") as rows:
    for row in csv.DictReader(rows):
        message = EmailMessage(policy=SMTP)
        message["From"] = "Field Notes <news@example.com>"
        message["To"] = row["email"]
        message["Subject"] = f"{row['first_name']}, the wrens are back"
        message["List-Unsubscribe"] = f"<{row['unsubscribe_url']}>"
        message.set_content(text.render(row), cte="quoted-printable")
        message.add_alternative(page.render(row), subtype="html", cte="quoted-printable")
        data = message.as_bytes()
        if key:
            data = dkim.sign(data, b"bench", b"example.com", key, canonicalize=(b"relaxed", b"simple")) + data
        relay.sendmail("bounces@example.com", row["email"], data)
