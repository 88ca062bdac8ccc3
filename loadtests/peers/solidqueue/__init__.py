"""Solid Queue's SQL on MySQL: its tables and statements, written again, and a loop like its worker.

Solid Queue is a Ruby library. What is measured is its design and its statements, without Ruby and
Active Record, and without what jobs cost besides whose concurrency is limited. The column arguments
holds the arguments alone instead of a serialised job.
"""
