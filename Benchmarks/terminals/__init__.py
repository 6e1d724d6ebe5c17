"""Reeve's own terminals: started without a daemon, looked at as a person does, and filled by a program."""
