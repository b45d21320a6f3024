"""What an order or a trade-off costs, and what each department adds."""
