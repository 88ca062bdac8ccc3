"""How the cost of celers grows with one thing at a time, everything else the same."""
