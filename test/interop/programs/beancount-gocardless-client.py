"""Connects banks with the client of beancount-gocardless, reads them, and prints how many transactions each account has.

python beancount-gocardless-client.py BANK …
"""

import json
import os
import sys
import urllib.request

from beancount_gocardless.client import GoCardlessClient

client = GoCardlessClient(os.environ["GOCARDLESS_SECRET_ID"], os.environ["GOCARDLESS_SECRET_KEY"])


def control(path, body=None):
    """Calls a control of the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['SANDBOX']}/_sandbox/{path}", data=data)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


assert "Monzo" in client.list_banks("GB")
for bank in sys.argv[1:]:
    reference = f"interop-{bank}"
    link = client.create_bank_link(reference, bank)
    assert link and link.startswith(os.environ["SANDBOX"]), link
    assert client.create_bank_link(reference, bank) is None
    requisition = client.find_requisition_by_reference(reference)
    control("authorise", {"requisition": requisition.id, "outcome": "linked"})
    assert client.get_requisition(requisition.id).status == "LN"

known = {one["id"]: one for one in control("state")["accounts"]}
accounts = client.get_all_accounts()
assert sorted(one["id"] for one in accounts) == sorted(known), (accounts, known)
for one in accounts:
    account = known[one["id"]]
    assert (one["iban"], one["institution_id"]) == (account["iban"], account["institution_id"]), one
    details = client.get_account_details(one["id"]).account
    assert (details.iban, details.currency) == (account["iban"], account["currency"]), details
