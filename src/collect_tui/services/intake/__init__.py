"""What comes in many rows at once: portfolios, invoices, what a billing system sends; compared with what is stored, written, taken back.

No format and no file is read here (`ingest/`), and no route is known (`server/`).
"""
