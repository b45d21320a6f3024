"""The board's review: decisions first, money, promises kept, alignment, departments."""
