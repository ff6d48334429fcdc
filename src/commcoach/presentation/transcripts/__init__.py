"""Transcripts to read, to process and to print: a page, lines of JSON, a workbook."""
