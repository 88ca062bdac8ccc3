"""The worker: ``celers worker run shop.tasks:app`` runs what was enqueued for an app.

A supervisor starts child processes; each claims tasks, has them run in its pool (its main thread,
threads, an event loop) and hands in how they ended. Every task runs at least once: what a child
held when it died its supervisor hands in, and what a whole worker held comes back when its lease
runs out. The worker needs POSIX signals.
"""
