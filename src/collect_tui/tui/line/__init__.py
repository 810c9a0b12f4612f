"""The line at the foot of a screen: kept as it is typed, read and previewed, done on Enter; what may be typed in it, `desk.line` says."""
