"""Readers on top of C++ libraries. Each runs as a process of its own (see ``scanner.extract.apart``)."""
