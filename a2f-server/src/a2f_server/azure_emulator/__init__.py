"""Azure's speech synthesis service in small, for machines without a key: the real SDKs talk to it and notice nothing.

Its sound comes from any voice of ours; what it gets wrong on purpose is in `failures.py`.
"""
