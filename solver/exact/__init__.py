"""The exact engines: one model for CP-SAT and HiGHS, the five stages, proofs and conflicts."""
