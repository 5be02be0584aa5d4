"""Measures: functions that work out the values that facts claim. Scoring imports every module in here."""
