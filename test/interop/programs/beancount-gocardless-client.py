"""The reference client, beancount-gocardless 0.1.14, unmodified except for its base URL."""

import json
import os
import urllib.request

from beancount_gocardless.client import GoCardlessClient

base_url = os.environ["BASE_URL"]
GoCardlessClient.BASE_URL = base_url
client = GoCardlessClient(os.environ["SECRET_ID"], os.environ["SECRET_KEY"])


def control(path, body=None):
    """Calls a control of the sandbox."""
    root = base_url.removesuffix("/api/v2")
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{root}/_sandbox/{path}", data=data)) as response:
        return json.load(response)


assert "Monzo" in client.list_banks("GB")
link = client.create_bank_link("interop", "MONZO_MONZGB2L")
assert link and link.startswith("http://127.0.0.1:"), link
requisition = client.find_requisition_by_reference("interop")
control("authorise", {"requisition": requisition.id, "outcome": "linked"})

accounts = client.get_all_accounts()
ids = [one["id"] if isinstance(one, dict) else one.id for one in accounts]
known = control("state")["accounts"]
assert sorted(ids) == sorted(one["id"] for one in known), (ids, known)

balances = client.get_account_balances(ids[0]).balances
assert len(balances) == 2, balances
details = client.get_account_details(ids[0]).account
assert details.iban in [one["iban"] for one in known], details
transactions = client.get_account_transactions(ids[0]).transactions
booked = transactions["booked"] if isinstance(transactions, dict) else transactions.booked
truth = control(f"accounts/{ids[0]}/truth")
seen = [one for one in truth if any(form["status"] == "booked" for form in one["observed"])]
assert len(booked) == len(seen) > 50, (len(booked), len(seen))
amounts = sorted(str(one.transaction_amount.amount) for one in booked)
assert amounts == sorted(one["amount"] for one in seen), "amounts differ"

client.delete_requisition(requisition.id)
assert client.find_requisition_by_reference("interop") is None
print(f"connect, list, balances, details, {len(booked)} transactions, delete")
