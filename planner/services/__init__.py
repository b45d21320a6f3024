"""The use cases, a folder each: (session, actor, plain values) -> result; the unit of work commits."""
