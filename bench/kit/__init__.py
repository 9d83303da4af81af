"""What several benchmarks need: a crowded record, real servers, and browsers that cost little themselves."""
