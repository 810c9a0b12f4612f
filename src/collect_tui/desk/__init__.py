"""The contract: commands, views, the Desk protocol, errors and the grammar of the line. No rule and no I/O; who implements it is
services/ and client/.
"""
