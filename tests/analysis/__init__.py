"""Tests of the measures, on tables made by hand."""
