"""How requests ended: outcomes, hours worked, and what became of claims."""
