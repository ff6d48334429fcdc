"""What a test of criteria showed: for the terminal, as a page to print, as JSON."""
