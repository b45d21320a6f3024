"""Made-up companies, other solvers and public sets, to measure the engine against."""
