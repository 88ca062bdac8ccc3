"""Figures about queues, computed from what the calls answer: see ``pace``, ``watch``, ``scale``."""
