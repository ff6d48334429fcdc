"""What came of a blind calibration: at the terminal and as a page."""
