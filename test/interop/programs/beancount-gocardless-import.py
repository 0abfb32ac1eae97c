"""The import script of the documentation of beancount-gocardless, with another hook."""

import beangulp
from beancount_gocardless import GoCardLessImporter
from other_leg import other_leg

importers = [GoCardLessImporter()]

if __name__ == "__main__":
    ingest = beangulp.Ingest(importers, hooks=[other_leg])
    ingest()
