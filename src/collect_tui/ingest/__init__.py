"""Files in: portfolios, receivables and what billing systems send. Readers and comparison; no screen and no route."""
