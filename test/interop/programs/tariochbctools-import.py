"""The import script of the documentation of tariochbctools, with a hook that completes the transactions."""

import beangulp
from other_leg import other_leg
from tariochbctools.importers.nordigen import importer as nordimp

CONFIG = [nordimp.Importer()]

if __name__ == "__main__":
    ingest = beangulp.Ingest(CONFIG, hooks=[other_leg])
    ingest()
