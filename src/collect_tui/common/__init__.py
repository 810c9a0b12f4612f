"""What knows no trade: private and atomic files, cells of CSV, the log of faults. Imports nothing of the other floors but errors."""
