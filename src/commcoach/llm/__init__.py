"""Language models behind one interface: providers, and what makes them steady."""
