from pyclient.app import App, Task, load

__all__ = ["App", "Task", "load"]
