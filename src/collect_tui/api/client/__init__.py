"""ApiDesk: the Desk over HTTP. Never imports the database stack."""
