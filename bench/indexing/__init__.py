"""What `bench.index` compares with an import: the graphs alone, and what people write instead."""
