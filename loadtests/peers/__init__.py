"""celers and what one would pick instead, through the same workloads on the same machine."""
