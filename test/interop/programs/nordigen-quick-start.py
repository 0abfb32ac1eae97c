"""The quick start of nordigen 1.4.2, unmodified except for its base URL."""

import json
import os
import urllib.request
from datetime import date, timedelta

from nordigen import NordigenClient

base_url = os.environ["BASE_URL"]
client = NordigenClient(secret_id=os.environ["SECRET_ID"], secret_key=os.environ["SECRET_KEY"])
client.base_url = base_url


def control(path, body):
    """Calls a control of the sandbox."""
    root = base_url.removesuffix("/api/v2")
    request = urllib.request.Request(f"{root}/_sandbox/{path}", data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


tokens = client.generate_token()
assert tokens["access_expires"] == 86400, tokens
assert client.exchange_token(tokens["refresh"])["access"]
banks = client.institution.get_institutions("LV")
assert "SWEDBANK_HABALV22" in [bank["id"] for bank in banks], banks
assert client.institution.get_institution_by_id("SWEDBANK_HABALV22")["name"] == "Swedbank Latvia"

session = client.initialize_session(
    redirect_uri="http://localhost/", institution_id="SWEDBANK_HABALV22", reference_id="interop", max_historical_days=90
)
assert session.link.startswith("http://127.0.0.1:"), session.link
back = control("authorise", {"requisition": session.requisition_id, "outcome": "linked"})
assert back["redirect"] == "http://localhost/?ref=interop", back

requisition = client.requisition.get_requisition_by_id(session.requisition_id)
assert requisition["status"] == "LN" and len(requisition["accounts"]) == 2, requisition
assert client.requisition.get_requisitions(limit=10, offset=0)["count"] == 1

account = client.account_api(requisition["accounts"][0])
metadata = account.get_metadata()
assert metadata["status"] == "READY" and metadata["iban"].startswith("LV"), metadata
assert account.get_details()["account"]["currency"] == "EUR"
balances = account.get_balances()["balances"]
assert [one["balanceType"] for one in balances] == ["interimBooked", "interimAvailable"], balances
booked = account.get_transactions()["transactions"]["booked"]
first, last = (str(date.today() - timedelta(days=days)) for days in (60, 30))
month = account.get_transactions(date_from=first, date_to=last)["transactions"]["booked"]
in_month = [one for one in booked if any(first <= one[name] <= last for name in ("bookingDate", "valueDate"))]
assert month == in_month and len(month) > 10, (len(month), len(in_month))

deleted = client.requisition.delete_requisition(session.requisition_id)
assert deleted["summary"] == "Requisition deleted", deleted
assert client.requisition.get_requisitions()["count"] == 0
print(f"connect, list, balances, details, {len(booked)} transactions, delete")
