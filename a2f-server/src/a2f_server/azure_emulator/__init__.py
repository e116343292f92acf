"""A local stand-in for Azure's speech synthesis service: Microsoft's SDKs work with it, without a key.

Its audio comes from any of our voices; `failures.py` lists the failures that it can simulate.
"""
