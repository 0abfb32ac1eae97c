"""The quick start of nordigen 1.4.2. Prints the booked entries of each account as JSON.

python nordigen-quick-start.py BANK …
"""

import json
import os
import sys
import urllib.request
from datetime import date, timedelta

from nordigen import NordigenClient

base_url = os.environ["BASE_URL"]
client = NordigenClient(
    secret_id=os.environ["SECRET_ID"], secret_key=os.environ["SECRET_KEY"], base_url=base_url
)


def control(path, body):
    """Calls a control of the sandbox."""
    root = base_url.removesuffix("/api/v2")
    request = urllib.request.Request(f"{root}/_sandbox/{path}", data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def connect(bank):
    """Connects a bank, and returns its requisition."""
    session = client.initialize_session(
        redirect_uri="http://localhost/", institution_id=bank, reference_id=f"interop-{bank}", max_historical_days=90
    )
    assert session.link.startswith(base_url.removesuffix("/api/v2")), session.link
    back = control("authorise", {"requisition": session.requisition_id, "outcome": "linked"})
    assert back["redirect"] == f"http://localhost/?ref=interop-{bank}", back
    requisition = client.requisition.get_requisition_by_id(session.requisition_id)
    assert requisition["status"] == "LN" and len(requisition["accounts"]) == 2, requisition
    return requisition


def booked_of(account_id):
    """Reads all of an account, and returns its booked entries."""
    account = client.account_api(account_id)
    metadata = account.get_metadata()
    assert metadata["status"] == "READY", metadata
    details = account.get_details()["account"]
    assert metadata["iban"] == details["iban"], (metadata, details)
    for one in account.get_balances()["balances"]:
        assert one["balanceAmount"]["currency"] == details["currency"], one
    booked = account.get_transactions()["transactions"]["booked"]
    first, last = (str(date.today() - timedelta(days=days)) for days in (60, 30))
    month = account.get_transactions(date_from=first, date_to=last)["transactions"]["booked"]
    assert month == [
        one for one in booked if any(first <= one[name] <= last for name in ("bookingDate", "valueDate"))
    ], month
    return booked


def read_entry(one):
    """An entry in the form in which it is compared with the truth."""
    amount = str(one["transactionAmount"]["amount"])
    return {
        "amount": amount,
        "currency": one["transactionAmount"]["currency"],
        "bookedOn": one["bookingDate"],
        "valueOn": one["valueDate"],
        "transactionId": one["transactionId"],
        "description": one["remittanceInformationUnstructured"],
        "counterparty": one.get("creditorName" if amount.startswith("-") else "debtorName"),
    }


tokens = client.generate_token()
assert tokens["access_expires"] == 86400, tokens
assert client.exchange_token(tokens["refresh"])["access"]
banks = client.institution.get_institutions("LV")
assert "SWEDBANK_HABALV22" in [bank["id"] for bank in banks], banks
assert client.institution.get_institution_by_id("SWEDBANK_HABALV22")["name"] == "Swedbank Latvia"

requisitions = [connect(bank) for bank in sys.argv[1:]]
assert client.requisition.get_requisitions(limit=10, offset=0)["count"] == len(requisitions)
read = {
    account: [read_entry(one) for one in booked_of(account)]
    for requisition in requisitions
    for account in requisition["accounts"]
}
for requisition in requisitions:
    deleted = client.requisition.delete_requisition(requisition["id"])
    assert deleted["summary"] == "Requisition deleted", deleted
assert client.requisition.get_requisitions()["count"] == 0
print(json.dumps(read))
