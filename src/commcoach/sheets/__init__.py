"""Grading sheets as workbooks, and the files of cases that grades are added to."""
