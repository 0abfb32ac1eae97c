"""Uses the command of beancount-gocardless in a terminal: adds a bank, looks at its balances, deletes the link."""

import json
import os
import pty
import re
import select
import sys
import time
import urllib.request

from beancount_gocardless.client import GoCardlessClient

ENTER, DOWN = "\r", "\x1b[B"


class Terminal:
    """A command in a pseudo-terminal."""

    def __init__(self, command):
        pid, self.fd = pty.fork()
        if pid == 0:
            # Without PROMPT_TOOLKIT_NO_CPR it asks the terminal where the cursor is, and nobody here would answer.
            os.environ.update(TERM="xterm", COLUMNS="200", LINES="50", PROMPT_TOOLKIT_NO_CPR="1")
            os.execv(command, [command])
        self.written = ""

    def read(self):
        ready, _, _ = select.select([self.fd], [], [], 0.05)
        if ready:
            try:
                self.written += re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", os.read(self.fd, 65536).decode(errors="replace"))
            except OSError:  # The command has ended.
                return False
        return True

    def until(self, wanted):
        """Waits for a text, and returns what was written up to it."""
        deadline = time.monotonic() + 30
        while wanted not in self.written:
            if not self.read() or time.monotonic() > deadline:
                sys.exit(f"{wanted!r} was not shown, but: {self.written}")
        before, self.written = self.written.split(wanted, 1)
        return before

    def press(self, keys):
        time.sleep(0.2)  # The prompt is shown shortly before it listens.
        os.write(self.fd, keys.encode())


def control(path, body=None):
    """Calls a control of the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['SANDBOX']}/_sandbox/{path}", data=data)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


BANK, REFERENCE = "STARLING_SRLGGB2L", "my-bank-of-the-terminal"


def choose_account():
    """Lists the accounts and chooses the first one at the bank."""
    terminal.until("Exit")
    terminal.press(ENTER)  # List accounts
    terminal.until("Select an account")
    shown = [one for one in terminal.until("Back").splitlines() if " - " in one]
    [first, *_] = [at for at, one in enumerate(shown) if BANK in one]
    terminal.press(DOWN * first + ENTER)
    terminal.until("Choose an action")
    terminal.until("Delete link")


def go_on():
    terminal.until("What next?")
    terminal.press(ENTER)


def requisitions():
    return [one for one in control("state")["requisitions"] if one["reference"] == REFERENCE]


terminal = Terminal(os.path.join(os.path.dirname(sys.executable), "beancount-gocardless"))
terminal.until("Exit")
terminal.press(DOWN + ENTER)  # Add account
terminal.until("Select your country")
terminal.press("United Kingdom" + ENTER)
terminal.until("Select your bank")
terminal.press("Starling (BIC: SRLGGB2L)" + ENTER)
terminal.until("Enter a unique reference")
terminal.press("-of-the-terminal" + ENTER)  # After the default.
terminal.until("Authorization Link")
link = re.search(r"http://\S+", terminal.until("After authorization"))
[requisition] = requisitions()
assert link and requisition["link"] == link[0], (requisition, link)
control("authorise", {"requisition": requisition["id"], "outcome": "linked"})
go_on()

choose_account()
terminal.press(ENTER)  # View balance
balances = terminal.until("What next?")
[account, *_] = [one for one in control("state")["accounts"] if one["institution_id"] == BANK]
client = GoCardlessClient(os.environ["GOCARDLESS_SECRET_ID"], os.environ["GOCARDLESS_SECRET_KEY"])
for one in client.get_account_balances(account["id"]).balances:
    row = rf"{one.balance_type}\W+ {re.escape(one.balance_amount.amount)} \W+{one.balance_amount.currency}"
    assert re.search(row, balances), (row, balances)
terminal.press(ENTER)

choose_account()
terminal.press(DOWN + ENTER)  # Delete link
terminal.until("Are you sure")
terminal.press("y")
terminal.until("Deleted link")
assert not requisitions()
terminal.until("What next?")
terminal.press(DOWN + ENTER)
terminal.until("Goodbye!")
