"""What knows no trade: private and atomic files, cells of CSV, the log of faults. Imports none of the other floors."""
