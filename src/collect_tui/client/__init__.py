"""ApiDesk: the desk over HTTP, with its durable act outbox. Knows no database and no rule."""
