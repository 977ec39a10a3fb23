"""The review desk: pages for people, an address for programs. It calls actions and nothing below them."""
