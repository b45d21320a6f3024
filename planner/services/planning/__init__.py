"""Cycles, runs and what-ifs: making plans and comparing them."""
