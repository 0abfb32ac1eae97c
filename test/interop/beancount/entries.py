"""Prints the postings of a ledger as JSON, as beancount itself reads them.

python entries.py LEDGER
"""

import json
import sys

from beancount import loader
from beancount.core.data import Transaction


def texts(meta):
    return {name: value for name, value in meta.items() if isinstance(value, str) and name != "filename"}


entries, errors, _ = loader.load_file(sys.argv[1])
assert not errors, errors
postings = [
    {
        "account": posting.account,
        "date": str(entry.date),
        "amount": str(posting.units.number),
        "currency": posting.units.currency,
        "flag": entry.flag,
        "narration": entry.narration,
        "meta": texts(entry.meta),
    }
    for entry in entries
    if isinstance(entry, Transaction)
    for posting in entry.postings
]
json.dump(postings, sys.stdout)
