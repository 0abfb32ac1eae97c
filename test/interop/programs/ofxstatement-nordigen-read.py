"""Prints what OFX files contain as JSON, one file per line: python ofxstatement-nordigen-read.py FILE …"""

import json
import sys

from ofxtools.models.base import Aggregate
from ofxtools.Parser import OFXTree


def statement_of(path):
    """Only the transactions are converted: ofxstatement leaves BANKID and LEDGERBAL empty, which OFX forbids."""
    tree = OFXTree()
    tree.parse(path)
    root = tree.getroot()
    return {
        "account": root.findtext(".//ACCTID"),
        "currency": root.findtext(".//CURDEF"),
        "entries": [entry_of(element) for element in root.iter("STMTTRN")],
    }


def entry_of(element):
    """A transaction, converted by the rules of OFX: what it must have, in which form, and how long it may be."""
    currency = element.findtext("CURRENCY/CURSYM")
    # Both break these rules: ofxstatement writes no rate, and calls the second one ORIG_CURRENCY instead of ORIGCURRENCY.
    for broken in [*element.findall("CURRENCY"), *element.findall("ORIG_CURRENCY")]:
        element.remove(broken)
    entry = Aggregate.from_etree(element)
    return {
        "amount": str(entry.trnamt),
        "currency": currency,
        "bookedOn": str(entry.dtposted.date()),
        "valueOn": str(entry.dtuser.date()),
        "transactionId": entry.fitid,
        "internalTransactionId": entry.refnum,
        "counterparty": entry.name,
        "description": entry.memo,
    }


for path in sys.argv[1:]:
    print(json.dumps(statement_of(path)))
