"""What is measured: names, units and meanings of the weekly outcomes."""
