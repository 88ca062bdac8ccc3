"""What Django loads for django-tasks-db, in its workers and in its producers."""
