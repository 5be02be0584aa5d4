"""Measures: functions that find out what a fact claims. Every module in here is imported when facts are scored."""
